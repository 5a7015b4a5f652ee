//! `proctor new`: a project with a first test.

use std::path::PathBuf;

use super::arguments::{Failure, say};
use crate::project::{self, Template};

/// What to make.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The language
    #[arg(long, value_name = "LANGUAGE")]
    lang: Template,
    /// The project's directory, which is made; its last part is the project's name
    #[arg(value_name = "NAME")]
    path: PathBuf,
}

pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    project::new(arguments.lang, &arguments.path).map_err(Failure::usage)?;
    let path = arguments.path.display();
    say(format_args!(
        "made {path}, a project of tests in {}\n\
         next: proctor run {path} --start-scripts path/to/run-NAME-vm",
        arguments.lang
    ));
    Ok(0)
}
