//! `proctor build`, and what other subcommands do where a test is a project's directory.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::arguments::{Failure, say};
use crate::error::seconds;
use crate::project::Project;

/// What to build.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The project's directory
    #[arg(value_name = "DIRECTORY", default_value = ".")]
    directory: PathBuf,
    /// The component's file [default: NAME.wasm in the project's directory]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    build(&arguments.directory, arguments.output.as_deref())?;
    Ok(0)
}

/// The components of tests: those that are directories are built first.
pub(super) fn components(tests: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let component = |test: &PathBuf| match test.is_dir() {
        true => build(test, None),
        false => Ok(test.clone()),
    };
    tests.iter().map(component).collect()
}

fn build(directory: &Path, output: Option<&Path>) -> Result<PathBuf, Failure> {
    let start = Instant::now();
    let project = Project::find(directory).map_err(Failure::usage)?;
    let tell = |line: &str| say(format_args!("{line}"));
    let built = project.build(output, &tell).map_err(Failure::usage)?;
    let path = built
        .component
        .strip_prefix(std::env::current_dir().unwrap_or_default());
    let path = path.unwrap_or(&built.component).to_owned();
    let bytes = std::fs::metadata(&built.component).map_or(0, |metadata| metadata.len());
    let (language, elapsed) = (project.language(), seconds(start.elapsed()));
    let size = format_args!("{:.1} MiB", bytes as f64 / f64::from(1 << 20));
    if built.is_new {
        say(format_args!(
            "built {} ({language}, {size}) in {elapsed}",
            path.display()
        ));
    } else {
        say(format_args!("{} is up to date ({language}, {size})", path.display()));
    }
    Ok(path)
}
