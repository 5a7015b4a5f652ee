//! The services of a machine that runs systemd.

use std::collections::BTreeMap;

use crate::bindings::proctor::driver::units;
use crate::cause::here;
use crate::polling::pass_within;
use crate::{CommandResult, Machine, Result};

/// The units of a user of a machine, made by [`Machine::units_of`]. The user's service manager must run, for example
/// because the user lingers or has logged in. The methods are those of [`Machine`].
#[derive(Clone, Debug)]
#[must_use = "it does nothing by itself"]
pub struct Units {
    machine: Machine,
    user: Option<String>,
}

impl Units {
    /// Runs `systemctl` with arguments as they would stand on a command line, and returns its status and output, whatever
    /// they are.
    ///
    /// # Errors
    ///
    /// A `systemctl` that fails is no error here.
    #[track_caller]
    pub fn systemctl(&self, arguments: impl AsRef<str>) -> Result<CommandResult> {
        let (machine, user) = (self.machine.resource(), self.user.as_deref());
        pass_within(self.machine.timeout(), |timeout| {
            units::systemctl(machine, arguments.as_ref(), user, timeout)
        })
        .map(CommandResult::from)
        .map_err(here())
    }

    /// Waits until a unit is active. One without a suffix is a service.
    ///
    /// # Errors
    ///
    /// [`UnitFailed`](crate::ErrorKind::UnitFailed) at once where the unit has failed, or is inactive and nothing is about to
    /// start it; [`TimedOut`](crate::ErrorKind::TimedOut). Both tell the end of the unit's journal.
    #[track_caller]
    pub fn wait_for_unit(&self, unit: impl AsRef<str>) -> Result {
        let (machine, user) = (self.machine.resource(), self.user.as_deref());
        pass_within(self.machine.timeout(), |timeout| {
            units::wait_for_unit(machine, unit.as_ref(), user, timeout)
        })
        .map_err(here())
    }

    /// Waits until a unit's active state is this one, whatever it was before: `active`, `reloading`, `inactive`, `failed`,
    /// `activating`, `deactivating`.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells the state and the end of the unit's journal.
    #[track_caller]
    pub fn wait_for_unit_state(&self, unit: impl AsRef<str>, state: impl AsRef<str>) -> Result {
        let (machine, user) = (self.machine.resource(), self.user.as_deref());
        pass_within(self.machine.timeout(), |timeout| {
            units::wait_for_unit_state(machine, unit.as_ref(), state.as_ref(), user, timeout)
        })
        .map_err(here())
    }

    /// All properties of a unit.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn get_unit_info(&self, unit: impl AsRef<str>) -> Result<BTreeMap<String, String>> {
        let (machine, user) = (self.machine.resource(), self.user.as_deref());
        pass_within(self.machine.timeout(), |timeout| {
            units::get_unit_info(machine, unit.as_ref(), user, timeout)
        })
        .map(|properties| properties.into_iter().collect())
        .map_err(here())
    }

    /// One property of a unit.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where it has none of that name.
    #[track_caller]
    pub fn get_unit_property(&self, unit: impl AsRef<str>, property: impl AsRef<str>) -> Result<String> {
        let (machine, user) = (self.machine.resource(), self.user.as_deref());
        pass_within(self.machine.timeout(), |timeout| {
            units::get_unit_property(machine, unit.as_ref(), property.as_ref(), user, timeout)
        })
        .map_err(here())
    }

    /// Fails unless a unit's active state is this one now.
    ///
    /// # Errors
    ///
    /// [`UnitFailed`](crate::ErrorKind::UnitFailed) where it is another.
    #[track_caller]
    pub fn require_unit_state(&self, unit: impl AsRef<str>, state: impl AsRef<str>) -> Result {
        let (machine, user) = (self.machine.resource(), self.user.as_deref());
        pass_within(self.machine.timeout(), |timeout| {
            units::require_unit_state(machine, unit.as_ref(), state.as_ref(), user, timeout)
        })
        .map_err(here())
    }

    /// Starts a unit and returns how `systemctl start` ended, whatever that is.
    ///
    /// # Errors
    ///
    /// A `systemctl` that fails is no error here; one that takes too long is [`TimedOut`](crate::ErrorKind::TimedOut).
    #[track_caller]
    pub fn start_job(&self, unit: impl AsRef<str>) -> Result<CommandResult> {
        let (machine, user) = (self.machine.resource(), self.user.as_deref());
        pass_within(self.machine.timeout(), |timeout| {
            units::start_job(machine, unit.as_ref(), user, timeout)
        })
        .map(CommandResult::from)
        .map_err(here())
    }

    /// Stops a unit and returns how `systemctl stop` ended, whatever that is.
    ///
    /// # Errors
    ///
    /// A `systemctl` that fails is no error here; one that takes too long is [`TimedOut`](crate::ErrorKind::TimedOut).
    #[track_caller]
    pub fn stop_job(&self, unit: impl AsRef<str>) -> Result<CommandResult> {
        let (machine, user) = (self.machine.resource(), self.user.as_deref());
        pass_within(self.machine.timeout(), |timeout| {
            units::stop_job(machine, unit.as_ref(), user, timeout)
        })
        .map(CommandResult::from)
        .map_err(here())
    }
}

