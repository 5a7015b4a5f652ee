//! `proctor wit`: the interface.

use std::io::Write as _;
use std::path::PathBuf;

use super::arguments::Failure;
use crate::plugin::interface;

/// Where to.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Write the files of the package into this directory instead of printing them
    #[arg(short, long, value_name = "DIRECTORY")]
    output: Option<PathBuf>,
}

pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    let Some(directory) = &arguments.output else {
        // Whoever reads may have enough.
        let _ = std::io::stdout().write_all(interface::package().as_bytes());
        return Ok(0);
    };
    let failed = |error| Failure::usage(format_args!("cannot write the interface into {directory:?}: {error}"));
    std::fs::create_dir_all(directory).map_err(failed)?;
    for (name, text) in interface::FILES {
        std::fs::write(directory.join(name), text).map_err(failed)?;
    }
    Ok(0)
}
