//! What happened: one enum, and what it is made of.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::json;
use super::outcome::{CommandReport, Counts, ErrorReport, FailureReport, MachineReport, Outcome, PassedLimit};

/// Something that happened. As JSON it is what `events.jsonl` holds a line of: names are as here, the kind stands in the
/// field `event`, times are in seconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Event {
    /// When, for the reader.
    #[serde(rename = "time", with = "json::wall")]
    #[cfg_attr(test, schemars(with = "json::Wall"))]
    pub wall: SystemTime,
    /// When, since the start of the run, on the monotonic clock.
    #[serde(with = "json::seconds")]
    #[cfg_attr(test, schemars(with = "json::Seconds"))]
    pub offset: Duration,
    /// The test during which it happened.
    pub test: Option<Arc<str>>,
    /// The innermost span open when it happened.
    pub span: Option<SpanId>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// A test that is to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SelectedTest {
    /// Its name.
    pub name: String,
    /// The file of its component.
    pub file: String,
}

/// Identifies a span or a call within a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SpanId(pub u64);

/// What happened. Every text in it is harmless already: see [`crate::text`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// The run began.
    RunStarted {
        /// Proctor's version.
        version: String,
        /// The command that began it, program first.
        command: Vec<String>,
        /// The directory in which that was.
        directory: String,
        /// The machines of every test.
        machines: Vec<String>,
        /// The VLANs.
        vlans: Vec<u32>,
        /// What the tests may touch, in words.
        granted: Vec<String>,
        /// The directory for what they leave.
        output: String,
        /// The tests that are to run, in order.
        #[serde(default)]
        tests: Vec<SelectedTest>,
    },
    /// The run ended.
    RunFinished {
        /// How many tests passed, failed, could not run, met a bug of ours, were not started.
        counts: Counts,
        /// How long it took.
        #[serde(with = "json::seconds")]
        #[cfg_attr(test, schemars(with = "json::Seconds"))]
        elapsed: Duration,
    },
    /// The run could not begin.
    RunFailed {
        /// Why.
        message: String,
    },
    /// A component is being loaded.
    ComponentLoading {
        /// Its file.
        file: String,
    },
    /// A component is ready.
    ComponentLoaded {
        /// Its file.
        file: String,
        /// How many of its tests will run.
        tests: usize,
        /// How long it took.
        #[serde(with = "json::seconds")]
        #[cfg_attr(test, schemars(with = "json::Seconds"))]
        elapsed: Duration,
    },
    /// A test began.
    TestStarted {
        /// The file of its component.
        file: String,
        /// What it says about itself; may be empty.
        description: String,
        /// Which attempt at it, from 1.
        attempt: u32,
    },
    /// A test ended.
    TestFinished {
        /// How.
        outcome: Outcome,
        /// How long it took, boot included.
        #[serde(with = "json::seconds")]
        #[cfg_attr(test, schemars(with = "json::Seconds"))]
        elapsed: Duration,
        /// How much of that was spent waiting for machines to boot.
        #[serde(with = "json::seconds")]
        #[cfg_attr(test, schemars(with = "json::Seconds"))]
        boot: Duration,
    },
    /// The test opened a span.
    SpanStarted {
        /// Its identity.
        id: SpanId,
        /// What it stands for.
        kind: SpanKind,
        /// What the test calls it.
        name: String,
    },
    /// A span was closed.
    SpanFinished {
        /// Which.
        id: SpanId,
        /// What the test calls it.
        name: String,
        /// How long it was open.
        #[serde(with = "json::seconds")]
        #[cfg_attr(test, schemars(with = "json::Seconds"))]
        elapsed: Duration,
        /// Why it failed, where the test said so.
        failure: Option<FailureReport>,
    },
    /// The test called the host.
    CallStarted {
        /// The call's identity.
        id: SpanId,
        /// The interface that has the function.
        interface: String,
        /// The function.
        function: String,
        /// The machine concerned.
        machine: Option<String>,
        /// Function and arguments, shortened.
        action: String,
    },
    /// A call returned.
    CallFinished {
        /// Which.
        id: SpanId,
        /// The machine concerned.
        machine: Option<String>,
        /// Function and arguments, shortened.
        action: String,
        /// What the test was given, shortened, where that is no command's result.
        result: Option<String>,
        /// The command that ran, with its status and the end of its output.
        command: Option<CommandReport>,
        /// The error that the test was given.
        error: Option<ErrorReport>,
        /// How long it took.
        #[serde(with = "json::seconds")]
        #[cfg_attr(test, schemars(with = "json::Seconds"))]
        elapsed: Duration,
    },
    /// A call goes on: told every second for who watches, and not recorded.
    #[serde(skip)]
    CallWaiting {
        /// What is in progress, with its machine.
        action: String,
        /// For how long.
        elapsed: Duration,
        /// The machines that are waited for.
        machines: Vec<MachineReport>,
        /// What bounds the test, boots not counted.
        limit: PassedLimit,
        /// What is left of that.
        left: Duration,
    },
    /// Somebody asked how things stand.
    Status {
        /// What is in progress, and for how long.
        in_progress: String,
        /// The machines of the test.
        machines: Vec<MachineReport>,
        /// What bounds the test, boots not counted; nothing where none runs.
        #[serde(default)]
        limit: Option<PassedLimit>,
        /// What is left of that, in seconds.
        #[serde(with = "json::optional_seconds", default)]
        #[cfg_attr(test, schemars(with = "Option<json::Seconds>"))]
        left: Option<Duration>,
    },
    /// A line of the test's, or a remark of the host's.
    Message {
        /// Its importance.
        level: Level,
        /// Who speaks.
        source: Source,
        /// The line.
        text: String,
    },
    /// A line of a machine's serial console.
    Console {
        /// The machine.
        machine: Arc<str>,
        /// The line.
        line: String,
    },
    /// Serial lines that were not kept for the reports because they came faster than the reports could take them.
    ConsoleSkipped {
        /// How many.
        lines: u64,
    },
    /// A picture of a machine's screen was saved.
    Screenshot {
        /// The machine.
        machine: Arc<str>,
        /// The file, below the output directory.
        file: String,
    },
    /// Another file of the test was saved.
    FileSaved {
        /// The machine that it came from.
        machine: Option<Arc<str>>,
        /// The file or directory, below the output directory.
        file: String,
    },
    /// A limit passed.
    LimitPassed {
        /// Which.
        limit: PassedLimit,
        /// The machine concerned.
        machine: Option<String>,
        /// What was in progress.
        in_progress: String,
        /// For how long.
        #[serde(with = "json::seconds")]
        #[cfg_attr(test, schemars(with = "json::Seconds"))]
        elapsed: Duration,
    },
    /// Whether serial lines are to be shown.
    ShowSerial {
        /// Whether they are.
        shown: bool,
    },
    /// A machine or a VLAN changed its state.
    State {
        /// Which.
        source: Source,
        /// The new state.
        state: State,
        /// How it came to it: an exit status, a time, a process.
        detail: String,
    },
}

