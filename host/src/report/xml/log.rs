//! Which event becomes which element.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::elements::{self, Attributes, NEST, NEST_END, OPENING};
use super::nests::Nests;
use crate::event::{
    CommandReport, Counts, ErrorReport, Event, EventKind, FailureReport, Level, Outcome, Report, Source, SpanId,
    SpanKind, State, skipped_lines,
};
use crate::report::destination::{Destination, Failed};
use crate::report::growing_file::GrowingFile;
use crate::report::tally::Tally;

/// The log in XML. Whole after each flush, whatever happens to the host then.
pub struct Xml {
    file: GrowingFile,
    nests: Nests,
    tally: Tally,
    /// What it says of how the tests ended.
    told: Option<Counts>,
}

impl std::fmt::Debug for Xml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Xml")
            .field("nests", &self.nests)
            .finish_non_exhaustive()
    }
}

impl Xml {
    /// Makes the file anew. Where writing it fails later, `failed` is told once. Errors: it cannot be made.
    pub fn create(destination: &Destination, failed: Failed) -> io::Result<Self> {
        let mut file = GrowingFile::create(destination, failed)?;
        file.text().extend_from_slice(OPENING);
        let mut log = Self {
            file,
            nests: Nests::default(),
            tally: Tally::default(),
            told: None,
        };
        log.flush();
        Ok(log)
    }

    fn line(&mut self, attributes: Attributes<'_>, text: &str) {
        let to = self.file.text();
        elements::write(to, "line", attributes, text);
        to.push(b'\n');
    }

    fn plain(&mut self, text: &str) {
        self.line(Attributes::default(), text);
    }

    fn error(&mut self, machine: Option<&str>, text: &str) {
        let attributes = Attributes {
            machine,
            error: true,
            ..Attributes::default()
        };
        self.line(attributes, text);
    }

    /// Begins an element that holds what follows.
    fn open(&mut self, event: &Event, id: Option<SpanId>, machine: Option<&str>, head: &str) {
        let attributes = Attributes {
            machine,
            ..Attributes::default()
        };
        if self.nests.open(event.test.as_ref(), id, head) {
            let to = self.file.text();
            to.extend_from_slice(NEST);
            elements::write(to, "head", attributes, head);
            to.push(b'\n');
        } else {
            self.line(attributes, head);
        }
    }

    /// Says how long something took, and ends its element.
    fn close(&mut self, event: &Event, id: SpanId, machine: Option<&str>, otherwise: &str, elapsed: Duration) {
        let test = event.test.as_ref();
        let head = self.nests.head(test, Some(id)).unwrap_or(otherwise).to_owned();
        self.finished(machine, &head, elapsed);
        let ended = self.nests.end(test, Some(id));
        self.end_elements(ended);
    }

    fn finished(&mut self, machine: Option<&str>, head: &str, elapsed: Duration) {
        let attributes = Attributes {
            machine,
            ..Attributes::default()
        };
        let text = format!("(finished: {head}, in {:.2} seconds)", elapsed.as_secs_f64());
        self.line(attributes, &text);
    }

    fn end_elements(&mut self, count: usize) {
        for _ in 0..count {
            self.file.text().extend_from_slice(NEST_END.as_bytes());
        }
    }

    fn run_started(&mut self, version: &str, machines: &[String], vlans: &[u32], output: &str) {
        let vlans: Vec<String> = vlans.iter().map(u32::to_string).collect();
        let text = format!(
            "proctor {version}; machines: {}; VLANs: {}; output directory: {output}",
            list(machines),
            list(&vlans)
        );
        self.plain(&text);
    }

