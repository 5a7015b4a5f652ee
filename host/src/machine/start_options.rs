//! What a test may change of how a machine is started the next time.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::handle::{Inner, Machine};
use crate::error::{Cause, Error};

/// Variables for start scripts, besides Proctor's own.
pub type StartEnvironment = Arc<[(String, String)]>;

/// What a test may change of how a machine is started.
#[derive(Debug, Default)]
pub(super) struct StartOptions(Mutex<Options>);

#[derive(Debug, Default)]
struct Options {
    /// Another machine's state directory.
    state: Option<PathBuf>,
    environment: Option<StartEnvironment>,
}

impl StartOptions {
    fn lock(&self) -> MutexGuard<'_, Options> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The variables for the start script.
    pub(super) fn environment(&self) -> StartEnvironment {
        self.lock().environment.clone().unwrap_or_else(|| Arc::from([]))
    }
}

impl Inner {
    /// As [`Machine::state_directory`].
    pub(super) fn state_directory(&self) -> PathBuf {
        let other = self.start_options.lock().state.clone();
        other.unwrap_or_else(|| self.run.machine(self.script.machine_name()))
    }
}

impl Machine {
    /// The error of a call that was refused at once.
    pub(crate) fn refused(&self, action: &str, cause: Cause) -> Error {
        self.error(action, Duration::ZERO, cause)
    }

    /// The directory in which the start script finds its disks: the machine's own, or that of the machine whose it uses.
    pub fn state_directory(&self) -> PathBuf {
        self.inner().state_directory()
    }

    /// Has the machine use the state directory of another from its next start on, as an installed system uses the disks
    /// that its installer wrote. Its sockets stay where they are.
    pub fn use_state_directory(&self, other: &Machine) {
        let directory = other.state_directory();
        self.inner().start_options.lock().state = Some(directory);
    }

    /// Hands variables to the start script from the machine's next start on, in the place of those before.
    pub fn set_start_environment(&self, environment: StartEnvironment) {
        self.inner().start_options.lock().environment = Some(environment);
    }
}
