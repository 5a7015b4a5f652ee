//! Records, and the pages made of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use proctor_tests::path_from_environment;
use serde_json::{Value, json};

/// A record in the making: events, each a millisecond after the one before.
pub struct Page {
    directory: tempfile::TempDir,
    record: String,
    lines: u64,
    milliseconds: u64,
    test: Option<String>,
    span: Option<u64>,
}

impl Page {
    /// A run with machines, which has begun.
    pub fn new(machines: &[&str]) -> Self {
        let mut page = Self::empty();
        page.event(json!({
            "event": "run_started", "version": "0.1.0", "command": ["proctor", "run", "a test.wasm"], "directory": "/home/me",
            "machines": machines, "vlans": [1], "granted": [], "output": "/home/me/out",
        }));
        page
    }

    /// A record of which there is nothing.
    pub fn empty() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            record: String::new(),
            lines: 0,
            milliseconds: 0,
            test: None,
            span: None,
        }
    }

    /// The output directory.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The next event happens so much later.
    pub fn after(&mut self, milliseconds: u64) -> &mut Self {
        self.milliseconds += milliseconds;
        self
    }

    /// Something happened. Returns the number of its line.
    pub fn event(&mut self, kind: Value) -> u64 {
        self.milliseconds += 1;
        let mut event = json!({
            "time": "2026-01-02T03:04:05.000006Z", "offset": seconds(self.milliseconds), "test": self.test, "span": self.span,
        });
        let (Value::Object(event), Value::Object(kind)) = (&mut event, kind) else {
            panic!("an event is an object")
        };
        event.extend(kind);
        self.raw(&Value::Object(event.clone()).to_string())
    }

    /// A line of the record, as it is.
    pub fn raw(&mut self, line: &str) -> u64 {
        let _ = writeln!(self.record, "{line}");
        self.lines += 1;
        self.lines
    }

    pub fn console(&mut self, machine: &str, line: &str) -> u64 {
        self.event(json!({ "event": "console", "machine": machine, "line": line }))
    }

    pub fn message(&mut self, level: &str, text: &str) -> u64 {
        self.event(json!({ "event": "message", "level": level, "source": "test", "text": text }))
    }

    pub fn state(&mut self, machine: &str, state: &str) -> u64 {
        self.event(json!({ "event": "state", "source": { "machine": machine }, "state": state, "detail": "" }))
    }

    pub fn test(&mut self, name: &str) -> u64 {
        self.test = Some(name.into());
        self.event(json!({ "event": "test_started", "file": "a test.wasm", "description": "", "attempt": 1 }))
    }

    pub fn end_test(&mut self, outcome: Value) -> u64 {
        let number = self.event(json!({ "event": "test_finished", "outcome": outcome, "elapsed": 1.5, "boot": 0.5 }));
        self.test = None;
        number
    }

    pub fn passes(&mut self) -> u64 {
        self.end_test(json!({ "verdict": "passed" }))
    }

    pub fn subtest(&mut self, id: u64, name: &str) -> u64 {
        let number = self.event(json!({ "event": "span_started", "id": id, "kind": "subtest", "name": name }));
        self.span = Some(id);
        number
    }

    pub fn end_subtest(&mut self, id: u64, name: &str, failure: Value) {
        self.span = None;
        self.event(json!({ "event": "span_finished", "id": id, "name": name, "elapsed": 0.1, "failure": failure }));
    }

    /// A command that takes so long, with what it printed. Returns the number of the line on which it began.
    pub fn command(&mut self, id: u64, machine: &str, command: &str, milliseconds: u64, error: Value) -> u64 {
        let action = format!("succeed({command:?})");
        let number = self.event(json!({
            "event": "call_started", "id": id, "interface": "shell", "function": "succeed", "machine": machine, "action": action,
        }));
        self.after(milliseconds);
        let command = json!({ "command": command, "status": 0, "output": format!("output of {command}\n") });
        let command = if error.is_null() { command } else { Value::Null };
        self.event(json!({
            "event": "call_finished", "id": id, "machine": machine, "action": action, "result": null, "command": command,
            "error": error, "elapsed": seconds(milliseconds),
        }));
        number
    }

    /// The run ends with these numbers of tests passed and failed.
    pub fn end(&mut self, passed: u64, failed: u64) {
        let elapsed = seconds(self.milliseconds);
        let counts = json!({ "passed": passed, "failed": failed, "could_not_run": 0, "host_failed": 0, "not_run": 0 });
        self.event(json!({ "event": "run_finished", "counts": counts, "elapsed": elapsed }));
    }

    /// Makes the page with the program, as a user does.
    pub fn make(&self) -> PathBuf {
        let (page, status) = self.make_as_it_goes();
        assert_eq!(status, Some(0));
        page
    }

    /// The same, whatever the status.
    pub fn make_as_it_goes(&self) -> (PathBuf, Option<i32>) {
        let record = self.directory().join("events.jsonl");
        std::fs::write(&record, &self.record).unwrap();
        let page = self.directory().join("report.html");
        let mut proctor = Command::new(path_from_environment("PROCTOR_BIN"));
        proctor.arg("report").arg(record).arg("--html").arg(&page);
        let output = proctor.output().unwrap();
        (page, output.status.code())
    }
}

/// Half a second and the like.
fn seconds(milliseconds: u64) -> f64 {
    std::time::Duration::from_millis(milliseconds).as_secs_f64()
}

/// A failure with no more than words.
pub fn failure(message: &str) -> Value {
    json!({ "message": message, "place": null, "error": null, "backtrace": [], "in_progress": null, "limit": null, "machines": [] })
}