    fn test_finished(&mut self, event: &Event, outcome: &Outcome, elapsed: Duration) {
        let test = event.test.as_ref();
        let name = test.map_or("", |name| name);
        let ended = self.nests.end_spans(test);
        self.end_elements(ended);
        if let Some(failure) = outcome.failure() {
            let how = match outcome {
                Outcome::CouldNotRun(_) => "could not run",
                Outcome::HostFailed(_) => "met a bug in Proctor",
                Outcome::Interrupted(_) => "was stopped",
                Outcome::Passed | Outcome::Failed(_) => "failed",
            };
            self.failure(&format!("Test \"{name}\" {how}"), failure);
        }
        let head = self.nests.head(test, None).unwrap_or(name).to_owned();
        self.finished(None, &head, elapsed);
        let ended = self.nests.end(test, None);
        self.end_elements(ended);
    }

    fn failure(&mut self, what: &str, failure: &FailureReport) {
        let place = failure.place.as_deref().map(|place| format!(" at {place}"));
        let text = format!(
            "{what} with error: \"{}\"{}",
            failure.message,
            place.unwrap_or_default()
        );
        self.error(None, &text);
        if let Some(in_progress) = &failure.in_progress {
            self.error(None, &format!("in progress: {in_progress}"));
        }
        if !failure.backtrace.is_empty() {
            self.error(None, &format!("backtrace:\n{}", failure.backtrace.join("\n")));
        }
    }

    fn call_finished(&mut self, machine: Option<&str>, returned: Returned<'_>) {
        let attributes = Attributes {
            machine,
            ..Attributes::default()
        };
        if let Some(result) = returned.result {
            self.line(attributes, &format!("result: {result}"));
        }
        if let Some(error) = returned.error {
            self.error(machine, &error.message);
        }
        // As the NixOS driver does: the output of what went well is nobody's concern.
        let failed = returned
            .error
            .and_then(|error| error.command.as_ref().or(returned.command));
        if let Some(command) = failed.filter(|command| !command.output.is_empty()) {
            self.line(attributes, &format!("output: {}", command.output));
        }
    }

    fn message(&mut self, level: Level, source: &Source, text: &str) {
        let attributes = Attributes {
            machine: machine(source),
            error: level == Level::Error,
            warning: level == Level::Warning,
            ..Attributes::default()
        };
        self.line(attributes, text);
    }

    fn state(&mut self, source: &Source, state: State, detail: &str) {
        let detail = if detail.is_empty() {
            String::new()
        } else {
            format!(" ({detail})")
        };
        let vlan = match source {
            Source::Vlan(number) => format!("VLAN {number}: "),
            Source::Host | Source::Test | Source::Machine(_) => String::new(),
        };
        let attributes = Attributes {
            machine: machine(source),
            ..Attributes::default()
        };
        self.line(attributes, &format!("{vlan}{}{detail}", state.word()));
    }

    fn run_finished(&mut self, elapsed: Duration) {
        let counts = self.tally.counts();
        self.told = Some(counts);
        self.plain(&format!(
            "{}, in {:.2} seconds",
            numbers(&counts),
            elapsed.as_secs_f64()
        ));
    }

    /// Says what the record shows, where that is worse than what it says.
    fn correct(&mut self) {
        let counts = self.tally.counts();
        let said = self.told.is_some_and(|told| told == counts);
        if self.tally.embellished() || self.told.is_some() && !said {
            let text = format!(
                "the record says that more went well than it shows: {}",
                numbers(&counts)
            );
            self.error(None, &text);
        }
    }
}

/// How many tests ended how.
fn numbers(counts: &Counts) -> String {
    format!(
        "{} passed, {} failed, {} could not run, {} met a bug in Proctor, {} not run",
        counts.passed, counts.failed, counts.could_not_run, counts.host_failed, counts.not_run,
    )
}

/// What a call returned.
struct Returned<'a> {
    result: Option<&'a str>,
    command: Option<&'a CommandReport>,
    error: Option<&'a ErrorReport>,
}

fn machine(source: &Source) -> Option<&str> {
    match source {
        Source::Machine(name) => Some(name),
        Source::Host | Source::Test | Source::Vlan(_) => None,
    }
}

fn list(words: &[String]) -> String {
    if words.is_empty() {
        "none".into()
    } else {
        words.join(" ")
    }
}

