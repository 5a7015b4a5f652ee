//! What is entered, due and being evaluated.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::ConditionId;
use super::condition::Condition;
use crate::error::{Cause, InterruptedWait};

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) next: u32,
    pub(super) conditions: BTreeMap<ConditionId, Condition>,
    /// Outermost first; a condition can be entered more than once.
    pub(super) entered: Vec<ConditionId>,
    /// What goes on: perhaps one that the test began of its own accord, and in it perhaps one that it was asked for.
    pub(super) evaluations: Vec<Evaluation>,
    /// What the next call is to be told: conditions that went away and had not held, or nobody had looked.
    pub(super) failed: Option<Cause>,
}

#[derive(Debug, Clone)]
pub(super) struct Evaluation {
    pub(super) id: ConditionId,
    pub(super) began: Instant,
    /// The set-up time that had passed before.
    pub(super) boots: Duration,
    /// Whether the test was asked for it: then its calls pass.
    pub(super) asked: bool,
}

impl State {
    pub(super) fn condition(&mut self, id: ConditionId) -> Result<&mut Condition, Cause> {
        let missing = || Cause::InvalidArgument("there is no such condition".into());
        self.conditions.get_mut(&id).ok_or_else(missing)
    }

    pub(super) fn entered(&mut self) -> impl Iterator<Item = &mut Condition> {
        let entered = &self.entered;
        self.conditions
            .iter_mut()
            .filter(|(id, _)| entered.contains(id))
            .map(|(_, condition)| condition)
    }

    /// Whether a condition is being evaluated that was asked for: its calls pass, and its waits go on.
    pub(super) fn passes(&self) -> bool {
        self.evaluations.last().is_some_and(|evaluation| evaluation.asked)
    }

    /// Whether this condition is being evaluated.
    pub(super) fn evaluates(&self, id: ConditionId) -> bool {
        self.evaluations.iter().any(|evaluation| evaluation.id == id)
    }

    /// When the next condition is due that is not being evaluated.
    pub(super) fn next_due(&self, now: Instant) -> Option<Instant> {
        let entered = self.entered.iter().filter(|id| !self.evaluates(**id));
        let due = entered.filter_map(|id| Some(self.conditions.get(id)?.due_at(now)));
        due.min()
    }

    /// The conditions that are due, outermost first.
    pub(super) fn due(&self, now: Instant) -> Vec<ConditionId> {
        let mut due = Vec::new();
        for id in self.entered.iter().filter(|id| !self.evaluates(**id)) {
            let is_due = self
                .conditions
                .get(id)
                .is_some_and(|condition| condition.due_at(now) <= now);
            if is_due && !due.contains(id) {
                due.push(*id);
            }
        }
        due
    }

    pub(super) fn ask(&mut self, due: Vec<ConditionId>, wait: Option<InterruptedWait>) -> Cause {
        for id in &due {
            if let Some(condition) = self.conditions.get_mut(id) {
                condition.asked = true;
            }
        }
        Cause::ConditionsDue {
            conditions: due.into_iter().map(|id| id.0).collect(),
            wait,
        }
    }

    pub(super) fn expect_no_evaluation(&self, what: &str) -> Result<(), Cause> {
        let Some(evaluation) = self.evaluations.last() else {
            return Ok(());
        };
        let description = self.conditions.get(&evaluation.id);
        let description = description.map_or("", |condition| condition.description.as_str());
        Err(Cause::InvalidArgument(format!(
            "no condition can be {what} while the condition \"{description}\" is being evaluated"
        )))
    }
}
