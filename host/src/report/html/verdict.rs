//! How a run ended, in a sentence.

use super::bounds;
use super::run::{Ending, Run, Step, TestStep};
use super::wording::{count, cut, took};
use crate::event::{Counts, Outcome};

/// The end of a run or a test, as the page's colours tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    /// It could not run, or a bug of ours.
    Error,
    /// It was interrupted, or the record ends.
    Stopped,
}

impl Verdict {
    pub(super) fn of(outcome: Option<&Outcome>) -> Self {
        match outcome {
            Some(Outcome::Passed) => Self::Passed,
            Some(Outcome::Failed(_)) => Self::Failed,
            Some(Outcome::CouldNotRun(_) | Outcome::HostFailed(_)) => Self::Error,
            Some(Outcome::Interrupted(_)) | None => Self::Stopped,
        }
    }

    /// The name of its class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Stopped => "stopped",
        }
    }
}

/// What a test's end is called.
pub(super) fn word(outcome: Option<&Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Passed) => "passed",
        Some(Outcome::Failed(_)) => "failed",
        Some(Outcome::CouldNotRun(_)) => "could not run",
        Some(Outcome::HostFailed(_)) => "met a bug in Proctor",
        Some(Outcome::Interrupted(_)) => "interrupted",
        None => "not finished",
    }
}

/// What an end that needs it means.
pub(super) fn meaning(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed | Outcome::Failed(_) => "",
        Outcome::CouldNotRun(_) => "The test could not run; this says nothing about what it tests.",
        Outcome::HostFailed(_) => "A bug in Proctor, neither in the test nor in what it tests: please report it.",
        Outcome::Interrupted(_) => "The run was interrupted.",
    }
}

/// The run's verdict, and its sentence.
pub(super) fn of_run(run: &Run) -> (Verdict, String) {
    let tests = run.last_attempts();
    match &run.ending {
        Ending::Failed(message) => (
            Verdict::Error,
            format!("The run could not begin: {}", cut(message, bounds::LINE_BYTES)),
        ),
        Ending::Finished { .. } => finished(&run.tally.counts(), &tests),
        Ending::CutOff => (Verdict::Stopped, cut_off(&run.tally.shown(), &tests)),
    }
}

fn finished(counts: &Counts, tests: &[(usize, &Step, &TestStep)]) -> (Verdict, String) {
    let parts = parts(counts);
    let all: usize = parts.iter().map(|(number, _)| number).sum();
    let verdict = if counts.failed > 0 {
        Verdict::Failed
    } else if counts.could_not_run + counts.host_failed > 0 {
        Verdict::Error
    } else if counts.not_run > 0 || all == 0 {
        Verdict::Stopped
    } else {
        Verdict::Passed
    };
    let sentence = match (all, tests) {
        (0, _) => "No test ran.".into(),
        (1, [(_, step, test)]) if test.outcome.is_some() => single(step, test),
        (1, _) if counts.passed == 1 => "The test passed.".into(),
        _ if counts.passed == all => format!("All {all} tests passed."),
        _ => {
            let told: Vec<String> = parts
                .iter()
                .filter(|(number, _)| *number > 0)
                .map(|(number, word)| format!("{number} {word}"))
                .collect();
            format!("Of {}, {}.", count(all as u64, "test"), told.join(", "))
        }
    };
    (verdict, sentence)
}

/// Grave things first.
fn parts(counts: &Counts) -> [(usize, &'static str); 5] {
    [
        (counts.failed, "failed"),
        (counts.host_failed, "met a bug in Proctor"),
        (counts.could_not_run, "could not run"),
        (counts.not_run, "did not run to the end"),
        (counts.passed, "passed"),
    ]
}

fn single(step: &Step, test: &TestStep) -> String {
    let name = cut(&test.name, bounds::LINE_BYTES);
    match test.outcome.as_ref().and_then(Outcome::failure) {
        Some(failure) => {
            let word = word(test.outcome.as_ref());
            let message = first_line(&failure.message);
            format!("{name} {word}: {}", cut(message, bounds::LINE_BYTES))
        }
        None => {
            let took = step
                .elapsed
                .map_or_else(String::new, |elapsed| format!(" in {}", took(elapsed)));
            format!("{name} passed{took}.")
        }
    }
}

pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn cut_off(shown: &Counts, tests: &[(usize, &Step, &TestStep)]) -> String {
    let running: Vec<&str> = tests
        .iter()
        .filter(|(_, _, test)| test.outcome.is_none())
        .map(|(_, _, test)| &*test.name)
        .collect();
    let during = match running.as_slice() {
        [] => "outside any test".into(),
        names => format!("during {}", cut(&names.join(", "), bounds::LINE_BYTES)),
    };
    let ended = Counts {
        not_run: shown.not_run.saturating_sub(running.len()),
        ..*shown
    };
    let before: Vec<String> = parts(&ended)
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let before = match before.as_slice() {
        [] => String::new(),
        before => format!(" Before that, {}.", before.join(", ")),
    };
    format!("The record ends before the run did, {during}.{before}")
}
