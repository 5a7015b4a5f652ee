//! Reads events, writes the file at the end.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::attempt::Attempt;
use super::output::Place;
use super::suites::{Key, Suites, WHOLE, not_a_test};
use crate::event::{Counts, Event, EventKind, Outcome, Report, SelectedTest};
use crate::limits::JUNIT_OUTPUT_BYTES;
use crate::report::destination::{Destination, Earlier, Failed};
use crate::report::open_items::OpenItems;
use crate::report::tally::Tally;
use crate::report::whole_file::WholeFile;

/// A JUnit report. The file appears when the run is over.
pub struct Junit {
    file: WholeFile,
    failed: Failed,
    place: Place,
    /// The attempts that go on, by the names of their tests.
    open: OpenItems<Arc<str>, Attempt>,
    suites: Suites,
    /// What the cases' output may still take, in bytes.
    budget: usize,
    /// When the last event happened.
    last: (SystemTime, Duration),
    tally: Tally,
    selected: Vec<SelectedTest>,
    /// What ended the run early, where a test was stopped by it.
    interruption: Option<String>,
    /// Whether the record tells how the run ended.
    ended: bool,
}

impl std::fmt::Debug for Junit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Junit")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Junit {
    /// `earlier` is what becomes of a file in its place, `place` is where the run's files are. Where writing fails later,
    /// `failed` is told. Errors: no file can be made there.
    pub fn create(destination: Destination, earlier: Earlier, place: Place, failed: Failed) -> io::Result<Self> {
        Ok(Self {
            file: WholeFile::prepare(destination, earlier)?,
            failed,
            place,
            open: OpenItems::default(),
            suites: Suites::default(),
            budget: JUNIT_OUTPUT_BYTES,
            last: (SystemTime::UNIX_EPOCH, Duration::ZERO),
            tally: Tally::default(),
            selected: Vec::new(),
            interruption: None,
            ended: false,
        })
    }

    /// The attempt during which something happened. What does not know its test belongs to the newest.
    fn attempt(&mut self, event: &Event) -> Option<&mut Attempt> {
        match &event.test {
            Some(test) => self.open.newest(test),
            None => self.open.last(),
        }
    }

    fn test_finished(&mut self, event: &Event, outcome: &Outcome, elapsed: Duration, boot: Duration) {
        if let Outcome::Interrupted(failure) = outcome {
            self.interruption = Some(failure.message.clone());
        }
        let test = event.test.clone().unwrap_or_default();
        // In a record by another hand a test may end that never began.
        let open = self.open.end(&test).map(|(attempt, _)| attempt);
        let mut attempt = open.unwrap_or_else(|| Attempt::new(event, "", "", 1));
        attempt.output.attach(&self.place);
        let key = attempt.key();
        let ended = attempt.end(outcome, elapsed, boot, &mut self.budget);
        self.suites.ended(key, ended);
    }

    /// What the record says in the end and does not show.
    fn run_finished(&mut self, told: &Counts) {
        let shown = self.tally.shown();
        for (told, shown, what) in [
            (told.failed, shown.failed, "failed"),
            (told.could_not_run, shown.could_not_run, "could not run"),
            (told.host_failed, shown.host_failed, "met a bug in Proctor"),
        ] {
            if told > shown {
                let text = format!("the record says that {told} tests {what}, and shows {shown} of them");
                self.suites.ended(self.key("run"), not_a_test("incomplete", &text));
            }
        }
        let not_started = told.not_run.saturating_sub(shown.not_run + self.never_begun().count());
        if not_started > 0 {
            let reason = format!("the run was interrupted before {not_started} tests began");
            self.suites.skipped(self.key("tests that were not started"), reason);
        }
    }

    /// The tests that were to run and never began.
    fn never_begun(&self) -> impl Iterator<Item = &SelectedTest> {
        self.selected.iter().filter(|test| {
            let going_on = self.open.has(&Arc::from(test.name.as_str()));
            !going_on && !self.suites.has(&test.file, &test.name)
        })
    }

    fn skip_never_begun(&mut self) {
        let reason = match &self.interruption {
            Some(interruption) => format!("the run ended before this test began: {interruption}"),
            None if self.tally.told().is_some() => "the run ended before this test began".into(),
            None => "the record ends before this test begins".into(),
        };
        for test in self.never_begun().cloned().collect::<Vec<_>>() {
            let key = Key {
                file: test.file,
                ..self.key(&test.name)
            };
            self.suites.skipped(key, reason.clone());
        }
    }

    /// What the record does not tell the end of, as errors: a report without them would pass for a good one.
    fn cut_off(&mut self) {
        let (_, offset) = self.last;
        if !self.ended && self.open.is_empty() {
            let text = "the record ends before the run does: Proctor was killed, or the record was cut off";
            self.suites.ended(self.key("run"), not_a_test("cut-off", text));
        }
        for mut attempt in std::mem::take(&mut self.open).into_values() {
            attempt.output.attach(&self.place);
            let key = attempt.key();
            let ended = attempt.cut_off(offset, &mut self.budget);
            self.suites.ended(key, ended);
        }
    }

    /// For what belongs to no test.
    fn key(&self, name: &str) -> Key {
        Key {
            file: String::new(),
            name: name.into(),
            attempt: 1,
            started: self.last.0,
        }
    }

    fn write(&self) -> io::Result<()> {
        let mut text = Vec::new();
        let report = self.suites.report(self.last.1);
        report.serialize(&mut text).map_err(io::Error::other)?;
        // The schema of Jenkins' xUnit plugin knows this attribute on suites only. It precedes all text of others.
        let text = String::from_utf8(text).map_err(io::Error::other)?;
        let skipped = format!(
            "<testsuites name=\"{WHOLE}\" tests=\"{}\" skipped=\"{}\"",
            report.tests, report.skipped
        );
        let without = format!("<testsuites name=\"{WHOLE}\" tests=\"{}\"", report.tests);
        let text = text.replacen(&skipped, &without, 1);
        self.file.write(|out| out.write_all(text.as_bytes()))
    }
}

impl Report for Junit {
    fn event(&mut self, event: &Event) {
        self.last = (event.wall, self.last.1.max(event.offset));
        self.tally.event(event);
        match &event.kind {
            EventKind::RunStarted {
                directory,
                output,
                tests,
                ..
            } => {
                self.selected.clone_from(tests);
                let recorded = || Path::new(directory).join(output);
                self.place.output.get_or_insert_with(recorded);
            }
            EventKind::RunFinished { .. } => self.ended = true,
            EventKind::RunFailed { message } => {
                self.ended = true;
                let ended = not_a_test("could-not-run", message);
                self.suites.ended(self.key("run"), ended);
            }
            EventKind::TestStarted {
                file,
                description,
                attempt,
            } => {
                let test = event.test.clone().unwrap_or_default();
                self.open.begin(test, Attempt::new(event, file, description, *attempt));
            }
            EventKind::TestFinished { outcome, elapsed, boot } => self.test_finished(event, outcome, *elapsed, *boot),
            _ => {
                if let Some(attempt) = self.attempt(event) {
                    attempt.event(event);
                }
            }
        }
    }

    fn finish(&mut self) {
        if let Some(told) = self.tally.told() {
            self.run_finished(&told);
        }
        self.skip_never_begun();
        self.cut_off();
        if let Err(error) = self.write() {
            (self.failed)(&error);
        }
    }
}
