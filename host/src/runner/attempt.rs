//! One attempt at one test, on machines of its own.

use std::sync::Arc;
use std::time::Instant;

use tempfile::TempDir;

use super::interruption::Interruptions;
use super::plan::Plan;
use super::watch::{TestLimit, after_failure, watch};
use crate::driver::Driver;
use crate::event::{EventKind, Events, FailureReport, Outcome, Source, State};
use crate::machine::{Machine, MachineFactory};
use crate::output_directory::OutputDirectory;
use crate::plugin::{Attempt, Component, Mounts, Progress, Stopped, Test};
use crate::polling::Polling;
use crate::run_directory::RunDirectory;
use crate::setup_clock::SetupClock;
use crate::vlan::Vlan;

/// What all attempts of a run share.
pub(super) struct Shared<'a> {
    pub(super) plan: &'a Plan,
    pub(super) run: &'a RunDirectory,
    pub(super) vlans: &'a [Arc<Vlan>],
    pub(super) interruptions: &'a Interruptions,
}

impl Shared<'_> {
    /// Runs a test, whose files go to `output`, and releases its machines. Everything is told by events; the outcome is
    /// returned for counting.
    pub(super) async fn attempt(
        &self,
        component: &Component,
        test: &Test,
        output: OutputDirectory,
        events: &Events,
    ) -> Outcome {
        let start = Instant::now();
        events.emit(EventKind::TestStarted {
            file: component.file(),
            description: test.description.clone().unwrap_or_default(),
            attempt: 1,
        });
        let setup = SetupClock::default();
        let polling = Polling::new(&self.plan.limits, &setup);
        let prepared = self.mounts(component, &output).and_then(|mounts| {
            let driver = self.driver(
                output,
                events,
                &setup,
                &polling,
                mounts.as_ref().map(|(mounts, _)| mounts),
            );
            Ok((mounts, driver.map_err(|error| error.to_string())?))
        });
        let (mounts, driver) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                let failure = FailureReport::new(error);
                return finish(events, Outcome::CouldNotRun(failure), start, &setup);
            }
        };
        let limit = TestLimit {
            budget: test.budget(&self.plan.limits),
            start,
            setup: setup.clone(),
        };
        let progress = Progress::default();
        let attempt = Attempt {
            component: component.clone(),
            test: test.clone(),
            driver: driver.clone(),
            limits: self.plan.limits.clone(),
            setup: setup.clone(),
            polling,
            session: self.plan.session.clone(),
            mounts: mounts.as_ref().map(|(mounts, _)| mounts.clone()),
            progress: progress.clone(),
            events: events.clone(),
        };
        // A task of its own: a panic of ours is caught there and is this test's outcome, not the run's end.
        let mut task = tokio::spawn(attempt.run());
        let mut outcome = tokio::select! {
            biased;
            never = watch(&limit, &driver, &progress, events, self.interruptions) => match never {},
            interruption = self.interruptions.wait() => {
                let in_progress = Some(progress.describe());
                task.abort();
                // The test is dropped when this returns.
                let _ = (&mut task).await;
                Outcome::Interrupted(FailureReport { in_progress, ..FailureReport::new(interruption.to_string()) })
            }
            joined = &mut task => match joined {
                Ok(Ok(())) => Outcome::Passed,
                Ok(Err(Stopped::Failed(failure))) if driver.machines().iter().any(Machine::never_came_up) => {
                    Outcome::CouldNotRun(failure)
                }
                Ok(Err(Stopped::Failed(failure))) => Outcome::Failed(failure),
                Ok(Err(Stopped::Host(failure))) => Outcome::HostFailed(failure),
                Err(error) => {
                    Outcome::HostFailed(FailureReport::new(format!("the host panicked: {error}")))
                }
            },
        };
        if let Some(session) = &self.plan.session {
            session.end().await;
        }
        // Before the machines end: what they print then is no part of the test.
        tell_limit(events, &outcome, start);
        match &mut outcome {
            Outcome::Passed => driver.sync().await,
            // Who interrupts wants an end.
            Outcome::Interrupted(_) => {}
            Outcome::Failed(failure) | Outcome::CouldNotRun(failure) | Outcome::HostFailed(failure) => {
                failure.machines = after_failure(&driver, events).await;
            }
        }
        let elapsed = Instant::now();
        driver.release().await;
        finish(events, outcome, start + elapsed.elapsed(), &setup)
    }

    /// The directories that a script finds, with one that is removed at the attempt's end. Errors: they cannot be made.
    fn mounts(&self, component: &Component, output: &OutputDirectory) -> Result<Option<(Mounts, TempDir)>, String> {
        if component.script().is_none() {
            return Ok(None);
        }
        let failed = |error: std::io::Error| format!("cannot make a directory for the script: {error}");
        let scratch = tempfile::Builder::new().prefix("scratch-").tempdir_in(self.run.path());
        let scratch = scratch.map_err(failed)?;
        let mounts = Mounts {
            scratch: scratch.path().to_owned(),
            output: output.own_path().map_err(|cause| cause.to_string())?,
            run: self.run.path().to_owned(),
        };
        mounts.check(&self.plan.grants)?;
        Ok(Some((mounts, scratch)))
    }

    fn driver(
        &self,
        output: OutputDirectory,
        events: &Events,
        setup: &SetupClock,
        polling: &Polling,
        mounts: Option<&Mounts>,
    ) -> crate::error::Result<Driver> {
        let factory = MachineFactory {
            run: self.run.clone(),
            vlans: self.plan.vlans.clone(),
            limits: self.plan.limits.clone(),
            events: events.clone(),
            setup: setup.clone(),
            polling: polling.clone(),
        };
        let machines = self
            .plan
            .machines
            .iter()
            .map(|script| factory.from_script(script.clone()))
            .collect::<crate::error::Result<Vec<_>>>()?;
        for machine in &machines {
            events.emit(EventKind::State {
                source: Source::Machine(machine.name().into()),
                state: State::Off,
                detail: String::new(),
            });
        }
        Ok(Driver::new(machines, self.vlans)
            .with_factory(factory)
            .with_output(output)
            .with_grants(match mounts {
                Some(mounts) => mounts.readable(&self.plan.grants),
                None => self.plan.grants.clone(),
            })
            .with_parameters(self.plan.parameters.clone()))
    }
}

/// Tells how a test ended. `start` is later than the test's own by what is not to be counted.
fn finish(events: &Events, outcome: Outcome, start: Instant, setup: &SetupClock) -> Outcome {
    events.emit(EventKind::TestFinished {
        outcome: outcome.clone(),
        elapsed: start.elapsed(),
        boot: setup.total(),
    });
    outcome
}

/// Tells which limit stopped a test, where one did.
fn tell_limit(events: &Events, outcome: &Outcome, start: Instant) {
    let passed = outcome
        .failure()
        .and_then(|failure| failure.limit.clone().zip(failure.in_progress.clone()));
    if let Some((limit, in_progress)) = passed {
        events.emit(EventKind::LimitPassed {
            limit,
            machine: None,
            in_progress,
            elapsed: start.elapsed(),
        });
    }
}
