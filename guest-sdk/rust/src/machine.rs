//! One machine: its life and its shell. What else it has is in files of the interfaces' names.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::bindings::proctor::driver::{machine, shell};
use crate::cause::here;
use crate::duration::milliseconds;
use crate::polling::pass_within;
use crate::{Command, CommandResult, Output, Result};

/// One machine of the test. Clones are the same machine.
///
/// # Commands
///
/// Every command is run by bash as root in `/tmp` under `set -euo pipefail`, with nothing on its standard input and its
/// standard error on the serial console. The machine is started and its boot waited for where needed, within the boot
/// limit; so do units, files, ports, terminals and windows. Keyboard, screen, serial console, links, forwarded ports
/// and monitor want a machine that runs. A call may take as long as the run says; [`within`](Self::within) says
/// otherwise, and so does [`command`](Self::command) for one command.
///
/// # Errors
///
/// Besides what a method names, all can fail with [`MachineDown`](crate::ErrorKind::MachineDown),
/// [`TimedOut`](crate::ErrorKind::TimedOut) and [`HostFailure`](crate::ErrorKind::HostFailure), and commands with
/// [`ShellLost`](crate::ErrorKind::ShellLost), [`OutputTooLarge`](crate::ErrorKind::OutputTooLarge) and
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) (a NUL, which no command can have).
#[derive(Clone)]
pub struct Machine {
    resource: Arc<machine::Machine>,
    name: OnceLock<String>,
    timeout: Option<u32>,
}

impl Machine {
    pub(crate) fn new(resource: machine::Machine) -> Self {
        Self {
            resource: Arc::new(resource),
            name: OnceLock::new(),
            timeout: None,
        }
    }

    pub(crate) fn resource(&self) -> &machine::Machine {
        &self.resource
    }

    pub(crate) fn timeout(&self) -> Option<u32> {
        self.timeout
    }

    /// The same machine, whose calls may take that long: `machine.within(Duration::from_secs(5)).wait_for_unit("nginx")?`.
    /// Rounded up to milliseconds, at most 49 days. Default: as long as a call may take. A boot that a call waits for first is
    /// not counted, but [`start`](Self::start) and [`connect`](Self::connect) are bounded as a whole. [`sleep`](Self::sleep) has
    /// a time of its own.
    #[must_use]
    pub fn within(&self, timeout: Duration) -> Self {
        Self {
            timeout: Some(milliseconds(timeout)),
            ..self.clone()
        }
    }

    /// The machine's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.get_or_init(|| self.resource.name())
    }

    /// Starts the machine. Does not wait for it to boot: the first command does. Does nothing where it runs already.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn start(&self) -> Result {
        pass_within(self.timeout, |timeout| self.resource.start(false, timeout)).map_err(here())
    }

    /// Starts the machine so that it boots again when its guest reboots; otherwise it powers off then.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn start_allowing_reboot(&self) -> Result {
        pass_within(self.timeout, |timeout| self.resource.start(true, timeout)).map_err(here())
    }

    /// Waits until the guest has booted, presses Ctrl, Alt and Delete, on which it reboots, and waits until the machine has
    /// been reset. Later calls wait for the new boot.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where the machine was not started with
    /// [`start_allowing_reboot`](Self::start_allowing_reboot).
    #[track_caller]
    pub fn reboot(&self) -> Result {
        pass_within(self.timeout, |timeout| self.resource.reboot(timeout)).map_err(here())
    }

    /// Has a machine that waits in its initial RAM disk go on to its own system, and waits for the shell there.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn switch_root(&self) -> Result {
        pass_within(self.timeout, |timeout| self.resource.switch_root(timeout)).map_err(here())
    }

    /// Waits until the machine has booted and its shell answers; starts it first where it is off.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn connect(&self) -> Result {
        pass_within(self.timeout, |timeout| self.resource.connect(timeout)).map_err(here())
    }

    /// Whether the machine runs and its shell has answered.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.resource.is_up()
    }

    /// Asks the machine to power off and waits until it has stopped. Does nothing where it is off.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn shutdown(&self) -> Result {
        pass_within(self.timeout, |timeout| self.resource.shutdown(timeout)).map_err(here())
    }

    /// Pulls the plug and waits until the machine has stopped, at once, whatever it does. Does nothing where it is off.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn crash(&self) -> Result {
        pass_within(self.timeout, |timeout| self.resource.crash(timeout)).map_err(here())
    }

    /// Waits until the machine has stopped by itself. Returns at once where it is off.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn wait_for_shutdown(&self) -> Result {
        pass_within(self.timeout, |timeout| self.resource.wait_for_shutdown(timeout)).map_err(here())
    }

    /// A command with options: `machine.command("make").timeout(Duration::from_secs(600)).succeed()?`.
    pub fn command(&self, command: impl Into<String>) -> Command<'_> {
        Command::new(self, command.into())
    }

    /// Runs a command and returns its status and output, whatever they are. One that passes its timeout has status 124.
    ///
    /// # Errors
    ///
    /// See [`Machine`]. A command that fails is no error here.
    #[track_caller]
    pub fn execute(&self, command: impl AsRef<str>) -> Result<CommandResult> {
        pass_within(self.timeout, |timeout| {
            shell::execute(&self.resource, command.as_ref(), timeout)
        })
        .map(CommandResult::from)
        .map_err(here())
    }

    /// Runs a command, which must succeed, and returns its output.
    ///
    /// # Errors
    ///
    /// [`CommandFailed`](crate::ErrorKind::CommandFailed) where it does not.
    #[track_caller]
    pub fn succeed(&self, command: impl AsRef<str>) -> Result<Output> {
        pass_within(self.timeout, |timeout| {
            shell::succeed(&self.resource, command.as_ref(), timeout)
        })
        .map(Output::from)
        .map_err(here())
    }

    /// Runs a command, which must fail, and returns its output.
    ///
    /// # Errors
    ///
    /// [`CommandUnexpectedlySucceeded`](crate::ErrorKind::CommandUnexpectedlySucceeded) where it does not.
    #[track_caller]
    pub fn fail(&self, command: impl AsRef<str>) -> Result<Output> {
        pass_within(self.timeout, |timeout| {
            shell::fail(&self.resource, command.as_ref(), timeout)
        })
        .map(Output::from)
        .map_err(here())
    }

    /// Repeats a command until it succeeds and returns its output.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells the last attempt's status and output.
    #[track_caller]
    pub fn wait_until_succeeds(&self, command: impl AsRef<str>) -> Result<Output> {
        pass_within(self.timeout, |timeout| {
            shell::wait_until_succeeds(&self.resource, command.as_ref(), timeout, None)
        })
        .map(Output::from)
        .map_err(here())
    }

    /// Repeats a command until it fails and returns its output.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells the last attempt's status and output.
    #[track_caller]
    pub fn wait_until_fails(&self, command: impl AsRef<str>) -> Result<Output> {
        pass_within(self.timeout, |timeout| {
            shell::wait_until_fails(&self.resource, command.as_ref(), timeout, None)
        })
        .map(Output::from)
        .map_err(here())
    }

    /// Lets time pass on the machine's clock. Rounded up to milliseconds; at most 49 days.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn sleep(&self, duration: Duration) -> Result {
        pass_within(Some(milliseconds(duration)), |left| {
            shell::sleep(&self.resource, left.unwrap_or_default())
        })
        .map_err(here())
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Machine").field(&self.name()).finish()
    }
}