/// # Units
impl Machine {
    /// The units of a user: `machine.units_of("alice").wait_for_unit("editor")?`.
    pub fn units_of(&self, user: impl Into<String>) -> Units {
        Units {
            machine: self.clone(),
            user: Some(user.into()),
        }
    }

    fn units(&self) -> Units {
        Units {
            machine: self.clone(),
            user: None,
        }
    }

    /// Runs `systemctl` with arguments as they would stand on a command line, and returns its status and output, whatever
    /// they are.
    ///
    /// # Errors
    ///
    /// A `systemctl` that fails is no error here.
    #[track_caller]
    pub fn systemctl(&self, arguments: impl AsRef<str>) -> Result<CommandResult> {
        self.units().systemctl(arguments)
    }

    /// Waits until a unit is active. One without a suffix is a service.
    ///
    /// # Errors
    ///
    /// [`UnitFailed`](crate::ErrorKind::UnitFailed) at once where the unit has failed, or is inactive and nothing is about to
    /// start it; [`TimedOut`](crate::ErrorKind::TimedOut). Both tell the end of the unit's journal.
    #[track_caller]
    pub fn wait_for_unit(&self, unit: impl AsRef<str>) -> Result {
        self.units().wait_for_unit(unit)
    }

    /// Waits until a unit's active state is this one, whatever it was before: `active`, `reloading`, `inactive`, `failed`,
    /// `activating`, `deactivating`.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells the state and the end of the unit's journal.
    #[track_caller]
    pub fn wait_for_unit_state(&self, unit: impl AsRef<str>, state: impl AsRef<str>) -> Result {
        self.units().wait_for_unit_state(unit, state)
    }

    /// All properties of a unit.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn get_unit_info(&self, unit: impl AsRef<str>) -> Result<BTreeMap<String, String>> {
        self.units().get_unit_info(unit)
    }

    /// One property of a unit.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where it has none of that name.
    #[track_caller]
    pub fn get_unit_property(&self, unit: impl AsRef<str>, property: impl AsRef<str>) -> Result<String> {
        self.units().get_unit_property(unit, property)
    }

    /// Fails unless a unit's active state is this one now.
    ///
    /// # Errors
    ///
    /// [`UnitFailed`](crate::ErrorKind::UnitFailed) where it is another.
    #[track_caller]
    pub fn require_unit_state(&self, unit: impl AsRef<str>, state: impl AsRef<str>) -> Result {
        self.units().require_unit_state(unit, state)
    }

    /// Starts a unit and returns how `systemctl start` ended, whatever that is.
    ///
    /// # Errors
    ///
    /// A `systemctl` that fails is no error here; one that takes too long is [`TimedOut`](crate::ErrorKind::TimedOut).
    #[track_caller]
    pub fn start_job(&self, unit: impl AsRef<str>) -> Result<CommandResult> {
        self.units().start_job(unit)
    }

    /// Stops a unit and returns how `systemctl stop` ended, whatever that is.
    ///
    /// # Errors
    ///
    /// A `systemctl` that fails is no error here; one that takes too long is [`TimedOut`](crate::ErrorKind::TimedOut).
    #[track_caller]
    pub fn stop_job(&self, unit: impl AsRef<str>) -> Result<CommandResult> {
        self.units().stop_job(unit)
    }
}
