//! What happened in a run: one enum, emitted by everything that does something, read by the reports.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::limits;

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// When, for the reader.
    pub wall: SystemTime,
    /// When, since the start of the run, on the monotonic clock.
    pub offset: Duration,
    /// The test during which it happened.
    pub test: Option<Arc<str>>,
    /// The innermost span open when it happened.
    pub span: Option<SpanId>,
    /// What happened.
    pub kind: EventKind,
}

/// Identifies a span or a call within a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId(pub u64);

/// What happened. Every text in it is harmless already: see [`crate::text`].
#[derive(Debug, Clone)]
pub enum EventKind {
    /// The run began.
    RunStarted {
        /// The machines of every test.
        machines: Vec<String>,
        /// The VLANs.
        vlans: Vec<u32>,
    },
    /// The run ended.
    RunFinished {
        /// How many tests passed, failed, could not run, met a bug of ours, were not started.
        counts: Counts,
        /// How long it took.
        elapsed: Duration,
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
        elapsed: Duration,
    },
    /// A test began.
    TestStarted,
    /// A test ended.
    TestFinished {
        /// How.
        outcome: Outcome,
        /// How long it took, boot included.
        elapsed: Duration,
        /// How much of that was spent waiting for machines to boot.
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
        elapsed: Duration,
        /// Why it failed, where the test said so.
        failure: Option<FailureReport>,
    },
    /// The test called the host.
    CallStarted {
        /// The call's identity.
        id: SpanId,
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
        /// The error that the test was given.
        error: Option<ErrorReport>,
        /// How long it took.
        elapsed: Duration,
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
    /// Whether serial lines are to be shown.
    ShowSerial(bool),
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

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its process runs; the guest boots.
    Booting,
    /// A switch that works, or a machine whose shell answers.
    Ready,
    /// Its process has ended.
    Down,
}

/// How important a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// Lines that belong together.
    Group,
    /// A part of the test with a name of its own.
    Subtest,
}

/// How a test ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed: the test, or what it tests.
    Failed(FailureReport),
    /// It could not run: a machine never came up.
    CouldNotRun(FailureReport),
    /// A bug of ours.
    HostFailed(FailureReport),
    /// It was interrupted by a signal.
    Interrupted(FailureReport),
}

/// Why a test failed.
#[derive(Debug, Clone, Default)]
pub struct FailureReport {
    /// For people.
    pub message: String,
    /// `file:line:column` in the test.
    pub place: Option<String>,
    /// The error of the call that led here.
    pub error: Option<ErrorReport>,
    /// The guest's functions at the trap, innermost first.
    pub backtrace: Vec<String>,
    /// Which call was in progress, and for how long, when the test was stopped.
    pub in_progress: Option<String>,
}

/// A failed call, ready to be shown.
#[derive(Debug, Clone, Default)]
pub struct ErrorReport {
    /// The machine concerned.
    pub machine: Option<String>,
    /// What was in progress.
    pub action: String,
    /// What went wrong, in one sentence.
    pub message: String,
    /// How long the call had taken.
    pub elapsed: Duration,
    /// The command, its status and output, where it was one.
    pub command: Option<CommandReport>,
    /// The last lines of the machine's console, where it went down.
    pub console: Vec<String>,
}

/// A command, ready to be shown.
#[derive(Debug, Clone, Default)]
pub struct CommandReport {
    /// The command.
    pub command: String,
    /// Its status.
    pub status: i32,
    /// The end of its output, line feeds kept.
    pub output: String,
}

/// Tests by how they ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Could not run.
    pub could_not_run: usize,
    /// Met a bug of ours.
    pub host_failed: usize,
    /// Interrupted, or never started.
    pub not_run: usize,
}

/// Reads events. Called from a thread of its own, in the order in which things happened.
pub trait Report: Send {
    /// Something happened.
    fn event(&mut self, event: &Event);

    /// Everything that has happened is reported: what is buffered should be seen, for nothing may follow for long.
    fn flush(&mut self) {}

    /// Called once, after the last event.
    fn finish(&mut self) {}
}

/// Where events go. Cheap to clone; never blocks, whatever the reports do.
#[derive(Debug, Clone)]
pub struct Events {
    bus: Arc<Bus>,
    test: Option<Arc<str>>,
}

#[derive(Debug)]
struct Bus {
    start: Instant,
    ids: AtomicU64,
    queue: Mutex<Queue>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<Event>,
    console_bytes: usize,
    skipped: u64,
    closed: bool,
}

