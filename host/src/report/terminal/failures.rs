//! The failed tests of the run, and the summary.

use std::fmt::Write as _;
use std::time::Duration;

use super::bounds;
use super::failure_block::{self, FailedTest};
use super::lines::Lines;
use super::styles::Styles;
use crate::error::seconds;
use crate::event::{Counts, Outcome};
use crate::text;

/// The failed tests of the run.
#[derive(Debug, Default)]
pub(super) struct Failures {
    /// Their first lines.
    beginnings: Vec<String>,
    /// How many are not among these, because there were too many.
    dropped: usize,
    /// How many were stopped under way.
    stopped: usize,
    /// How many lines had been printed after the last block.
    lines: u64,
    /// Whether another test has ended since.
    another_test: bool,
    /// The subtest that failed last in the current test: its message and its path. A test that fails with the same
    /// message has passed its failure on.
    subtest: Option<(String, Vec<String>)>,
}

impl Failures {
    pub(super) fn test_started(&mut self) {
        self.subtest = None;
    }

    pub(super) fn test_passed(&mut self) {
        self.another_test = true;
    }

    /// A subtest failed. The innermost fails first; those around it pass its failure on.
    pub(super) fn subtest_failed(&mut self, message: &str, path: Vec<String>) {
        if self.subtest.as_ref().is_none_or(|(last, _)| last != message) {
            self.subtest = Some((message.into(), path));
        }
    }

    /// Prints a failed test's block and keeps it.
    pub(super) fn test_failed(&mut self, lines: &mut Lines, styles: &Styles, mut failed: FailedTest<'_>) {
        let message = failed.outcome.failure().map(|report| &report.message);
        if let Some((_, path)) = self.subtest.take().filter(|(last, _)| Some(last) == message) {
            failed.subtests = path;
        }
        if let Outcome::Interrupted(_) = failed.outcome {
            self.stopped += 1;
        }
        let block = failure_block::render(&failed, styles);
        lines.push_lines(&block);
        if self.beginnings.len() < bounds::REPEATED_FAILURES {
            self.beginnings.push(beginning(&failed, styles));
        } else {
            self.dropped += 1;
        }
        self.lines = lines.count();
        self.another_test = false;
    }

    pub(super) fn any(&self) -> bool {
        !self.beginnings.is_empty()
    }

    /// Prints again what failed and where, unless the only block still stands before the reader.
    pub(super) fn repeat(&self, lines: &mut Lines, styles: &Styles) {
        let in_sight = match self.beginnings.len() {
            0 => true,
            1 => !self.another_test && lines.count() - self.lines <= bounds::SCREEN_LINES,
            _ => false,
        };
        if in_sight {
            return;
        }
        lines.text(styles.strong, "Failures:").end();
        for beginning in &self.beginnings {
            lines.push_lines(beginning);
        }
        if self.dropped > 0 {
            lines.plain(&format!("[{} more, further up]", self.dropped)).end();
        }
    }
}

/// What failed, why and where, in some lines: the block has been printed.
fn beginning(failed: &FailedTest<'_>, styles: &Styles) -> String {
    let Some(report) = failed.outcome.failure() else {
        return String::new();
    };
    let (style, strong) = (styles.outcome(failed.outcome), styles.strong);
    let (verdict, test) = (failure_block::verdict(failed.outcome), failed.test);
    let mut out = format!("  {style}{verdict}{style:#} {strong}{test}{strong:#}\n");
    // The way to the place stands in the block.
    let message = report.message.split("\nTraceback (most recent call last)").next();
    let mut lines = message.unwrap_or_default().lines();
    for line in lines.by_ref().take(bounds::BEGINNING_LINES) {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "       {}", text::clean(line.as_bytes(), bounds::BEGINNING_BYTES));
    }
    if lines.next().is_some() {
        let _ = writeln!(out, "       [more further up]");
    }
    let place = report.place.iter().map(|place| format!("at {place}"));
    let subtests = failed.subtests.join(" > ");
    let subtest = (!subtests.is_empty()).then(|| format!("in subtest {subtests}"));
    let places: Vec<String> = place.chain(subtest).collect();
    if !places.is_empty() {
        let places = text::clean(places.join(", ").as_bytes(), bounds::BEGINNING_BYTES);
        let _ = writeln!(out, "       {places}");
    }
    out
}

/// Prints one line that says how the tests ended. It always says how many passed and failed, for who searches it.
pub(super) fn summarise(lines: &mut Lines, styles: &Styles, failures: &Failures, counts: &Counts, elapsed: Duration) {
    let Counts {
        passed,
        failed,
        could_not_run,
        host_failed,
        not_run,
    } = *counts;
    let all = passed + failed + could_not_run + host_failed + not_run;
    // What was stopped under way is among what did not run to its end; the reader is to know which is which.
    let stopped = failures.stopped.min(not_run);
    let not_run = not_run - stopped;
    lines.plain(&format!("{all} {}: ", if all == 1 { "test" } else { "tests" }));
    lines
        .text(
            if passed > 0 { styles.good } else { styles.plain },
            &format!("{passed} passed"),
        )
        .plain(", ");
    lines.text(
        if failed > 0 { styles.bad } else { styles.plain },
        &format!("{failed} failed"),
    );
    for (count, what, style) in [
        (could_not_run, "could not run", styles.bad),
        (host_failed, "met a bug in Proctor", styles.bad),
        (stopped, "stopped", styles.doubtful),
        (not_run, "not run", styles.doubtful),
    ] {
        if count > 0 {
            lines.plain(", ").text(style, &format!("{count} {what}"));
        }
    }
    lines.plain(&format!(", in {}", seconds(elapsed))).end();
}