#[cfg(test)]
impl EventKind {
    /// A test began, for tests of reports.
    pub(crate) fn test_started() -> Self {
        Self::TestStarted {
            file: "test.wasm".into(),
            description: String::new(),
            attempt: 1,
        }
    }
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Proctor itself.
    Host,
    /// The test.
    Test,
    /// A machine.
    Machine(Arc<str>),
    /// A VLAN.
    Vlan(u32),
}

/// A machine's or a VLAN's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has not been started.
    Off,
    /// Its process runs; the guest boots.
    Booting,
    /// A switch that works, or a machine whose shell answers.
    Ready,
    /// Its process has ended.
    Down,
}

impl State {
    /// Its word, in all reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Booting => "booting",
            Self::Ready => "ready",
            Self::Down => "down",
        }
    }
}

/// What stands in the place of serial lines that were skipped.
pub(crate) fn skipped_lines(lines: u64) -> String {
    format!("{lines} serial lines are missing here: they came faster than they could be written")
}

/// How important a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For who looks for a fault.
    Debug,
    /// The course of things.
    Info,
    /// Something to look at.
    Warning,
    /// Something failed.
    Error,
}

/// What a span stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// Lines that belong together.
    Group,
    /// A part of the test with a name of its own.
    Subtest,
    /// The evaluation of a polling condition.
    Condition,
}
