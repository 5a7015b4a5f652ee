//! One instance of a component: its tests listed, or one of them run.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::Store;

use super::bindings;
use super::component::Component;
use super::host::types::describe_place;
use super::mounts::Mounts;
use super::progress::Progress;
use super::state::TestState;
use super::trap::{Judgement, judge};
use crate::driver::Driver;
use crate::error::Cause;
use crate::event::{Events, FailureReport};
use crate::limits::{CALL_LATE, CONDITION_REPORT, LimitName, Limits, TEST_NAME_BYTES, TESTS};
use crate::machine::Machine;
use crate::polling::{Overrun, Polling, overrun_message};
use crate::session::Session;
use crate::setup_clock::SetupClock;
use crate::text;

/// What a component is doing while its tests are listed.
const INSTANTIATING: &str = "was instantiated";
const LISTING: &str = "listed its tests";

/// A test that a component offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its name, as the component knows it.
    pub name: String,
    /// One line about it.
    pub description: Option<String>,
    /// For selection.
    pub tags: Vec<String>,
    /// How long it may take, where it says.
    pub timeout: Option<Duration>,
    /// Where it stands.
    pub place: Option<String>,
}

impl Test {
    /// How long it may take: its own limit, where that is shorter than the run's.
    pub fn budget(&self, limits: &Limits) -> Duration {
        self.timeout.map_or(limits.test, |own| own.min(limits.test))
    }
}

/// Why a test did not pass.
#[derive(Debug)]
pub enum Stopped {
    /// It failed.
    Failed(FailureReport),
    /// The host failed.
    Host(FailureReport),
}

/// What a run of one test needs.
#[derive(Debug)]
pub struct Attempt {
    /// Where the test is.
    pub component: Component,
    /// The test.
    pub test: Test,
    /// Its machines and VLANs.
    pub driver: Driver,
    /// The run's limits.
    pub limits: Limits,
    /// Measures what does not count against the test's limit.
    pub setup: SetupClock,
    /// Its polling conditions.
    pub polling: Polling,
    /// The session that it is, where it is one.
    pub session: Option<Arc<Session>>,
    /// What a script finds besides.
    pub mounts: Option<Mounts>,
    /// Told what is in progress.
    pub progress: Progress,
    /// Where what happens is told.
    pub events: Events,
}

impl Component {
    /// The component's tests, listed by an instance without machines. Takes as long as it takes: the caller bounds it, and
    /// is told what is in progress. Errors: it traps, or offers what cannot be told apart.
    pub async fn tests(
        &self,
        limits: &Limits,
        events: &Events,
        in_progress: &Cell<&'static str>,
    ) -> Result<Vec<Test>, Stopped> {
        if let Some(script) = self.script() {
            return Ok(vec![Test {
                name: script.name(),
                description: None,
                tags: Vec::new(),
                timeout: None,
                place: Some(format!("{}:1", script.file())),
            }]);
        }
        let progress = Progress::default();
        let driver = Driver::new(Vec::new(), &[]);
        let mut store = self.store(TestState::new(
            driver,
            events,
            limits,
            progress.clone(),
            Polling::default(),
        ));
        in_progress.set(INSTANTIATING);
        let work = async {
            let instance = self.pre.instantiate_async(&mut store).await?;
            in_progress.set(LISTING);
            instance.proctor_driver_tests().call_list(&mut store).await
        };
        let failed = |message: String| Stopped::Failed(FailureReport::new(format!("cannot list the tests: {message}")));
        let listed = match work.await {
            Ok(listed) => listed,
            Err(error) => {
                return Err(match stopped(&error, &mut store) {
                    // What does not even begin is not what the host was built for.
                    Stopped::Host(report) if in_progress.get() == INSTANTIATING => failed(format!(
                        "it does not fit this host ({}); build it with the interface of this version",
                        report.message
                    )),
                    stopped => stopped,
                });
            }
        };
        store.data_mut().finish();
        if listed.len() > TESTS {
            return Err(failed(format!(
                "there are {}; at most {TESTS} are allowed",
                listed.len()
            )));
        }
        let mut names = std::collections::HashSet::new();
        for test in &listed {
            if test.name.is_empty()
                || test.name.len() > TEST_NAME_BYTES
                || text::clean(test.name.as_bytes(), TEST_NAME_BYTES) != test.name
            {
                let name = text::clean(test.name.as_bytes(), TEST_NAME_BYTES);
                return Err(failed(format!(
                    "`{name}` is no name: 1 to {TEST_NAME_BYTES} printable characters"
                )));
            }
            if !names.insert(test.name.as_str()) {
                return Err(failed(format!("two tests are called `{}`", test.name)));
            }
        }
        Ok(listed.into_iter().map(Test::from).collect())
    }

