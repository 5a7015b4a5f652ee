//! Makes the machines of an attempt: of start scripts, and of parts.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use super::handle::Machine;
use super::parts::MachineDescription;
use super::start_script::StartScript;
use crate::error::{Cause, Error, Result};
use crate::event::Events;
use crate::grants::Grants;
use crate::limits::{Limits, QUOTED_BYTES};
use crate::polling::Polling;
use crate::run_directory::RunDirectory;
use crate::setup_clock::SetupClock;
use crate::text;

/// What all machines of an attempt have in common. Cheap enough to clone.
#[derive(Debug, Clone)]
pub struct MachineFactory {
    /// Where they live.
    pub run: RunDirectory,
    /// The VLANs that there are.
    pub vlans: Vec<u32>,
    /// Their limits.
    pub limits: Limits,
    /// Where what happens is told.
    pub events: Events,
    /// Measures their set-up.
    pub setup: SetupClock,
    /// The test's polling conditions, for which waits break off.
    pub polling: Polling,
}

impl MachineFactory {
    /// A machine of a start script. Errors: as [`Machine::new`].
    pub fn from_script(&self, script: StartScript) -> Result<Machine> {
        Machine::new(
            script,
            &self.run,
            &self.vlans,
            &self.limits,
            &self.events,
            &self.setup,
            &self.polling,
        )
    }

    /// A machine that is described. Errors: not granted, parts that cannot be; as [`Machine::new`].
    pub fn from_description(&self, described: &MachineDescription, grants: &Grants) -> Result<Machine> {
        let name = text::quote(described.name(), QUOTED_BYTES);
        let failed = |cause| Error {
            machine: Some(name.clone()),
            action: "create-machine".into(),
            elapsed: Duration::ZERO,
            cause,
        };
        let script = self.script(described, grants).map_err(failed)?;
        self.from_script(script)
    }

    /// The start script of what is described, written beside the machines' directories.
    fn script(&self, described: &MachineDescription, grants: &Grants) -> Result<StartScript, Cause> {
        grants.check_create_machine(|| "making a machine".into())?;
        let text = described.start_script()?;
        let directory = self.run.path().join("scripts");
        let path = directory.join(format!("run-{}-vm", described.name()));
        let failed = |error: std::io::Error| Cause::Host(format!("cannot write {path:?}: {error}"));
        fs::create_dir_all(&directory).map_err(failed)?;
        fs::write(&path, text).map_err(failed)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).map_err(failed)?;
        StartScript::open(&path).map_err(|error| Cause::InvalidArgument(error.to_string()))
    }
}
