//! A test's polling conditions: which are entered, which are due, which one is being evaluated.
//!
//! The host cannot call into a test that waits for the host. So it answers a call with the conditions that are due, the
//! test evaluates them and makes the call again. What a test does not evaluate is as good as false.

mod condition;
mod state;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::error::{Cause, InterruptedWait};
use crate::limits::{
    CONDITION_INTERVAL, ENTERED_CONDITIONS, FAILURE_TEXT_BYTES, LimitName, Limits, SHORTEST_WAIT, SPAN_NAME_BYTES,
};
use crate::setup_clock::SetupClock;
use crate::text;
use condition::Condition;
use state::{Evaluation, State};

/// One condition of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConditionId(pub u32);

/// The polling conditions of one test. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Polling(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
    /// How long one evaluation may take, boots not counted.
    limit: Duration,
    setup: SetupClock,
}

/// An evaluation that goes on.
#[derive(Debug, Clone)]
pub struct Overrun {
    /// The condition's description.
    pub description: String,
    /// How long it may take.
    pub limit: Duration,
    /// How long it has taken.
    pub elapsed: Duration,
}

impl Default for Polling {
    /// Without conditions, under the default limits.
    fn default() -> Self {
        Self::new(&Limits::default(), &SetupClock::default())
    }
}

