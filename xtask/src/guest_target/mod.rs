//! `cargo xtask guest-target`: makes the target `wasm32-wasip2` usable with the current Rust compiler.
//!
//! Only the target's standard library is missing where rustup cannot download. Five ways to it are tried in order, see
//! [`Way`]. What the later ones make stands in the cache, in a sysroot of its own: nobody's toolchain is written to.

mod compiler;
mod debian_source;
mod debian_suite;
mod debian_toolchain;
mod probe;
mod standard_archive;
mod sysroot;
mod way;

use crate::error::Result;

pub(crate) use way::{GuestTarget, Way, ensure};

/// The target of guest programs.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// Arguments of `cargo xtask guest-target`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Take this way or fail, rather than the first that works
    #[arg(long, value_name = "WAY")]
    only: Option<Way>,
}

/// Makes the target usable and prints, as shell commands, the environment that builds of guest programs need.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let target = ensure(arguments.only)?;
    for (name, value) in target.environment() {
        println!("export {name}='{value}'");
    }
    Ok(())
}