/// The name of a span, after what it is.
fn span(kind: SpanKind, name: &str) -> String {
    match kind {
        SpanKind::Group => name.into(),
        SpanKind::Subtest => format!("subtest: {name}"),
        SpanKind::Condition => format!("polling condition: {name}"),
    }
}

impl Report for Xml {
    fn event(&mut self, event: &Event) {
        self.tally.event(event);
        match &event.kind {
            EventKind::RunStarted {
                version,
                machines,
                vlans,
                output,
                ..
            } => self.run_started(version, machines, vlans, output),
            EventKind::RunFinished { elapsed, .. } => self.run_finished(*elapsed),
            // Told for who watches.
            EventKind::CallWaiting { .. } => {}
            EventKind::Status { in_progress, .. } => self.plain(&format!("status: {in_progress}")),
            EventKind::RunFailed { message } => self.error(None, message),
            EventKind::ComponentLoading { file } => self.plain(&format!("loading {file}")),
            EventKind::ComponentLoaded { file, elapsed, .. } => {
                self.finished(None, &format!("loading {file}"), *elapsed)
            }
            EventKind::TestStarted {
                description, attempt, ..
            } => {
                let name = event.test.as_deref().unwrap_or_default();
                let attempt = if *attempt > 1 {
                    format!(" (attempt {attempt})")
                } else {
                    String::new()
                };
                self.open(event, None, None, &format!("test: {name}{attempt}"));
                if !description.is_empty() {
                    self.plain(description);
                }
            }
            EventKind::TestFinished { outcome, elapsed, .. } => self.test_finished(event, outcome, *elapsed),
            EventKind::SpanStarted { id, kind, name } => self.open(event, Some(*id), None, &span(*kind, name)),
            EventKind::SpanFinished {
                id,
                name,
                elapsed,
                failure,
            } => {
                if let Some(failure) = failure {
                    self.failure(&format!("\"{name}\" failed"), failure);
                }
                self.close(event, *id, None, name, *elapsed);
            }
            EventKind::CallStarted {
                id, machine, action, ..
            } => self.open(event, Some(*id), machine.as_deref(), action),
            EventKind::CallFinished {
                id,
                machine,
                action,
                result,
                command,
                error,
                elapsed,
            } => {
                let returned = Returned {
                    result: result.as_deref(),
                    command: command.as_ref(),
                    error: error.as_ref(),
                };
                self.call_finished(machine.as_deref(), returned);
                self.close(event, *id, machine.as_deref(), action, *elapsed);
            }
            EventKind::Message { level, source, text } => self.message(*level, source, text),
            EventKind::Console { machine, line } => {
                let attributes = Attributes {
                    machine: Some(machine),
                    serial: true,
                    ..Attributes::default()
                };
                self.line(attributes, line);
            }
            EventKind::ConsoleSkipped { lines } => {
                self.plain(&skipped_lines(*lines));
            }
            EventKind::Screenshot { machine, file } => {
                let attributes = Attributes {
                    machine: Some(machine),
                    image: Some(file),
                    ..Attributes::default()
                };
                self.line(attributes, &format!("screenshot {file}"));
            }
            EventKind::FileSaved { machine, file } => {
                let attributes = Attributes {
                    machine: machine.as_ref().map(Arc::as_ref),
                    ..Attributes::default()
                };
                self.line(attributes, &format!("saved {file}"));
            }
            EventKind::LimitPassed {
                limit,
                machine,
                in_progress,
                ..
            } => {
                let text = format!("limit {} of {} passed during {in_progress}", limit.name, limit.value);
                self.error(machine.as_deref(), &text);
            }
            // Of the terminal's concern only: the log has all lines.
            EventKind::ShowSerial { .. } => {}
            EventKind::State { source, state, detail } => self.state(source, *state, detail),
        }
        if self.file.is_full() {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.file.flush(&self.nests.closing());
    }

    fn finish(&mut self) {
        self.correct();
        self.file.finish(&self.nests.closing());
    }
}
