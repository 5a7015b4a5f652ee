//! What is gathered of one attempt at a test.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use quick_junit::NonSuccessKind;

use super::output::{Call, Output};
use super::suites::Key;
use crate::event::{Event, EventKind, FailureReport, Outcome, SpanId, SpanKind};
use crate::limits::JUNIT_SPANS_AROUND;
use crate::report::open_items::OpenItems;
use crate::report::terminal::{FailedTest, plain_text};

/// An attempt that goes on.
pub(super) struct Attempt {
    test: Arc<str>,
    /// The file of its component; empty where that is not known.
    file: String,
    number: u32,
    started: SystemTime,
    offset: Duration,
    pub(super) output: Output,
    /// The spans that are open.
    spans: OpenItems<SpanId, (SpanKind, String)>,
    /// And the calls.
    calls: OpenItems<SpanId, Call>,
    /// The subtest that failed last: its message, and its name after those around it. A test that fails with the same
    /// message has passed its failure on.
    failed: Option<(String, Vec<String>)>,
}

/// An attempt that has ended.
pub(super) struct Ended {
    /// Nothing where it passed.
    pub(super) failure: Option<Failure>,
    pub(super) elapsed: Duration,
    pub(super) output: String,
}

/// Why an attempt did not pass.
pub(super) struct Failure {
    /// Whether the test failed, or it could not be told whether it would.
    pub(super) kind: NonSuccessKind,
    /// In a word.
    pub(super) type_name: String,
    /// In a line.
    pub(super) message: String,
    /// With all that is known.
    pub(super) text: String,
}

impl Attempt {
    pub(super) fn new(event: &Event, file: &str, description: &str, number: u32) -> Self {
        let mut output = Output::default();
        let started = humantime::format_rfc3339_millis(event.wall);
        if !file.is_empty() {
            output.head(&format!("{file}, attempt {number}, started {started}"));
        }
        output.head(description);
        Self {
            test: event.test.clone().unwrap_or_default(),
            file: file.into(),
            number,
            started: event.wall,
            offset: event.offset,
            output,
            spans: OpenItems::default(),
            calls: OpenItems::default(),
            failed: None,
        }
    }

    /// Which case it belongs to.
    pub(super) fn key(&self) -> Key {
        let name = if self.test.is_empty() { "(unnamed)" } else { &self.test };
        Key {
            file: self.file.clone(),
            name: name.into(),
            attempt: self.number,
            started: self.started,
        }
    }

    /// Something happened during it.
    pub(super) fn event(&mut self, event: &Event) {
        match &event.kind {
            EventKind::SpanStarted { id, kind, name } => self.spans.begin(*id, (*kind, name.clone())),
            EventKind::CallStarted {
                id, machine, action, ..
            } => {
                let call = Call {
                    offset: event.offset,
                    machine: machine.clone(),
                    action: action.clone(),
                };
                self.calls.begin(*id, call);
            }
            EventKind::CallFinished { id, .. } => _ = self.calls.end(id),
            EventKind::SpanFinished { id, failure, .. } => self.span_finished(*id, failure.as_ref()),
            _ => {}
        }
        self.output.event(event);
    }

    fn span_finished(&mut self, id: SpanId, failure: Option<&FailureReport>) {
        let Some((span, around)) = self.spans.end(&id) else {
            return;
        };
        let news = |failure: &&FailureReport| self.failed.as_ref().is_none_or(|(last, _)| *last != failure.message);
        if let Some(failure) = failure.filter(news) {
            let within = std::iter::once(&span).chain(around.take(JUNIT_SPANS_AROUND));
            let subtests = within.filter(|(kind, _)| *kind == SpanKind::Subtest);
            let mut path: Vec<String> = subtests.map(|(_, name)| name.clone()).collect();
            path.reverse();
            self.failed = Some((failure.message.clone(), path));
        }
    }

    /// It ended. `budget` is what its output may take, in bytes.
    pub(super) fn end(mut self, outcome: &Outcome, elapsed: Duration, boot: Duration, budget: &mut usize) -> Ended {
        let failure = outcome
            .failure()
            .map(|report| self.failure(outcome, report, elapsed, boot));
        let took = format!(
            "took {:.2} s, of which {:.2} s boot",
            elapsed.as_secs_f64(),
            boot.as_secs_f64()
        );
        self.output.head(&took);
        self.output
            .end(self.offset.saturating_add(elapsed), self.calls.values());
        Ended {
            failure,
            elapsed,
            output: self.output.text(budget),
        }
    }

    /// The record ends before it does, `at` that time.
    pub(super) fn cut_off(mut self, at: Duration, budget: &mut usize) -> Ended {
        let elapsed = at.saturating_sub(self.offset);
        self.output.end(at, self.calls.values());
        let message = "the record ends before this test does: Proctor was killed, or the record was cut off";
        Ended {
            failure: Some(Failure {
                kind: NonSuccessKind::Error,
                type_name: "cut-off".into(),
                message: message.into(),
                text: format!("{message}, {:.2} s after the test began", elapsed.as_secs_f64()),
            }),
            elapsed,
            output: self.output.text(budget),
        }
    }

    fn failure(&self, outcome: &Outcome, report: &FailureReport, elapsed: Duration, boot: Duration) -> Failure {
        // Only a test that failed says something about what it tests. CI systems count the others as errors; were they
        // skipped, a run that tested nothing would pass for a good one.
        let (kind, type_name) = match outcome {
            Outcome::Passed | Outcome::Failed(_) => (NonSuccessKind::Failure, failure_type(report)),
            Outcome::CouldNotRun(_) => (NonSuccessKind::Error, "could-not-run"),
            Outcome::HostFailed(_) => (NonSuccessKind::Error, "bug-in-proctor"),
            Outcome::Interrupted(_) => (NonSuccessKind::Error, "interrupted"),
        };
        let of_subtest = self.failed.as_ref().filter(|(last, _)| *last == report.message);
        let text = plain_text(&FailedTest {
            test: &self.test,
            subtests: of_subtest.map(|(_, path)| path.clone()).unwrap_or_default(),
            outcome,
            elapsed,
            boot,
            console: String::new(),
        });
        Failure {
            kind,
            type_name: type_name.into(),
            message: report.message.lines().next().unwrap_or_default().into(),
            text,
        }
    }
}

/// The kind of the error that a test failed with, by its name in the interface where it has one.
fn failure_type(report: &FailureReport) -> &str {
    match &report.error {
        Some(error) if !error.kind.is_empty() => &error.kind,
        _ if report.limit.is_some() => "timed-out",
        _ if !report.backtrace.is_empty() => "trap",
        _ => "failed",
    }
}
