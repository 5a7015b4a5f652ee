//! `cargo xtask images`: the machines that tests run on.
//!
//! A machine's recipe is a directory of readable files below `tests/images`; this module only interprets it.

mod build;
mod cpio;
mod kernel;
mod recipe;
mod start_script;

use std::path::PathBuf;

use crate::error::Result;
use crate::progress::say;

pub(crate) use build::ensure;
pub(crate) use start_script::StartScript;

/// Arguments of `cargo xtask images`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Ask the Debian mirror for newer packages, rather than use those downloaded before
    #[arg(long)]
    refresh: bool,
    /// Also write a start script `run-NAME-vm` for a machine of this name
    #[arg(long, value_name = "NAME", requires = "output")]
    start_script: Option<String>,
    /// Number of the machine, the last part of its addresses
    #[arg(long, default_value_t = 1)]
    node: u8,
    /// VLANs of the machine, in the order of its interfaces
    #[arg(long, num_args = 1.., value_name = "N")]
    vlans: Vec<u8>,
    /// Machines to list in /etc/hosts, as NAME=NODE
    #[arg(long, num_args = 1.., value_name = "NAME=NODE")]
    hosts: Vec<String>,
    /// Directory to write the start script to
    #[arg(long, value_name = "DIRECTORY")]
    output: Option<PathBuf>,
}

/// Builds the image where it is not in the cache, and prints its directory on standard output.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let image = ensure(arguments.refresh)?;
    if let (Some(name), Some(output)) = (&arguments.start_script, &arguments.output) {
        let script = StartScript {
            name,
            node: arguments.node,
            vlans: &arguments.vlans,
            hosts: &arguments.hosts,
        };
        say(&format!("wrote {}", script.write(&image, output)?.display()));
    }
    println!("{}", image.display());
    Ok(())
}
