//! A command with options, and how one ended.

use std::time::Duration;

use crate::bindings::proctor::driver::shell;
use crate::cause::here;
use crate::duration::milliseconds;
use crate::polling::pass_within;
use crate::{Machine, Output, Result};

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandResult {
    /// The command as it was given.
    pub command: String,
    /// Its exit status; 128 + N after signal N, 124 after a passed timeout.
    pub status: i32,
    /// What it printed to standard output.
    pub output: Output,
}

impl CommandResult {
    /// Whether the exit status is 0.
    #[must_use]
    pub fn success(&self) -> bool {
        self.status == 0
    }
}

/// A command with options, made by [`Machine::command`]. Nothing happens before one of the methods that run it.
///
/// # Errors
///
/// All of them can fail as [`Machine`] says.
#[derive(Clone, Debug)]
#[must_use = "a command runs only when it is told how it should end, for example by `.succeed()`"]
pub struct Command<'machine> {
    machine: &'machine Machine,
    command: String,
    timeout: Option<u32>,
    attempt_timeout: Option<u32>,
}

impl<'machine> Command<'machine> {
    pub(crate) fn new(machine: &'machine Machine, command: String) -> Self {
        Self {
            machine,
            command,
            timeout: machine.timeout(),
            attempt_timeout: None,
        }
    }

    /// How long it may take; for the waiting ones, all attempts together. Rounded up to milliseconds, at most 49 days.
    /// Default: what [`within`](Machine::within) says, or else as long as a call may take.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(milliseconds(timeout));
        self
    }

    /// How long one attempt of the waiting ones may take; one that runs over is killed and counts as none that succeeded or
    /// failed. Default: what is left of the timeout.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(milliseconds(timeout));
        self
    }

    /// Runs it and returns its status and output, whatever they are. After a passed timeout the status is 124 and the
    /// output what it had printed.
    ///
    /// # Errors
    ///
    /// See [`Machine`]. A command that fails is no error here.
    #[track_caller]
    pub fn execute(&self) -> Result<CommandResult> {
        pass_within(self.timeout, |timeout| {
            shell::execute(self.machine.resource(), &self.command, timeout)
        })
        .map(CommandResult::from)
        .map_err(here())
    }

    /// Runs it; it must succeed. Returns its output.
    ///
    /// # Errors
    ///
    /// [`CommandFailed`](crate::ErrorKind::CommandFailed) where it does not.
    #[track_caller]
    pub fn succeed(&self) -> Result<Output> {
        pass_within(self.timeout, |timeout| {
            shell::succeed(self.machine.resource(), &self.command, timeout)
        })
        .map(Output::from)
        .map_err(here())
    }

    /// Runs it; it must fail. Returns its output.
    ///
    /// # Errors
    ///
    /// [`CommandUnexpectedlySucceeded`](crate::ErrorKind::CommandUnexpectedlySucceeded) where it does not.
    #[track_caller]
    pub fn fail(&self) -> Result<Output> {
        pass_within(self.timeout, |timeout| {
            shell::fail(self.machine.resource(), &self.command, timeout)
        })
        .map(Output::from)
        .map_err(here())
    }

    /// Repeats it until it succeeds and returns its output.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells the last attempt's status and output.
    #[track_caller]
    pub fn wait_until_succeeds(&self) -> Result<Output> {
        pass_within(self.timeout, |timeout| {
            shell::wait_until_succeeds(self.machine.resource(), &self.command, timeout, self.attempt_timeout)
        })
        .map(Output::from)
        .map_err(here())
    }

    /// Repeats it until it fails and returns its output.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells the last attempt's status and output.
    #[track_caller]
    pub fn wait_until_fails(&self) -> Result<Output> {
        pass_within(self.timeout, |timeout| {
            shell::wait_until_fails(self.machine.resource(), &self.command, timeout, self.attempt_timeout)
        })
        .map(Output::from)
        .map_err(here())
    }
}