/// The thread that hands events to the reports.
#[derive(Debug)]
pub struct Reporter {
    bus: Arc<Bus>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Reporter {
    /// Starts the thread. Errors: the system has no thread to give.
    pub fn start(mut reports: Vec<Box<dyn Report>>) -> std::io::Result<(Self, Events)> {
        let bus = Arc::new(Bus {
            start: Instant::now(),
            ids: AtomicU64::new(1),
            queue: Mutex::default(),
            filled: Condvar::new(),
        });
        let reader = Arc::clone(&bus);
        let thread = std::thread::Builder::new().name("reports".into()).spawn(move || {
            while let Some(events) = reader.wait() {
                for event in &events {
                    reports.iter_mut().for_each(|report| report.event(event));
                }
                reports.iter_mut().for_each(|report| report.flush());
            }
            reports.iter_mut().for_each(|report| report.finish());
        })?;
        let events = Events {
            bus: Arc::clone(&bus),
            test: None,
        };
        Ok((
            Self {
                bus,
                thread: Some(thread),
            },
            events,
        ))
    }

    /// Waits until everything emitted so far is reported, and ends the thread.
    pub fn finish(mut self) {
        self.close();
    }

    fn close(&mut self) {
        self.bus.lock().closed = true;
        self.bus.filled.notify_all();
        if let Some(thread) = self.thread.take() {
            // A report that panicked has said so on standard error already.
            let _ = thread.join();
        }
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        self.close();
    }
}

impl Events {
    /// The same, for what happens during a test.
    pub fn of_test(&self, test: &str) -> Self {
        Self {
            bus: Arc::clone(&self.bus),
            test: Some(test.into()),
        }
    }

    /// An identity that no other span or call of the run has.
    pub fn next_id(&self) -> SpanId {
        SpanId(self.bus.ids.fetch_add(1, Ordering::Relaxed))
    }

    /// Something happened, outside any span.
    pub fn emit(&self, kind: EventKind) {
        self.emit_in(None, kind);
    }

    /// Something happened inside a span.
    pub fn emit_in(&self, span: Option<SpanId>, kind: EventKind) {
        let event = Event {
            wall: SystemTime::now(),
            offset: self.bus.start.elapsed(),
            test: self.test.clone(),
            span,
            kind,
        };
        self.bus.push(event);
    }

    /// A remark.
    pub fn message(&self, level: Level, source: Source, text: impl Into<String>) {
        self.emit(EventKind::Message {
            level,
            source,
            text: text.into(),
        });
    }
}

impl Bus {
    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, event: Event) {
        let mut queue = self.lock();
        if let EventKind::Console { line, .. } = &event.kind {
            let bytes = line.len() + size_of::<Event>();
            if queue.console_bytes + bytes > limits::EVENT_QUEUE_BYTES {
                queue.skipped += 1;
                return;
            }
            queue.console_bytes += bytes;
        }
        if queue.skipped > 0 {
            let lines = std::mem::take(&mut queue.skipped);
            queue.events.push_back(Event {
                kind: EventKind::ConsoleSkipped { lines },
                ..event.clone()
            });
        }
        queue.events.push_back(event);
        drop(queue);
        self.filled.notify_one();
    }

    /// Everything that has come; `None` when nothing will come any more.
    fn wait(&self) -> Option<VecDeque<Event>> {
        let mut queue = self.lock();
        while queue.events.is_empty() {
            if queue.closed {
                return None;
            }
            queue = self.filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        queue.console_bytes = 0;
        Some(std::mem::take(&mut queue.events))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Collect(Arc<Mutex<Vec<EventKind>>>, Arc<Mutex<()>>);

    impl Report for Collect {
        fn event(&mut self, event: &Event) {
            let _held = self.1.lock();
            self.0.lock().unwrap().push(event.kind.clone());
        }
    }

    #[test]
    fn a_flood_of_serial_lines_is_bounded_and_counted() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let gate = Arc::new(Mutex::new(()));
        let held = gate.lock().unwrap();
        let (reporter, events) =
            Reporter::start(vec![Box::new(Collect(Arc::clone(&seen), Arc::clone(&gate)))]).unwrap();
        let line = "x".repeat(1 << 20);
        for _ in 0..300 {
            events.emit(EventKind::Console {
                machine: "m".into(),
                line: line.clone(),
            });
        }
        events.message(Level::Info, Source::Host, "after");
        drop(held);
        reporter.finish();
        let seen = seen.lock().unwrap();
        let shown = seen
            .iter()
            .filter(|kind| matches!(kind, EventKind::Console { .. }))
            .count() as u64;
        let skipped: u64 = seen
            .iter()
            .map(|kind| {
                if let EventKind::ConsoleSkipped { lines } = kind {
                    *lines
                } else {
                    0
                }
            })
            .sum();
        assert_eq!(shown + skipped, 300);
        assert!(skipped > 100, "{skipped}");
        assert!(matches!(seen.last(), Some(EventKind::Message { text, .. }) if text == "after"));
    }
}
