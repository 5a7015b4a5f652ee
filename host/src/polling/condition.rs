//! What is known of one condition.

use std::time::{Duration, Instant};

use crate::error::Cause;
use crate::limits::CONDITION_STANDS;

/// One condition, entered or not.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) description: String,
    interval: Duration,
    /// When it was last evaluated.
    evaluated: Option<Instant>,
    /// Whether it has been found to hold, and no call has passed since.
    pub(super) seen: bool,
    /// Whether the test was told that it is due and has not evaluated it since.
    pub(super) asked: bool,
    /// What the test was asked for stands for the call that it makes next, however short the interval: until then.
    stands_until: Option<Instant>,
    /// Why it does not hold; told by the next call.
    pub(super) failure: Option<String>,
}

impl Condition {
    pub(super) fn new(description: String, interval: Duration) -> Self {
        Self {
            description,
            interval,
            evaluated: None,
            seen: false,
            asked: false,
            stands_until: None,
            failure: None,
        }
    }

    /// Its scope begins: what was seen before does not count.
    pub(super) fn enter(&mut self) {
        *self = Self::new(std::mem::take(&mut self.description), self.interval);
    }

    /// When it is due: now, where it has never been looked at.
    pub(super) fn due_at(&self, now: Instant) -> Instant {
        let due = self.evaluated.map_or(now, |evaluated| evaluated + self.interval);
        self.stands_until.map_or(due, |stands| stands.max(due))
    }

    /// A call went through.
    pub(super) fn passed(&mut self) {
        self.seen = false;
        self.stands_until = None;
    }

    /// A call has told a failure, of this or of another condition: what was asked for is over.
    pub(super) fn told(&mut self) {
        self.asked = false;
        self.stands_until = None;
    }

    /// Another was evaluated, which took so long: what was asked for stands as much longer.
    pub(super) fn waited(&mut self, time: Duration) {
        if let Some(stands) = &mut self.stands_until {
            *stands += time;
        }
    }

    /// It was evaluated. What was asked for stands for the next call. Errors: it does not hold.
    pub(super) fn evaluated(&mut self, outcome: Result<(), String>) -> Result<(), Cause> {
        let now = Instant::now();
        self.evaluated = Some(now);
        self.seen = outcome.is_ok();
        let asked = std::mem::take(&mut self.asked);
        self.stands_until = asked.then(|| now + CONDITION_STANDS);
        outcome.map_err(|message| {
            // Otherwise the test looked of its own accord, and is told at once.
            if asked {
                self.failure = Some(message.clone());
            }
            self.failed(message)
        })
    }

    /// The error that tells its failure, once.
    pub(super) fn take_failure(&mut self) -> Option<Cause> {
        let message = self.failure.take()?;
        Some(self.failed(message))
    }

    /// It was due, the test was told, and it has not been evaluated.
    pub(super) fn not_evaluated(&self) -> Cause {
        self.failed("it was due and has not been evaluated".into())
    }

    pub(super) fn failed(&self, message: String) -> Cause {
        Cause::PollingConditionFailed {
            description: self.description.clone(),
            message,
        }
    }
}
