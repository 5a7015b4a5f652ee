//! From where things happen to where they are reported, without ever blocking the former.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use tokio::sync::watch;

use super::kinds::{Event, EventKind, Level, Source, SpanId};
use super::queue::{self, Queue};
use crate::limits::TRACE_BYTES;

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
    test: Option<Arc<TestEvents>>,
}

#[derive(Debug)]
struct Bus {
    start: Instant,
    ids: AtomicU64,
    queue: Mutex<Queue>,
    filled: Condvar,
    /// How many times the queue was emptied and all that it held reported.
    rounds: watch::Sender<u64>,
}

/// A test whose events these are.
#[derive(Debug)]
struct TestEvents {
    name: Arc<str>,
    /// What its calls and spans have come to, in bytes.
    trace: AtomicUsize,
}

/// The thread that hands events to the reports.
#[derive(Debug)]
pub struct Reporter {
    bus: Arc<Bus>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Reporter {
    /// Starts the thread. Whatever a report shows, those before it have been told and have flushed. Errors: the system has no thread to give.
    pub fn start(mut reports: Vec<Box<dyn Report>>) -> std::io::Result<(Self, Events)> {
        let bus = Arc::new(Bus {
            start: Instant::now(),
            ids: AtomicU64::new(1),
            queue: Mutex::default(),
            filled: Condvar::new(),
            rounds: watch::Sender::new(0),
        });
        let reader = Arc::clone(&bus);
        let thread = std::thread::Builder::new().name("reports".into()).spawn(move || {
            while let Some(events) = reader.wait() {
                // One after the other: what a later one shows, an earlier one has written.
                for report in &mut reports {
                    events.iter().for_each(|event| report.event(event));
                    report.flush();
                }
                reader.rounds.send_modify(|rounds| *rounds += 1);
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
            test: Some(Arc::new(TestEvents {
                name: test.into(),
                trace: AtomicUsize::new(0),
            })),
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
            test: self.test.as_ref().map(|test| Arc::clone(&test.name)),
            span,
            kind,
        };
        let unwanted = self.exceeds_trace(&event);
        self.bus.push(event, unwanted);
    }

    /// Whether a test has made so many calls and spans that this one is not recorded. Says so the first time.
    fn exceeds_trace(&self, event: &Event) -> bool {
        let Some(test) = &self.test else { return false };
        if !matches!(
            event.kind,
            EventKind::SpanStarted { .. }
                | EventKind::SpanFinished { .. }
                | EventKind::CallStarted { .. }
                | EventKind::CallFinished { .. }
                | EventKind::ShowSerial { .. }
        ) {
            return false;
        }
        let weight = queue::weight(event);
        let before = test.trace.fetch_add(weight, Ordering::Relaxed);
        if before <= TRACE_BYTES && before + weight > TRACE_BYTES {
            let text =
                format!("the test's calls and spans come to more than {TRACE_BYTES} bytes; further ones are not shown");
            self.message(Level::Warning, Source::Host, text);
        }
        before + weight > TRACE_BYTES
    }

    /// Waits until everything emitted so far is reported.
    pub async fn reported(&self) {
        let needed = self.bus.lock().rounds();
        // The sender is the bus's.
        let _ = self.bus.rounds.subscribe().wait_for(|rounds| *rounds >= needed).await;
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

    fn push(&self, event: Event, unwanted: bool) {
        let mut queue = self.lock();
        let was_empty = queue.is_empty();
        queue.push(event, unwanted);
        drop(queue);
        // Nobody waits for a queue that holds something.
        if was_empty {
            self.filled.notify_one();
        }
    }

    /// Everything that has come; `None` when nothing will come any more.
    fn wait(&self) -> Option<VecDeque<Event>> {
        let mut queue = self.lock();
        while queue.is_empty() {
            if queue.closed {
                return None;
            }
            queue = self.filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        Some(queue.take())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::kinds::SpanKind;
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

    #[test]
    fn floods_of_any_kind_are_bounded_and_what_began_ends() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let gate = Arc::new(Mutex::new(()));
        let held = gate.lock().unwrap();
        let (reporter, events) =
            Reporter::start(vec![Box::new(Collect(Arc::clone(&seen), Arc::clone(&gate)))]).unwrap();
        let started = |id: u64| EventKind::SpanStarted {
            id: SpanId(id),
            kind: SpanKind::Group,
            name: "x".repeat(1 << 20),
        };
        let finished = |id: u64| EventKind::SpanFinished {
            id: SpanId(id),
            name: "x".repeat(1 << 20),
            elapsed: Duration::ZERO,
            failure: None,
        };
        (0..50).for_each(|id| events.emit(started(id)));
        for _ in 0..100 {
            events.message(Level::Info, Source::Test, "y".repeat(1 << 20));
        }
        (50..100).for_each(|id| events.emit(started(id)));
        (0..100).for_each(|id| events.emit(finished(id)));
        events.emit(EventKind::test_started());
        drop(held);
        reporter.finish();
        let seen = seen.lock().unwrap();
        let ids = |ended: bool| -> Vec<u64> {
            seen.iter()
                .filter_map(|kind| match kind {
                    EventKind::SpanStarted { id, .. } if !ended => Some(id.0),
                    EventKind::SpanFinished { id, .. } if ended => Some(id.0),
                    _ => None,
                })
                .collect()
        };
        assert_eq!(ids(false), ids(true));
        assert_eq!(ids(false), (0..50).collect::<Vec<u64>>());
        assert!(matches!(seen.last(), Some(EventKind::TestStarted { .. })));
        let missing =
            |kind: &EventKind| matches!(kind, EventKind::Message { text, .. } if text.contains("are missing here"));
        assert!(seen.iter().any(missing));
    }

    #[test]
    fn a_tests_calls_and_spans_are_limited() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (reporter, events) = Reporter::start(vec![Box::new(Collect(Arc::clone(&seen), Arc::default()))]).unwrap();
        let test = events.of_test("t");
        let weight = size_of::<Event>();
        for _ in 0..2 * TRACE_BYTES / weight {
            test.emit(EventKind::ShowSerial { shown: true });
        }
        // Another test has a limit of its own.
        events.of_test("u").emit(EventKind::ShowSerial { shown: false });
        reporter.finish();
        let seen = seen.lock().unwrap();
        let shown = seen
            .iter()
            .filter(|kind| matches!(kind, EventKind::ShowSerial { shown: true }))
            .count();
        assert!(shown <= TRACE_BYTES / weight, "{shown}");
        let told = |kind: &&EventKind| matches!(kind, EventKind::Message { text, .. } if text.contains("further ones"));
        assert_eq!(seen.iter().filter(told).count(), 1);
        assert!(matches!(seen.last(), Some(EventKind::ShowSerial { shown: false })));
    }
}
