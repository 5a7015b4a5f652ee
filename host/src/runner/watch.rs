//! Tells how things stand while a test runs: every second while a call or its own code goes on, and whenever somebody asks.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use super::interruption::Interruptions;
use crate::driver::Driver;
use crate::error::seconds;
use crate::event::{EventKind, Events, MachineReport, PassedLimit};
use crate::limits::{
    CALL_TOLD, FAILURE_CONSOLE_LINES, FAILURE_PICTURE, FAILURE_PICTURE_NAME, LimitName, STATUS_CONSOLE_LINES,
};
use crate::plugin::Progress;
use crate::setup_clock::SetupClock;

/// What bounds a test.
pub(super) struct TestLimit {
    /// Its value.
    pub(super) budget: Duration,
    /// When it began.
    pub(super) start: Instant,
    /// What does not count.
    pub(super) setup: SetupClock,
}

impl TestLimit {
    fn limit(&self) -> PassedLimit {
        LimitName::Test.passed(seconds(self.budget))
    }

    fn left(&self) -> Duration {
        let used = self.start.elapsed().saturating_sub(self.setup.total());
        self.budget.saturating_sub(used)
    }
}

/// Tells it until it is dropped.
pub(super) async fn watch(
    test: &TestLimit,
    driver: &Driver,
    progress: &Progress,
    events: &Events,
    interruptions: &Interruptions,
) -> Infallible {
    let mut questions = interruptions.questions();
    loop {
        tokio::select! {
            () = tokio::time::sleep(CALL_TOLD) => {
                let (action, elapsed) = progress.current();
                if elapsed >= CALL_TOLD {
                    let machines = reports(driver, 0).await;
                    let machines = machines.into_iter().filter(|machine| machine.limit.is_some()).collect();
                    let (limit, left) = (test.limit(), test.left());
                    events.emit(EventKind::CallWaiting { action, elapsed, machines, limit, left });
                }
            }
            () = questions.next() => {
                let machines = reports(driver, STATUS_CONSOLE_LINES).await;
                let (limit, left) = (Some(test.limit()), Some(test.left()));
                events.emit(EventKind::Status { in_progress: progress.describe(), machines, limit, left });
            }
        }
    }
}

async fn reports(driver: &Driver, lines: usize) -> Vec<MachineReport> {
    let mut reports = Vec::new();
    for machine in driver.machines() {
        reports.push(machine.report(lines).await);
    }
    reports
}

/// How the machines fared when a test failed; what they show is saved as pictures.
pub(super) async fn after_failure(driver: &Driver, events: &Events) -> Vec<MachineReport> {
    let machines = reports(driver, FAILURE_CONSOLE_LINES).await;
    driver.picture_all(FAILURE_PICTURE_NAME, FAILURE_PICTURE, events).await;
    machines
}
