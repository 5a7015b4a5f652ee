//! From where things happen to where they are reported, without ever blocking the former.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use super::kinds::{Event, EventKind, Level, Source, SpanId};
use crate::limits;

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
