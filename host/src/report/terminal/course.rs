//! What is printed of the course of a run: its beginning and its end, tests and spans.

use std::time::Duration;

use anstyle::Style;

use super::failure_block::{self, FailedTest};
use super::failures;
use super::live_log::Terminal;
use crate::error::seconds;
use crate::event::{Counts, Event, FailureReport, Level, Outcome, Source, SpanId, SpanKind};

impl Terminal {
    pub(super) fn run_started(
        &mut self,
        event: &Event,
        machines: &[String],
        vlans: &[u32],
        (granted, output): (&[String], &str),
    ) {
        for machine in machines {
            // The colours are given in this order.
            self.machines.style(&self.styles, machine);
        }
        let machines = if machines.is_empty() {
            "none".into()
        } else {
            machines.join(", ")
        };
        let vlans: Vec<String> = vlans.iter().map(u32::to_string).collect();
        let vlans = if vlans.is_empty() {
            "none".into()
        } else {
            vlans.join(", ")
        };
        if !granted.is_empty() && !self.shows(Level::Info) {
            // Whoever wants little is to know it all the same.
            self.begin(event);
            self.source(&Source::Host);
            self.lines.plain("granted: ").plain(&granted.join(", ")).end();
        }
        let granted = if granted.is_empty() {
            "nothing".into()
        } else {
            granted.join(", ")
        };
        self.host_line(
            event,
            &format!("machines: {machines}; vlans: {vlans}; granted: {granted}; output: {output}"),
        );
    }

    pub(super) fn test_started(&mut self, event: &Event, file: &str) {
        self.component = file.into();
        self.serial = true;
        self.begun += 1;
        self.failures.test_started();
        self.consoles.clear();
        if self.shows(Level::Info) {
            self.workflow.begin_group(&mut self.lines, test_name(event));
            let strong = self.styles.strong;
            self.begin_at(event.offset, 0)
                .text(strong, "TEST ")
                .text(strong, test_name(event))
                .end();
        }
        self.nesting.open_test(event);
    }

    pub(super) fn test_finished(&mut self, event: &Event, outcome: &Outcome, elapsed: Duration, boot: Duration) {
        let (style, strong) = (self.styles.outcome(outcome), self.styles.strong);
        if self.shows(Level::Info) {
            self.workflow.end_group(&mut self.lines);
        }
        if let Some(failure) = outcome.failure() {
            let place = failure.place.as_deref();
            let (name, message) = (test_name(event), &failure.message);
            let place = place.map(|place| self.in_repository(place));
            let place = place.as_deref();
            self.workflow.annotate(&mut self.lines, "error", name, place, message);
        }
        self.begin_at(event.offset, 0)
            .text(style, failure_block::verdict(outcome))
            .plain(" ");
        self.lines
            .text(strong, test_name(event))
            .plain("  ")
            .plain(&failure_block::duration(elapsed, boot))
            .end();
        let open = self.nesting.close_test(event);
        self.calls.forget_test(event);
        self.waits_no_more();
        if let Outcome::Passed = outcome {
            self.failures.test_passed();
            return;
        }
        let test = test_name(event);
        let error = outcome.failure().and_then(|report| report.error.as_ref());
        let console = error
            .filter(|error| error.command.is_some())
            .map(|error| self.consoles.of(error.machine.as_deref(), &error.action));
        self.failures.test_failed(
            &mut self.lines,
            &self.styles,
            FailedTest {
                test,
                subtests: open,
                outcome,
                console: console.unwrap_or_default(),
                elapsed,
                boot,
            },
        );
    }

    pub(super) fn run_finished(&mut self, counts: &Counts, elapsed: Duration) {
        self.failures.repeat(&mut self.lines, &self.styles);
        if let Some(page) = self
            .page
            .as_ref()
            .filter(|_| self.failures.any() || self.shows(Level::Info))
        {
            self.lines.plain(&format!("the page of this run: {page}")).end();
        }
        failures::summarise(&mut self.lines, &self.styles, &self.failures, counts, elapsed);
    }

    pub(super) fn span_started(&mut self, event: &Event, id: SpanId, kind: SpanKind, name: &str) {
        let (level, word) = match kind {
            SpanKind::Subtest => (Level::Info, "subtest "),
            SpanKind::Group => (Level::Info, "group "),
            // One that holds is looked at every few seconds, and is no news.
            SpanKind::Condition => (Level::Debug, "condition "),
        };
        if self.shows(level) {
            let strong = self.styles.strong;
            self.begin(event).plain(word).text(strong, name).end();
        }
        self.nesting.open_span(event, id, kind, name);
    }

    pub(super) fn span_finished(
        &mut self,
        event: &Event,
        id: SpanId,
        name: &str,
        elapsed: Duration,
        failure: Option<&FailureReport>,
    ) {
        let Some(closed) = self.nesting.close_span(id) else {
            return;
        };
        let subtest = closed.kind == SpanKind::Subtest;
        if let Some(failure) = failure
            && closed.kind != SpanKind::Condition
        {
            self.failures.subtest_failed(&failure.message, closed.path);
        }
        let level = match (closed.kind, failure) {
            (SpanKind::Subtest, Some(_)) => Level::Error,
            // What does not hold is told by the call that it stops.
            (SpanKind::Condition, _) => Level::Debug,
            _ => Level::Info,
        };
        if !self.shows(level) {
            return;
        }
        let strong = self.styles.strong;
        let (word, style) = if failure.is_some() {
            ("FAIL", self.styles.bad)
        } else {
            ("PASS", self.styles.good)
        };
        let elapsed = seconds(elapsed);
        if subtest {
            let line = self.begin_at(event.offset, closed.depth).text(style, word);
            line.plain(" subtest ").text(strong, name).plain("  ").plain(&elapsed);
        } else {
            let style = if failure.is_some() { style } else { Style::new() };
            self.begin_at(event.offset, closed.depth);
            self.finished(style, failure.is_some(), name, &elapsed);
        }
        if let Some(failure) = failure {
            self.lines.plain(": ").plain(&failure.message);
        }
        self.lines.end();
    }
}

pub(super) fn test_name(event: &Event) -> &str {
    event.test.as_deref().unwrap_or("(unnamed)")
}
