//! A machine's own monitor. The run has to grant it: who commands the monitor commands the host.

use crate::bindings::proctor::driver::monitor;
use crate::cause::here;
use crate::polling::pass_within;
use crate::{Machine, Result};

/// Which events of a machine's monitor are meant; any, by default.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    name: Option<String>,
    data: Option<String>,
}

impl EventFilter {
    /// Events of this name, for example `RESET`.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            data: None,
        }
    }

    /// Only those whose data has the members of this JSON object, with the same values: `{"guest": true}`.
    #[must_use]
    pub fn with_data(self, object: impl Into<String>) -> Self {
        Self {
            data: Some(object.into()),
            ..self
        }
    }
}

/// # Monitor
///
/// All can fail with [`Denied`](crate::ErrorKind::Denied) and [`Monitor`](crate::ErrorKind::Monitor).
impl Machine {
    /// Runs a command of the text monitor and returns what it prints.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn send_monitor_command(&self, command: impl AsRef<str>) -> Result<String> {
        pass_within(self.timeout(), |timeout| {
            monitor::send_monitor_command(self.resource(), command.as_ref(), timeout)
        })
        .map_err(here())
    }

    /// Runs a command of the monitor for programs, with a JSON object for its arguments. Returns the answer as JSON.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn send_qmp_command(&self, command: impl AsRef<str>, arguments: Option<&str>) -> Result<String> {
        pass_within(self.timeout(), |timeout| {
            monitor::send_qmp_command(self.resource(), command.as_ref(), arguments, timeout)
        })
        .map_err(here())
    }

    /// Waits for an event and returns it as JSON. Looks at those since the machine's start, or since the one that was
    /// returned last.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn wait_for_qmp_event(&self, filter: &EventFilter) -> Result<String> {
        let filter = monitor::EventFilter {
            name: filter.name.clone(),
            data: filter.data.clone(),
        };
        pass_within(self.timeout(), |timeout| {
            monitor::wait_for_qmp_event(self.resource(), &filter, timeout)
        })
        .map_err(here())
    }
}
