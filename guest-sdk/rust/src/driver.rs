//! The machines and VLANs of a test.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::bindings::proctor::driver::driver;
use crate::cause::here;
use crate::duration::milliseconds;
use crate::polling::{PollingConditionBuilder, pass, pass_within};
use crate::{Error, Machine, MachineParts, Result, Vlan};

/// The machines and VLANs of a test. Every run of a test has machines of its own.
#[derive(Debug)]
pub struct Driver {
    _from_the_host: (),
}

impl Driver {
    pub(crate) fn new() -> Self {
        Self { _from_the_host: () }
    }

    /// The machine of that name.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where there is none; it lists the names that there are.
    #[track_caller]
    pub fn machine(&self, name: impl AsRef<str>) -> Result<Machine> {
        driver::get_machine(name.as_ref()).map(Machine::new).map_err(here())
    }

    /// All machines, sorted by name.
    #[must_use]
    pub fn machines(&self) -> Vec<Machine> {
        driver::machines().into_iter().map(Machine::new).collect()
    }

    /// The machine, for tests that run with one machine whatever its name.
    ///
    /// # Errors
    ///
    /// Where there are none or several.
    #[track_caller]
    pub fn only_machine(&self) -> Result<Machine> {
        let mut machines = self.machines();
        match (machines.pop(), machines.len()) {
            (Some(machine), 0) => Ok(machine),
            (None, _) => Err(Error::message(
                "this test needs a machine and there is none; name its start script with --start-scripts",
            )),
            (Some(last), _) => {
                machines.push(last);
                let names: Vec<_> = machines.iter().map(|machine| format!("`{}`", machine.name())).collect();
                Err(Error::message(format_args!(
                    "this test runs with one machine and there are {}",
                    names.join(", ")
                )))
            }
        }
    }

    /// Makes a machine of parts, which is one of the test's from then on and ends with it. The run has to grant it.
    ///
    /// # Errors
    ///
    /// [`Denied`](crate::ErrorKind::Denied) where the run does not grant it,
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where there is a machine of that name.
    #[track_caller]
    pub fn create_machine(&self, parts: MachineParts) -> Result<Machine> {
        driver::create_machine(&parts.into()).map(Machine::new).map_err(here())
    }

    /// What the run was told with `--param NAME=VALUE`.
    #[must_use]
    pub fn parameters(&self) -> BTreeMap<String, String> {
        driver::parameters().into_iter().collect()
    }

    /// One of the run's parameters.
    #[must_use]
    pub fn parameter(&self, name: impl AsRef<str>) -> Option<String> {
        self.parameters().remove(name.as_ref())
    }

    /// Writes a file beneath the output directory; directories above it are made.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where the path leads out.
    #[track_caller]
    pub fn write_output_file(&self, path: impl AsRef<str>, content: impl AsRef<[u8]>) -> Result {
        driver::write_output_file(path.as_ref(), content.as_ref()).map_err(here())
    }

    /// All VLANs, sorted by number.
    #[must_use]
    pub fn vlans(&self) -> Vec<Vlan> {
        driver::vlans().into_iter().map(Vlan::new).collect()
    }

    /// The VLAN of that number.
    ///
    /// # Errors
    ///
    /// Where there is none; it lists the numbers that there are.
    #[track_caller]
    pub fn vlan(&self, number: u32) -> Result<Vlan> {
        // A closure would lose the caller's place.
        let mut numbers = Vec::new();
        for vlan in self.vlans() {
            if vlan.number() == number {
                return Ok(vlan);
            }
            numbers.push(vlan.number().to_string());
        }
        Err(Error::message(match numbers.join(", ") {
            none if none.is_empty() => format!("there is no VLAN {number}; --vlans makes some"),
            numbers => format!("there is no VLAN {number}; there are {numbers}"),
        }))
    }

    /// Starts all machines at the same time. Does not wait for them to boot: the first command on each does.
    ///
    /// # Errors
    ///
    /// Those of all machines that did not start, as one.
    #[track_caller]
    pub fn start_all(&self) -> Result {
        pass(driver::start_all).map_err(here())
    }

    /// A condition that has to hold while a part of the test runs:
    /// `driver.polling_condition("the server answers").check(|| server.succeed("curl --fail http://localhost/"))`.
    pub fn polling_condition(&self, description: impl Into<String>) -> PollingConditionBuilder {
        PollingConditionBuilder::new(description.into())
    }

    /// Waits until all machines have stopped, as long as a call may take.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut) where one has not.
    #[track_caller]
    pub fn join_all(&self) -> Result {
        pass_within(None, driver::join_all).map_err(here())
    }

    /// Waits until all machines have stopped, at most that long.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut) where one has not.
    #[track_caller]
    pub fn join_all_within(&self, timeout: Duration) -> Result {
        pass_within(Some(milliseconds(timeout)), driver::join_all).map_err(here())
    }
}
