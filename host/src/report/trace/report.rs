//! Which event becomes what on which lane.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use super::lanes::{Entry, Lane, Lanes, Slice, shortened};
use crate::event::{
    CommandReport, ErrorReport, Event, EventKind, Level, Outcome, Report, Source, SpanId, SpanKind, State,
};
use crate::limits::TRACE_CONSOLE_LINES;
use crate::report::destination::{Destination, Failed};
use crate::report::growing_file::GrowingFile;

/// What the file begins with, and what ends it.
const OPENING: &str = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
const CLOSING: &str = "\n]}\n";

/// A time line. Whole after each flush, whatever happens to the host then: what is open then ends with the trace.
pub struct Trace {
    file: GrowingFile,
    lanes: Lanes,
    /// What the event at hand has come to.
    entries: Vec<Value>,
    /// Whether the file holds an entry.
    begun: bool,
    console_lines: usize,
    last: Duration,
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trace")
            .field("lanes", &self.lanes)
            .finish_non_exhaustive()
    }
}

impl Trace {
    /// Makes the file anew. Where writing it fails later, `failed` is told once. Errors: it cannot be made.
    pub fn create(destination: &Destination, failed: Failed) -> io::Result<Self> {
        let mut file = GrowingFile::create(destination, failed)?;
        file.text().extend_from_slice(OPENING.as_bytes());
        let mut trace = Self {
            file,
            lanes: Lanes::default(),
            entries: Vec::new(),
            begun: false,
            console_lines: 0,
            last: Duration::ZERO,
        };
        trace.flush();
        Ok(trace)
    }

    fn begin(
        &mut self,
        event: &Event,
        lane: &Lane,
        slice: Slice,
        category: &'static str,
        name: &str,
        arguments: Value,
    ) {
        let entry = Entry {
            at: event.offset,
            category,
            name,
            arguments,
        };
        // States outlive the tests in which they begin.
        let test = event.test.as_ref().filter(|_| category != STATE);
        self.lanes.begin(&mut self.entries, lane, slice, test, entry);
    }

    fn end(&mut self, event: &Event, lane: &Lane, slice: &Slice, arguments: Value) {
        self.lanes.end(&mut self.entries, lane, slice, event.offset, arguments);
    }

    fn instant(&mut self, event: &Event, lane: &Lane, category: &'static str, name: &str) {
        let entry = Entry {
            at: event.offset,
            category,
            name,
            arguments: Value::Null,
        };
        self.lanes.instant(&mut self.entries, lane, entry);
    }

    fn call_started(&mut self, event: &Event, id: SpanId, interface: &str, machine: Option<&str>, action: &str) {
        let arguments = json!({"interface": interface, "machine": machine});
        let slice = Slice::Span(id);
        self.begin(event, &test_lane(event), slice.clone(), "call", action, arguments);
        if let Some(machine) = machine {
            let arguments = json!({"test": event.test});
            self.begin(
                event,
                &Lane::MachineCalls(machine.into()),
                slice,
                "call",
                action,
                arguments,
            );
        }
    }

    fn call_finished(&mut self, event: &Event, id: SpanId, machine: Option<&str>, arguments: &Value) {
        let slice = Slice::Span(id);
        self.end(event, &test_lane(event), &slice, arguments.clone());
        if let Some(machine) = machine {
            self.end(event, &Lane::MachineCalls(machine.into()), &slice, arguments.clone());
        }
    }

    fn test_finished(&mut self, event: &Event, outcome: &Outcome, boot: Duration) {
        let verdict = match outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::CouldNotRun(_) => "could not run",
            Outcome::HostFailed(_) => "met a bug in Proctor",
            Outcome::Interrupted(_) => "was stopped",
        };
        if let Some(failure) = outcome.failure() {
            self.instant(
                event,
                &test_lane(event),
                "failure",
                &format!("{verdict}: {}", failure.message),
            );
        }
        let arguments = json!({"verdict": verdict, "boot": boot.as_secs_f64()});
        // First, for it has more to say than that the test is over.
        self.end(event, &test_lane(event), &Slice::Own, arguments);
        if let Some(test) = &event.test {
            self.lanes.end_test(&mut self.entries, test, event.offset);
        }
    }

    fn state(&mut self, event: &Event, source: &Source, state: State, detail: &str) {
        let lane = match source {
            Source::Machine(name) => Lane::MachineState(name.clone()),
            Source::Vlan(number) => Lane::Vlan(*number),
            Source::Host | Source::Test => return,
        };
        self.end(event, &lane, &Slice::Own, Value::Null);
        self.begin(event, &lane, Slice::Own, STATE, state.word(), json!({"detail": detail}));
    }

    fn console(&mut self, event: &Event, lane: &Lane, line: &str) {
        self.console_lines += 1;
        if self.console_lines <= TRACE_CONSOLE_LINES {
            self.instant(event, lane, "console", line);
        } else if self.console_lines == TRACE_CONSOLE_LINES + 1 {
            let text = format!("further serial lines are not shown: there are more than {TRACE_CONSOLE_LINES}");
            self.instant(event, &Lane::Run, "warning", &text);
        }
    }

    fn write(&mut self) {
        for entry in self.entries.drain(..) {
            let text = self.file.text();
            text.extend_from_slice(if self.begun { b",\n" } else { b"\n" });
            self.begun = true;
            let written = serde_json::to_writer(text, &entry);
            debug_assert!(written.is_ok(), "memory takes everything");
        }
        if self.file.is_full() {
            self.flush();
        }
    }
}