    pub(super) fn store(&self, state: TestState) -> Store<TestState> {
        let (call_bytes, handles) = (state.limits.call_bytes, state.limits.handles);
        let mut store = Store::new(&self.engine.engine, state);
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(call_bytes);
        store.set_max_component_handles(handles);
        // At every tick the test lets the host look at its clocks, and is dropped there when a limit has passed.
        store.epoch_deadline_async_yield_and_update(1);
        store.set_epoch_deadline(1);
        store
    }
}

impl Attempt {
    /// Runs the test in a fresh instance. Dropping the future stops the test.
    pub async fn run(self) -> Result<(), Stopped> {
        let Self {
            component,
            test,
            driver,
            limits,
            setup,
            polling,
            session,
            mounts,
            progress,
            events,
        } = self;
        let state = TestState::new(driver, &events, &limits, progress.clone(), polling.clone());
        let mut state = state.with_session(session);
        if let Some((script, mounts)) = component.script().cloned().zip(mounts) {
            let failed = |error| {
                Stopped::Host(FailureReport::new(format!(
                    "a script's directory cannot be opened: {error:#}"
                )))
            };
            state = state.with_script(script, mounts).map_err(failed)?;
        }
        let mut store = component.store(state);
        let budget = test.budget(&limits);
        let limit = (budget == limits.test).then_some(LimitName::Test);
        let start = Instant::now();
        let work = async {
            let instance = match tokio::time::timeout(limits.load, component.pre.instantiate_async(&mut store)).await {
                Ok(instance) => instance?,
                Err(_) => {
                    return Ok(Err(limit_passed(
                        Some(LimitName::Load),
                        limits.load,
                        limits.load,
                        "instantiation".into(),
                    )));
                }
            };
            let returned = instance.proctor_driver_tests().call_run(&mut store, &test.name).await?;
            Ok(match returned {
                Ok(()) => polling.finish().map_err(|cause| FailureReport::new(cause.to_string())),
                Err(failure) => Err(failure.into()),
            })
        };
        let outcome = tokio::select! {
            biased;
            outcome = work => Some(outcome),
            () = passed(budget, start, &setup) => None,
            overrun = overran(&polling, &progress) => {
                store.data_mut().finish();
                let message = overrun_message(overrun.limit, overrun.elapsed);
                let failed = Cause::PollingConditionFailed { description: overrun.description, message };
                return Err(Stopped::Failed(FailureReport {
                    in_progress: Some(in_progress(&progress, &store)),
                    limit: Some(LimitName::Condition.passed(crate::error::seconds(overrun.limit))),
                    ..FailureReport::new(failed.to_string())
                }).closing(&store));
            }
        };
        let ended = match outcome {
            Some(Ok(returned)) => {
                store.data_mut().finish();
                returned.map_err(Stopped::Failed)
            }
            Some(Err(error)) => Err(stopped(&error, &mut store).in_evaluation(polling.evaluating())),
            None => {
                store.data_mut().finish();
                let elapsed = start.elapsed().saturating_sub(setup.total());
                Err(Stopped::Failed(limit_passed(
                    limit,
                    budget,
                    elapsed,
                    in_progress(&progress, &store),
                )))
            }
        };
        match ended {
            Ok(()) => {
                store.data().log.close_spans(None);
                Ok(())
            }
            Err(stopped) => Err(stopped.closing(&store)),
        }
    }
}

