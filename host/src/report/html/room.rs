//! What a page has room for: a pot for each kind of step, so that much of one hides nothing of another.

use std::collections::HashMap;
use std::sync::Arc;

use super::bounds;
use super::run::StepKind;
use super::wording::{cut, cut_beginning};
use crate::event::{self, Event, FailureReport, Level, Outcome};

/// What of it has been taken.
#[derive(Debug, Default)]
pub(super) struct Room {
    steps: usize,
    bytes: usize,
    warnings: usize,
    failed: usize,
    /// How many failed steps of each test were taken past the pot that all share.
    failed_of_test: HashMap<Option<Arc<str>>, usize>,
    failure_bytes: usize,
}

impl Room {
    /// Takes the room that a step wants. Returns whether there is any. There is for each test, whatever came before.
    pub(super) fn take(&mut self, event: &Event, kind: &StepKind, level: Level) -> bool {
        let room = match kind {
            StepKind::Test(_) => return true,
            _ if self.steps < bounds::STEPS && self.bytes < bounds::STEP_BYTES => &mut self.steps,
            StepKind::Call(_) | StepKind::Span { .. } if level == Level::Error => {
                if self.failed < bounds::FAILED_STEPS {
                    &mut self.failed
                } else {
                    let of_test = self.failed_of_test.entry(event.test.clone()).or_default();
                    if *of_test >= bounds::FAILED_STEPS_OF_TEST {
                        return false;
                    }
                    of_test
                }
            }
            _ if level >= Level::Warning && self.warnings < bounds::WARNINGS => &mut self.warnings,
            _ => return false,
        };
        *room += 1;
        self.add_text(event);
        true
    }

    /// Takes the room for what an event adds to a step.
    pub(super) fn add_text(&mut self, event: &Event) {
        self.bytes += event::weight(event);
    }

    /// How a test ended: all of it, or where very much has failed already the gist.
    pub(super) fn take_outcome(&mut self, outcome: &Outcome) -> Outcome {
        let mut outcome = outcome.clone();
        if let Some(failure) = outcome.failure_mut() {
            if self.failure_bytes >= bounds::FAILURE_BYTES {
                shorten(failure);
            }
            self.failure_bytes += weight(failure);
        }
        outcome
    }
}

/// About how much text there is in a failure, in bytes.
fn weight(failure: &FailureReport) -> usize {
    let lines = |lines: &[String]| lines.iter().map(String::len).sum::<usize>();
    let error = failure.error.as_ref().map_or(0, |error| {
        let command = error.command.as_ref();
        let command = command.map_or(0, |command| command.command.len() + command.output.len());
        error.message.len() + command + lines(&error.console) + lines(&error.journal)
    });
    let machines = failure.machines.iter().map(|machine| lines(&machine.console));
    failure.message.len() + error + lines(&failure.backtrace) + machines.sum::<usize>()
}

/// Keeps what fits on some lines.
fn shorten(failure: &mut FailureReport) {
    let most = bounds::SHORT_BYTES;
    failure.message = cut(&failure.message, most).into_owned();
    failure.backtrace.truncate(1);
    failure.machines.clear();
    if let Some(error) = &mut failure.error {
        error.message = cut(&error.message, most).into_owned();
        error.action = cut(&error.action, most).into_owned();
        error.console.clear();
        error.journal.clear();
        if let Some(command) = &mut error.command {
            command.command = cut(&command.command, most).into_owned();
            command.output = cut_beginning(&command.output, most).into_owned();
        }
    }
}
