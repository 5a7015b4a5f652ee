//! How many tests ended how, by what a record shows of them and not by what it says in the end: it may be of another
//! hand, and what failed in it must not pass for good.

use std::collections::HashMap;
use std::sync::Arc;

use super::open_items::OpenItems;
use crate::event::{Counts, Event, EventKind, Outcome};

/// The tests that a record shows, by how they ended.
#[derive(Debug, Default)]
pub(super) struct Tally {
    tests: Vec<Shown>,
    /// The newest of each name.
    newest: HashMap<Arc<str>, usize>,
    open: OpenItems<Arc<str>, usize>,
    /// What the record says of them.
    told: Option<Counts>,
}

/// A test, of which the last attempt counts.
#[derive(Debug)]
struct Shown {
    attempt: u32,
    /// Nothing where it has not ended.
    counts: Option<Counts>,
}

/// Whether an attempt is one at the same test as an earlier one of that name: tests of one name may be several, and each
/// begins at its first attempt.
pub(super) fn is_retry(earlier: u32, attempt: u32) -> bool {
    attempt > earlier
}

impl Tally {
    pub(super) fn event(&mut self, event: &Event) {
        let name = || event.test.clone().unwrap_or_default();
        match &event.kind {
            EventKind::TestStarted { attempt, .. } => _ = self.begin(name(), *attempt),
            EventKind::TestFinished { outcome, .. } => self.end(name(), outcome),
            EventKind::RunFinished { counts, .. } => {
                // A record that ends twice has ended as badly as it says.
                self.told = Some(self.told.map_or(*counts, |told| gravest(told, *counts)));
            }
            _ => {}
        }
    }

    fn begin(&mut self, name: Arc<str>, attempt: u32) -> usize {
        let known = self.newest.get(&name).copied();
        let again = known.filter(|index| {
            self.tests
                .get(*index)
                .is_some_and(|test| is_retry(test.attempt, attempt))
        });
        let index = again.unwrap_or(self.tests.len());
        if index == self.tests.len() {
            self.tests.push(Shown { attempt, counts: None });
        } else if let Some(test) = self.tests.get_mut(index) {
            *test = Shown { attempt, counts: None };
        }
        self.newest.insert(Arc::clone(&name), index);
        self.open.begin(name, index);
        index
    }

    fn end(&mut self, name: Arc<str>, outcome: &Outcome) {
        let index = self.open.end(&name).map(|(index, _)| index);
        let index = match index {
            Some(index) => index,
            None => {
                let index = self.begin(Arc::clone(&name), 1);
                self.open.end(&name);
                index
            }
        };
        let mut ended = Counts::default();
        ended.count(outcome);
        if let Some(test) = self.tests.get_mut(index) {
            // Of attempts that went on at the same time none is forgotten.
            test.counts = Some(
                test.counts
                    .map_or(ended, |other| if other.passed > 0 { ended } else { other }),
            );
        }
    }

    /// How the tests that it shows ended. One that has not counts as not run.
    pub(super) fn shown(&self) -> Counts {
        let mut shown = Counts::default();
        for test in &self.tests {
            match test.counts {
                Some(counts) => shown = sum(shown, counts),
                None => shown.not_run += 1,
            }
        }
        shown
    }

    /// What the record says in the end; nothing where it does not end.
    pub(super) fn told(&self) -> Option<Counts> {
        self.told
    }

    /// What is to be reported: what the record says where it shows nothing worse, and otherwise the worst of both.
    pub(super) fn counts(&self) -> Counts {
        let shown = self.shown();
        match self.told {
            None => shown,
            Some(told) => {
                let worst = gravest(told, shown);
                if bad(worst) == bad(told) {
                    told
                } else {
                    Counts {
                        passed: shown.passed,
                        ..worst
                    }
                }
            }
        }
    }

    /// Whether the record says that more went well than it shows.
    pub(super) fn embellished(&self) -> bool {
        self.told.is_some_and(|told| told != self.counts())
    }
}

fn bad(counts: Counts) -> Counts {
    Counts { passed: 0, ..counts }
}

fn sum(one: Counts, other: Counts) -> Counts {
    merged(one, other, usize::saturating_add)
}

fn gravest(one: Counts, other: Counts) -> Counts {
    Counts {
        passed: one.passed.min(other.passed),
        ..merged(one, other, usize::max)
    }
}

fn merged(one: Counts, other: Counts, merge: fn(usize, usize) -> usize) -> Counts {
    Counts {
        passed: merge(one.passed, other.passed),
        failed: merge(one.failed, other.failed),
        could_not_run: merge(one.could_not_run, other.could_not_run),
        host_failed: merge(one.host_failed, other.host_failed),
        not_run: merge(one.not_run, other.not_run),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::event::FailureReport;

    fn tally(kinds: Vec<EventKind>) -> Tally {
        let mut tally = Tally::default();
        for kind in kinds {
            tally.event(&Event {
                wall: SystemTime::UNIX_EPOCH,
                offset: Duration::ZERO,
                test: Some("t".into()),
                span: None,
                kind,
            });
        }
        tally
    }

    fn begin(attempt: u32) -> EventKind {
        EventKind::TestStarted {
            file: "t.wasm".into(),
            description: String::new(),
            attempt,
        }
    }

    fn end(passed: bool) -> EventKind {
        let failed = || Outcome::Failed(FailureReport::new("no"));
        EventKind::TestFinished {
            outcome: if passed { Outcome::Passed } else { failed() },
            elapsed: Duration::ZERO,
            boot: Duration::ZERO,
        }
    }

    fn told(passed: usize, failed: usize, not_run: usize) -> EventKind {
        let counts = counts(passed, failed, not_run);
        let elapsed = Duration::ZERO;
        EventKind::RunFinished { counts, elapsed }
    }

    fn counts(passed: usize, failed: usize, not_run: usize) -> Counts {
        Counts {
            passed,
            failed,
            not_run,
            ..Counts::default()
        }
    }

    #[test]
    fn what_fails_counts_whatever_a_record_says_of_it() {
        for (kinds, expected) in [
            (vec![], counts(0, 0, 0)),
            (vec![begin(1), end(true), told(1, 0, 0)], counts(1, 0, 0)),
            // Tests that never began are told of in the end alone.
            (vec![begin(1), end(true), told(1, 0, 2)], counts(1, 0, 2)),
            (vec![begin(1), end(false), told(1, 0, 0)], counts(0, 1, 0)),
            (vec![end(false), told(1, 0, 0)], counts(0, 1, 0)),
            (vec![begin(1), told(1, 0, 0)], counts(0, 0, 1)),
            (vec![told(1, 0, 0), end(false)], counts(0, 1, 0)),
            (vec![begin(1), end(true), told(0, 1, 0), told(1, 0, 0)], counts(0, 1, 0)),
            // A second attempt counts, and a second test beside the first.
            (vec![begin(1), end(false), begin(2), end(true)], counts(1, 0, 0)),
            (vec![begin(1), end(false), begin(1), end(true)], counts(1, 1, 0)),
            (vec![begin(1), begin(2), end(false), end(true)], counts(0, 1, 0)),
        ] {
            let shown = format!("{kinds:?}");
            assert_eq!(tally(kinds).counts(), expected, "{shown}");
        }
    }

    #[test]
    fn a_record_that_tells_what_it_shows_does_not_embellish() {
        assert!(!tally(vec![begin(1), end(false), told(3, 1, 2)]).embellished());
        assert!(tally(vec![begin(1), end(false), told(4, 0, 2)]).embellished());
        assert!(!tally(vec![begin(1), end(false)]).embellished());
    }
}