impl Stopped {
    /// What the test was in the middle of has failed with it.
    fn closing(self, store: &Store<TestState>) -> Self {
        let (Self::Failed(failure) | Self::Host(failure)) = &self;
        store.data().log.close_spans(Some(failure));
        self
    }

    /// A test that stops while it evaluates a condition has a condition that does not hold.
    fn in_evaluation(mut self, condition: Option<String>) -> Self {
        if let (Self::Failed(report), Some(description)) = (&mut self, condition) {
            let message = std::mem::take(&mut report.message);
            report.message = Cause::PollingConditionFailed { description, message }.to_string();
        }
        self
    }
}

/// Waits until the evaluation of a condition has gone on past its limit. A call in it ends at the limit, and the test has
/// a moment to tell the host.
async fn overran(polling: &Polling, progress: &Progress) -> Overrun {
    let mut idle = false;
    loop {
        let overrun = polling.overrun(CONDITION_REPORT).await;
        let in_call = progress.in_call() && overrun.elapsed < overrun.limit + CALL_LATE;
        if !in_call && idle {
            return overrun;
        }
        idle = !in_call;
        tokio::time::sleep(CONDITION_REPORT).await;
    }
}

/// Which call is in progress, and what it has seen.
fn in_progress(progress: &Progress, store: &Store<TestState>) -> String {
    let mut text = progress.describe();
    if let Some(condition) = store.data().polling.evaluating() {
        text = format!("polling condition \"{condition}\": {text}");
    }
    let machines = store.data().driver.machines();
    for seen in machines.iter().filter_map(Machine::last_seen) {
        text.push_str("; last seen: ");
        text.push_str(&seen);
    }
    text
}

/// Waits until a test has used up its time, set-up not counted.
async fn passed(budget: Duration, start: Instant, setup: &SetupClock) {
    loop {
        let used = start.elapsed().saturating_sub(setup.total());
        let Some(left) = budget.checked_sub(used).filter(|left| !left.is_zero()) else {
            return;
        };
        tokio::time::sleep(left).await;
    }
}

/// A limit of the run's, or the test's own.
fn limit_passed(limit: Option<LimitName>, budget: Duration, elapsed: Duration, in_progress: String) -> FailureReport {
    let (budget, elapsed) = (crate::error::seconds(budget), crate::error::seconds(elapsed));
    let name = limit.map_or("the test's own limit", LimitName::describe);
    let message = format!("timed out: {name} of {budget} passed (after {elapsed})");
    FailureReport {
        in_progress: Some(in_progress),
        limit: Some(limit.unwrap_or(LimitName::Test).passed(budget)),
        ..FailureReport::new(message)
    }
}

pub(super) fn stopped(error: &wasmtime::Error, store: &mut Store<TestState>) -> Stopped {
    let state = store.data_mut();
    state.finish();
    match judge(error, state.panicked.take(), &state.limits, &state.progress) {
        Judgement::Test(report) => Stopped::Failed(report),
        Judgement::Host(report) => Stopped::Host(report),
    }
}

impl From<bindings::exports::proctor::driver::tests::Test> for Test {
    fn from(test: bindings::exports::proctor::driver::tests::Test) -> Self {
        Self {
            name: test.name,
            description: test
                .description
                .map(|text| text::clean(text.as_bytes(), TEST_NAME_BYTES)),
            tags: test
                .tags
                .iter()
                .map(|tag| text::clean(tag.as_bytes(), TEST_NAME_BYTES))
                .collect(),
            timeout: test.timeout.map(super::host::duration),
            place: test.place.map(|place| describe_place(&place)),
        }
    }
}
