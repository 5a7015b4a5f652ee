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
    pub(super) evaluation: Option<Evaluation>,
    /// What the next call is to be told: conditions that went away and had not held, or nobody had looked.
    pub(super) failed: Option<Cause>,
}

#[derive(Debug, Clone)]
pub(super) struct Evaluation {
    pub(super) id: ConditionId,
    pub(super) began: Instant,
    /// The set-up time that had passed before.
    pub(super) setup: Duration,
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

    /// The conditions that are due, outermost first.
    pub(super) fn due(&self, now: Instant) -> Vec<ConditionId> {
        let mut due = Vec::new();
        for id in &self.entered {
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
        let Some(evaluation) = &self.evaluation else {
            return Ok(());
        };
        let description = self.conditions.get(&evaluation.id);
        let description = description.map_or("", |condition| condition.description.as_str());
        Err(Cause::InvalidArgument(format!(
            "no condition can be {what} while the condition \"{description}\" is being evaluated"
        )))
    }
}
