//! How tests end, and what is told of machines, errors and commands.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::json;
use super::kinds::State;

/// How a test ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed: the test, or what it tests.
    Failed(FailureReport),
    /// It could not run: a machine never came up.
    CouldNotRun(FailureReport),
    /// A bug of ours.
    HostFailed(FailureReport),
    /// It was interrupted by a signal.
    Interrupted(FailureReport),
}

impl Outcome {
    /// Why it did not pass.
    pub fn failure(&self) -> Option<&FailureReport> {
        match self {
            Self::Passed => None,
            Self::Failed(failure)
            | Self::CouldNotRun(failure)
            | Self::HostFailed(failure)
            | Self::Interrupted(failure) => Some(failure),
        }
    }

    /// As [`Outcome::failure`], to be changed.
    pub(crate) fn failure_mut(&mut self) -> Option<&mut FailureReport> {
        match self {
            Self::Passed => None,
            Self::Failed(failure)
            | Self::CouldNotRun(failure)
            | Self::HostFailed(failure)
            | Self::Interrupted(failure) => Some(failure),
        }
    }
}

/// Why a test failed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FailureReport {
    /// For people.
    pub message: String,
    /// `file:line:column` in the test.
    pub place: Option<String>,
    /// The error of the call that led here.
    pub error: Option<ErrorReport>,
    /// The guest's functions at the trap, innermost first.
    pub backtrace: Vec<String>,
    /// Which call was in progress, and for how long, when the test was stopped.
    pub in_progress: Option<String>,
    /// The limit that stopped it.
    pub limit: Option<PassedLimit>,
    /// How the machines fared then.
    pub machines: Vec<MachineReport>,
}

impl FailureReport {
    /// One of which there is no more than words.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }
}

/// How a machine fares.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MachineReport {
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: State,
    /// What the wait that is in progress has seen last.
    pub seen: Option<String>,
    /// What bounds the call that is in progress.
    pub limit: Option<PassedLimit>,
    /// What is left of that, in seconds.
    #[serde(with = "json::optional_seconds")]
    #[cfg_attr(test, schemars(with = "Option<json::Seconds>"))]
    pub left: Option<Duration>,
    /// The last lines of its serial console, oldest first.
    pub console: Vec<String>,
}

/// A limit, one that passed or one that may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PassedLimit {
    /// The name by which it can be set, where it can.
    pub name: String,
    /// Its value, with the unit.
    pub value: String,
}

/// A failed call, ready to be shown.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ErrorReport {
    /// The machine concerned.
    pub machine: Option<String>,
    /// What was in progress.
    pub action: String,
    /// Which error it is, by its name in the interface: `command-failed`, `timed-out`.
    pub kind: String,
    /// What went wrong, in one sentence.
    pub message: String,
    /// The limit that passed.
    pub limit: Option<PassedLimit>,
    /// How long the call had taken.
    #[serde(with = "json::seconds")]
    #[cfg_attr(test, schemars(with = "json::Seconds"))]
    pub elapsed: Duration,
    /// The command, its status and output, where it was one.
    pub command: Option<CommandReport>,
    /// The last lines of the machine's console, where it went down.
    pub console: Vec<String>,
    /// The last lines of a unit's journal, where that failed.
    pub journal: Vec<String>,
}

/// A command, ready to be shown.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CommandReport {
    /// The command.
    pub command: String,
    /// Its status.
    pub status: i32,
    /// The end of its output, line feeds kept.
    pub output: String,
}

/// Tests by how they ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Counts {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Could not run.
    pub could_not_run: usize,
    /// Met a bug of ours.
    pub host_failed: usize,
    /// Interrupted, or never started.
    pub not_run: usize,
}

impl Counts {
    /// Counts a test that ended.
    pub(crate) fn count(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed(_) => &mut self.failed,
            Outcome::CouldNotRun(_) => &mut self.could_not_run,
            Outcome::HostFailed(_) => &mut self.host_failed,
            Outcome::Interrupted(_) => &mut self.not_run,
        };
        *count += 1;
    }
}