/// The category of machines' and VLANs' states.
const STATE: &str = "state";

/// The lane of the test during which something happened.
fn test_lane(event: &Event) -> Lane {
    event.test.clone().map_or(Lane::Run, Lane::Test)
}

/// What a call came to.
fn outcome(result: Option<&str>, command: Option<&CommandReport>, error: Option<&ErrorReport>) -> Value {
    let mut arguments = json!({});
    if let Some(result) = result {
        arguments["result"] = shortened(result).into();
    }
    if let Some(command) = command {
        arguments["status"] = command.status.into();
    }
    if let Some(error) = error {
        arguments["error"] = shortened(&error.message).into();
    }
    arguments
}

fn category(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Group => "group",
        SpanKind::Subtest => "subtest",
        SpanKind::Condition => "condition",
    }
}

impl Report for Trace {
    fn event(&mut self, event: &Event) {
        self.last = self.last.max(event.offset);
        match &event.kind {
            EventKind::RunStarted { version, .. } => {
                self.instant(event, &Lane::Run, "run", &format!("proctor {version}"));
            }
            EventKind::RunFinished { .. } => self.instant(event, &Lane::Run, "run", "finished"),
            // Told for who watches.
            EventKind::CallWaiting { .. } => {}
            EventKind::Status { in_progress, .. } => self.instant(event, &Lane::Run, "status", in_progress),
            EventKind::RunFailed { message } => self.instant(event, &Lane::Run, "failure", message),
            EventKind::ComponentLoading { file } => {
                let name = format!("loading {file}");
                self.begin(event, &Lane::Run, Slice::Own, "component", &name, Value::Null);
            }
            EventKind::ComponentLoaded { tests, .. } => {
                self.end(event, &Lane::Run, &Slice::Own, json!({"tests": tests}));
            }
            EventKind::TestStarted { file, attempt, .. } => {
                let name = event.test.as_deref().unwrap_or_default();
                let arguments = json!({"file": file, "attempt": attempt});
                self.begin(event, &test_lane(event), Slice::Own, "test", name, arguments);
            }
            EventKind::TestFinished { outcome, boot, .. } => self.test_finished(event, outcome, *boot),
            EventKind::SpanStarted { id, kind, name } => {
                self.begin(
                    event,
                    &test_lane(event),
                    Slice::Span(*id),
                    category(*kind),
                    name,
                    Value::Null,
                );
            }
            EventKind::SpanFinished { id, failure, .. } => {
                let arguments = failure
                    .as_ref()
                    .map(|failure| json!({"failure": shortened(&failure.message)}));
                self.end(
                    event,
                    &test_lane(event),
                    &Slice::Span(*id),
                    arguments.unwrap_or_default(),
                );
            }
            EventKind::CallStarted {
                id,
                interface,
                machine,
                action,
                ..
            } => self.call_started(event, *id, interface, machine.as_deref(), action),
            EventKind::CallFinished {
                id,
                machine,
                result,
                command,
                error,
                ..
            } => {
                let arguments = outcome(result.as_deref(), command.as_ref(), error.as_ref());
                self.call_finished(event, *id, machine.as_deref(), &arguments);
            }
            EventKind::Message { level, text, .. } => {
                let category = match level {
                    Level::Debug => return,
                    Level::Info => "message",
                    Level::Warning => "warning",
                    Level::Error => "error",
                };
                self.instant(event, &test_lane(event), category, text);
            }
            EventKind::Console { machine, line } => {
                self.console(event, &Lane::MachineConsole(machine.clone()), line);
            }
            EventKind::ConsoleSkipped { lines } => {
                self.instant(
                    event,
                    &Lane::Run,
                    "warning",
                    &format!("{lines} serial lines are missing here"),
                );
            }
            EventKind::Screenshot { machine, file } => {
                let lane = Lane::MachineState(machine.clone());
                self.instant(event, &lane, "screenshot", &format!("screenshot {file}"));
            }
            EventKind::FileSaved { file, .. } => {
                self.instant(event, &test_lane(event), "file", &format!("saved {file}"));
            }
            EventKind::LimitPassed { limit, .. } => {
                let text = format!("limit {} of {} passed", limit.name, limit.value);
                self.instant(event, &test_lane(event), "limit", &text);
            }
            // Of the terminal's concern only.
            EventKind::ShowSerial { .. } => {}
            EventKind::State { source, state, detail } => self.state(event, source, *state, detail),
        }
        self.write();
    }

    fn flush(&mut self) {
        self.file.flush(CLOSING);
    }

    fn finish(&mut self) {
        self.lanes.end_all(&mut self.entries, self.last);
        self.write();
        self.file.finish(CLOSING);
    }
}
