//! The host's side of `wit/`: one file per interface, each thin.

pub(crate) mod console;
pub(crate) mod driver;
pub(crate) mod files;
pub(crate) mod filesystem;
pub(crate) mod keyboard;
pub(crate) mod log;
pub(crate) mod machine;
pub(crate) mod monitor;
pub(crate) mod network;
pub(crate) mod polling;
pub(crate) mod screen;
pub(crate) mod script;
pub(crate) mod session;
pub(crate) mod shell;
pub(crate) mod types;
pub(crate) mod units;
pub(crate) mod vlan;

use std::time::Duration;

/// A duration that came over the interface.
pub(super) fn duration(milliseconds: u32) -> Duration {
    Duration::from_millis(milliseconds.into())
}
