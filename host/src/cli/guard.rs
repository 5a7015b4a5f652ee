//! `proctor guard`: started by proctor itself.

use std::path::PathBuf;

/// The run to clean up after.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    run: PathBuf,
    #[arg(long)]
    keep: bool,
}

pub(super) fn main(arguments: Arguments) -> u8 {
    crate::guard::run(arguments.run, arguments.keep);
    0
}
