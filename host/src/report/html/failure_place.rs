//! Where in the log a test failed.

use super::bounds;
use super::run::{CallStep, Run, Step, StepKind, TestStep};
use crate::event::{self, FailureReport};

/// Marks the step at which each test failed, and those around it.
pub(super) fn find_all(run: &mut Run) {
    for test in run.tests.clone() {
        find(run, test);
    }
}

/// Finds the step at which a test failed: the call whose error it ended with, else the innermost span that ended
/// with its message, else the test itself.
fn find(run: &mut Run, test: usize) {
    let Some(Step {
        kind: StepKind::Test(TestStep {
            outcome: Some(outcome), ..
        }),
        ..
    }) = run.step(test)
    else {
        return;
    };
    let Some(report) = outcome.failure() else { return };
    let place = failed_step(run, test, report).unwrap_or(test);
    if let Some(step) = run.steps.get_mut(place) {
        step.failure = Some(test);
    }
    let mut next = Some(place);
    while let Some(step) = next.and_then(|index| run.steps.get_mut(index)) {
        step.leads_to_failure = true;
        next = step.parent;
    }
}

fn failed_step(run: &Run, test: usize, report: &FailureReport) -> Option<usize> {
    // Whoever quotes does so soon; there may be very many calls to look for.
    let end = report.message.floor_char_boundary(bounds::LINE_BYTES);
    let beginning = report.message.get(..end).unwrap_or_default();
    let mut within = vec![test];
    let mut best: Option<(bool, u64, usize)> = None;
    while let Some(index) = within.pop() {
        let Some(step) = run.step(index) else { continue };
        within.extend(&step.children);
        let (is_call, is_it) = match &step.kind {
            StepKind::Call(CallStep { error: Some(error), .. }) => {
                let same = |of: &event::ErrorReport| of.message == error.message && of.action == error.action;
                // A test that panicked hands on no error, but its message may quote one.
                let quoted = [&error.action, &error.message]
                    .iter()
                    .any(|text| !text.is_empty() && beginning.contains(text.as_str()));
                (true, report.error.as_ref().map_or(quoted, same))
            }
            // What was under way when the test was stopped.
            StepKind::Call(CallStep { ended: false, .. }) => (true, report.error.is_none()),
            StepKind::Span {
                failure: Some(failure), ..
            } => (false, failure.message == report.message),
            _ => (false, false),
        };
        let rank = (is_call, step.number, index);
        if is_it && best.is_none_or(|best| rank > best) {
            best = Some(rank);
        }
    }
    best.map(|(_, _, index)| index)
}
