//! Errors in a script, which its interpreter finds without executing it.

use crate::driver::Driver;
use crate::event::{Events, FailureReport};
use crate::limits::Limits;
use crate::polling::Polling;

use super::component::Component;
use super::instance::{Stopped, stopped};
use super::progress::Progress;
use super::state::TestState;

/// What may be wrong with a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// From 1.
    pub line: u32,
    /// From 1; 0 where it is not known.
    pub column: u32,
    /// What it is.
    pub message: String,
    /// Whether it is an error in any case.
    pub is_error: bool,
}

/// What a script that is looked at will be run with, and what is found in it.
#[derive(Debug, Default)]
pub struct Check {
    /// The names of its machines, where they are known.
    pub machines: Vec<String>,
    /// The numbers of its VLANs.
    pub vlans: Vec<u32>,
    /// What is found.
    pub findings: Vec<Finding>,
}

impl Component {
    /// Looks for errors in the script that is the component's test. Takes as long as it takes: the caller bounds it.
    /// Errors: the interpreter fails.
    pub async fn check_script(&self, check: Check, limits: &Limits, events: &Events) -> Result<Vec<Finding>, Stopped> {
        let Some(script) = self.script() else {
            return Ok(Vec::new());
        };
        let driver = Driver::new(Vec::new(), &[]);
        let state = TestState::new(driver, events, limits, Progress::default(), Polling::default());
        let mut store = self.store(state.with_check(script, check));
        let name = script.name();
        let work = async {
            let instance = self.pre.instantiate_async(&mut store).await?;
            instance.proctor_driver_tests().call_run(&mut store, &name).await
        };
        match work.await {
            Ok(Ok(())) => Ok(store.data_mut().check.take().unwrap_or_default().findings),
            Ok(Err(failure)) => Err(Stopped::Failed(FailureReport::from(failure))),
            Err(error) => Err(stopped(&error, &mut store)),
        }
    }
}