impl Polling {
    /// Without conditions.
    pub fn new(limits: &Limits, setup: &SetupClock) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::default(),
            changed: Notify::new(),
            limit: limits.condition,
            setup: setup.clone(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new condition, which is not entered yet. Default interval: [`CONDITION_INTERVAL`].
    pub fn add(&self, description: &str, interval: Option<Duration>) -> ConditionId {
        let mut state = self.state();
        let id = ConditionId(state.next);
        state.next = state.next.wrapping_add(1);
        let description = text::clean(description.as_bytes(), SPAN_NAME_BYTES);
        let condition = Condition::new(description, interval.unwrap_or(CONDITION_INTERVAL));
        state.conditions.insert(id, condition);
        id
    }

    /// A condition's description, harmless; empty where there is no such condition.
    pub fn description(&self, id: ConditionId) -> String {
        let state = self.state();
        let condition = state.conditions.get(&id);
        condition
            .map(|condition| condition.description.clone())
            .unwrap_or_default()
    }

    /// The condition is no more. One that is entered, or is being evaluated, and of which it is not known that it holds,
    /// fails the next call, or the test where there is none.
    pub fn remove(&self, id: ConditionId) {
        let mut state = self.state();
        let Some(mut condition) = state.conditions.remove(&id) else {
            return;
        };
        let entered = state.entered.contains(&id);
        state.entered.retain(|other| *other != id);
        let evaluated = state.evaluates(id);
        state.evaluations.retain(|evaluation| evaluation.id != id);
        let failure = if evaluated {
            Some("it was dropped while it was evaluated".into())
        } else if entered && !condition.seen {
            Some("it was dropped while it was entered and due".into())
        } else {
            condition.failure.take()
        };
        if let Some(message) = failure
            && state.failed.is_none()
        {
            state.failed = Some(condition.failed(message));
        }
        drop(state);
        self.0.changed.notify_waiters();
    }

    /// The condition's scope begins. Errors: too many are entered; a condition is being evaluated.
    pub fn enter(&self, id: ConditionId) -> Result<(), Cause> {
        let mut state = self.state();
        state.expect_no_evaluation("entered")?;
        if state.entered.len() >= ENTERED_CONDITIONS {
            return Err(Cause::InvalidArgument(format!(
                "{ENTERED_CONDITIONS} conditions are entered, and no more can be"
            )));
        }
        let again = state.entered.contains(&id);
        let condition = state.condition(id)?;
        if !again {
            condition.enter();
        }
        state.entered.push(id);
        Ok(())
    }

    /// The condition's scope ends. Errors: it is due once more, and its scope goes on until it has been evaluated and left
    /// again; it does not hold, and its scope has ended; it is not entered; a condition is being evaluated.
    pub fn exit(&self, id: ConditionId) -> Result<(), Cause> {
        let mut state = self.state();
        state.expect_no_evaluation("left")?;
        let position = state.entered.iter().rposition(|other| *other == id);
        let condition = state.condition(id)?;
        let Some(position) = position else {
            let description = &condition.description;
            return Err(Cause::InvalidArgument(format!(
                "the condition \"{description}\" is not entered"
            )));
        };
        let outcome = if let Some(message) = condition.failure.take() {
            Err(condition.failed(message))
        } else if condition.seen {
            Ok(())
        } else if condition.asked {
            Err(condition.not_evaluated())
        } else {
            condition.asked = true;
            return Err(Cause::ConditionsDue {
                conditions: vec![id.0],
                wait: None,
            });
        };
        condition.asked = false;
        state.entered.remove(position);
        outcome
    }

    /// The test begins to evaluate a condition. Where it was asked for it, its calls pass until it says what came of it;
    /// where it looks of its own accord, conditions that are due come before them as before any.
    /// Errors: another is being evaluated, and this one was not asked for meanwhile.
    pub fn begin_evaluation(&self, id: ConditionId) -> Result<(), Cause> {
        let mut state = self.state();
        let asked = state.condition(id)?.asked;
        if !asked || state.passes() || state.evaluates(id) {
            state.expect_no_evaluation("evaluated")?;
        }
        state.evaluations.push(Evaluation {
            id,
            began: Instant::now(),
            boots: self.0.setup.boots(),
            asked,
        });
        drop(state);
        self.0.changed.notify_waiters();
        Ok(())
    }

    /// The test has evaluated a condition: it holds, or why it does not.
    /// Errors: it does not hold; it is not being evaluated.
    pub fn end_evaluation(&self, id: ConditionId, outcome: Result<(), &str>) -> Result<(), Cause> {
        let mut state = self.state();
        let evaluation = state.evaluations.pop_if(|evaluation| evaluation.id == id);
        let condition = state.condition(id)?;
        let Some(evaluation) = evaluation else {
            let description = &condition.description;
            return Err(Cause::InvalidArgument(format!(
                "the condition \"{description}\" is not being evaluated"
            )));
        };
        let elapsed = self.elapsed(&evaluation);
        let outcome = match outcome {
            _ if elapsed > self.0.limit => Err(overrun_message(self.0.limit, elapsed)),
            Ok(()) => Ok(()),
            Err(message) => Err(text::clean_lines(message.as_bytes(), FAILURE_TEXT_BYTES)),
        };
        let evaluated = condition.evaluated(outcome);
        // What was asked for beside it stands until the call that is made again.
        let others = state.conditions.iter_mut().filter(|(other, _)| **other != id);
        others.for_each(|(_, condition)| condition.waited(evaluation.began.elapsed()));
        drop(state);
        self.0.changed.notify_waiters();
        evaluated
    }

    /// Whether a call that runs something may go on. It does no more than look at clocks where no condition is due.
    /// Errors: conditions are due, and are to be evaluated before the call is made again; one does not hold, or was due
    /// before and has not been evaluated; an evaluation has gone on for longer than it may.
    pub fn gate(&self) -> Result<(), Cause> {
        let mut state = self.state();
        for evaluation in &state.evaluations {
            self.in_time(evaluation)?;
        }
        if state.passes() {
            return Ok(());
        }
        if state.entered.is_empty() && state.failed.is_none() {
            return Ok(());
        }
        if let Some(failed) = state.failed.take() {
            return Err(failed);
        }
        let now = Instant::now();
        let due = state.due(now);
        let failed = state.conditions.values_mut().find_map(Condition::take_failure);
        // One that was asked for and has not been evaluated.
        let ignored = || {
            due.iter()
                .find(|id| state.conditions.get(id).is_some_and(|condition| condition.asked))
        };
        let failed = failed.or_else(|| Some(state.conditions.get(ignored()?)?.not_evaluated()));
        if let Some(failed) = failed {
            state.conditions.values_mut().for_each(Condition::told);
            return Err(failed);
        }
        if due.is_empty() {
            state.entered().for_each(Condition::passed);
            return Ok(());
        }
        Err(state.ask(due, None))
    }

    /// Waits until a condition is due: a wait is to break off then, with [`Polling::interrupt`]. Never while one is being
    /// evaluated that was asked for: its own waits go on.
    pub async fn due(&self) {
        loop {
            // Before the look, or a change might come between it and the wait for one.
            let changed = self.0.changed.notified();
            match self.next_due() {
                Some(due) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(due.into()) => return,
                        () = changed => {}
                    }
                }
                None => changed.await,
            }
        }
    }

    /// When the next condition is due; none where no condition is entered, or one is being evaluated that was asked for.
    pub fn next_due(&self) -> Option<Instant> {
        let state = self.state();
        if state.passes() {
            return None;
        }
        state.next_due(Instant::now())
    }

    /// How long something may go on at once so that conditions are looked at when they are due, but for the shortest waits.
    pub fn until_due(&self, longest: Duration) -> Duration {
        let until = |due: Instant| due.saturating_duration_since(Instant::now()).max(SHORTEST_WAIT);
        self.next_due().map_or(longest, |due| until(due).min(longest))
    }

    /// The error with which a wait breaks off because conditions are due.
    /// `wait` is what bounds it, where the call itself does.
    pub fn interrupt(&self, wait: Option<InterruptedWait>) -> Cause {
        let mut state = self.state();
        let due = state.due(Instant::now());
        state.ask(due, wait)
    }

    /// How long what is being evaluated may still take.
    pub fn evaluation_left(&self) -> Option<Duration> {
        let state = self.state();
        let left = |evaluation| self.0.limit.saturating_sub(self.elapsed(evaluation));
        state.evaluations.iter().map(left).min()
    }

    /// Whether a condition is being evaluated that was asked for.
    pub fn is_evaluating(&self) -> bool {
        self.state().passes()
    }

    /// What is being evaluated.
    pub fn evaluating(&self) -> Option<String> {
        let state = self.state();
        let id = state.evaluations.last()?.id;
        Some(state.conditions.get(&id)?.description.clone())
    }

    /// Waits until an evaluation has gone on past its limit and `grace`.
    pub async fn overrun(&self, grace: Duration) -> Overrun {
        loop {
            let changed = self.0.changed.notified();
            // The outer one has taken longer.
            let evaluation = self.state().evaluations.first().cloned();
            let Some(evaluation) = evaluation else {
                changed.await;
                continue;
            };
            let elapsed = self.elapsed(&evaluation);
            let left = (self.0.limit + grace).saturating_sub(elapsed);
            if left.is_zero() {
                return Overrun {
                    description: self.description(evaluation.id),
                    limit: self.0.limit,
                    elapsed,
                };
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                () = changed => {}
            }
        }
    }

    /// The test has returned and has not failed. Errors: a condition does not hold, or is still entered, so that nobody
    /// has looked at it in the end.
    pub fn finish(&self) -> Result<(), Cause> {
        let mut state = self.state();
        if let Some(failed) = state.failed.take() {
            return Err(failed);
        }
        if let Some(id) = state.evaluations.last().map(|evaluation| evaluation.id) {
            return Err(state
                .condition(id)?
                .failed("it was still evaluated when the test ended".into()));
        }
        let innermost = state.entered.last().copied();
        match innermost.and_then(|id| state.conditions.get_mut(&id)) {
            None => Ok(()),
            Some(condition) => Err(condition
                .take_failure()
                .unwrap_or_else(|| condition.failed("it was still entered when the test ended".into()))),
        }
    }

    /// A call of an evaluation passes as long as that may take.
    fn in_time(&self, evaluation: &Evaluation) -> Result<(), Cause> {
        if self.elapsed(evaluation) <= self.0.limit {
            return Ok(());
        }
        Err(Cause::TimedOut {
            limit: LimitName::Condition,
            budget: self.0.limit,
            last_seen: None,
        })
    }

    fn elapsed(&self, evaluation: &Evaluation) -> Duration {
        let boots = self.0.setup.boots().saturating_sub(evaluation.boots);
        evaluation.began.elapsed().saturating_sub(boots)
    }
}

/// What is said of an evaluation that took too long.
pub(crate) fn overrun_message(limit: Duration, elapsed: Duration) -> String {
    let name = LimitName::Condition.describe();
    let (limit, elapsed) = (crate::error::seconds(limit), crate::error::seconds(elapsed));
    format!("its evaluation timed out: {name} of {limit} passed (after {elapsed})")
}
