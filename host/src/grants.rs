//! What a run allows its tests to touch: nothing, unless it is granted.

use std::path::PathBuf;

use crate::error::Cause;

/// The grants of one run. The default grants nothing.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    /// Directories of the host from which files may be copied to machines.
    pub read: Vec<ReadGrant>,
    /// Whether ports of the host's loopback address may be forwarded to machines.
    pub forward_ports: bool,
    /// Whether machines' monitors may be commanded, which is as much as this user may do.
    pub monitor: bool,
    /// Whether machines may be made of free parts, which is as much as this user may do.
    pub create_machine: bool,
}

/// A directory that may be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadGrant {
    /// The name under which tests know it; one without a name is known by its path.
    pub name: Option<String>,
    /// The directory, absolute.
    pub directory: PathBuf,
}

/// The flag that grants reading.
pub const ALLOW_READ: &str = "allow-read";
/// The flag that grants forwarded ports.
pub const ALLOW_FORWARD_PORT: &str = "allow-forward-port";
/// The flag that grants monitors.
pub const ALLOW_MONITOR: &str = "allow-monitor";
/// The flag that grants machines of free parts.
pub const ALLOW_CREATE_MACHINE: &str = "allow-create-machine";

impl Grants {
    /// Errors: ports may not be forwarded.
    pub(crate) fn check_forward_port(&self, what: impl FnOnce() -> String) -> Result<(), Cause> {
        check(self.forward_ports, ALLOW_FORWARD_PORT, what)
    }

    /// Errors: monitors may not be commanded.
    pub(crate) fn check_monitor(&self, what: impl FnOnce() -> String) -> Result<(), Cause> {
        check(self.monitor, ALLOW_MONITOR, what)
    }

    /// Errors: machines may not be made.
    pub(crate) fn check_create_machine(&self, what: impl FnOnce() -> String) -> Result<(), Cause> {
        check(self.create_machine, ALLOW_CREATE_MACHINE, what)
    }
}

fn check(granted: bool, capability: &'static str, what: impl FnOnce() -> String) -> Result<(), Cause> {
    if granted {
        Ok(())
    } else {
        Err(Cause::Denied {
            capability,
            what: what(),
        })
    }
}
