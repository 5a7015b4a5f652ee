//! A record of what happened.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use proctor::event::{Event, EventKind, Report, State};

use crate::lateness::LATE;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Events as they came.
#[derive(Debug, Clone, Default)]
pub struct Record(Arc<Mutex<Vec<Event>>>);

impl Report for Record {
    fn event(&mut self, event: &Event) {
        self.lock().push(event.clone());
    }
}

impl Record {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Event>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn collect<T>(&self, select: impl Fn(&EventKind) -> Option<T>) -> Vec<T> {
        self.lock().iter().filter_map(|event| select(&event.kind)).collect()
    }

    /// The texts of all messages so far.
    pub fn messages(&self) -> Vec<String> {
        self.collect(|kind| match kind {
            EventKind::Message { text, .. } => Some(text.clone()),
            _ => None,
        })
    }

    /// All serial lines so far.
    pub fn console(&self) -> Vec<String> {
        self.collect(|kind| match kind {
            EventKind::Console { line, .. } => Some(line.clone()),
            _ => None,
        })
    }

    /// How many serial lines were counted instead of reported.
    pub fn skipped(&self) -> u64 {
        let skipped = self.collect(|kind| match kind {
            EventKind::ConsoleSkipped { lines } => Some(*lines),
            _ => None,
        });
        skipped.iter().sum()
    }

    /// All changes of state so far, with their details.
    pub fn states(&self) -> Vec<(State, String)> {
        self.collect(|kind| match kind {
            EventKind::State { state, detail, .. } => Some((*state, detail.clone())),
            _ => None,
        })
    }

    /// How often machines have become ready so far.
    pub fn ready(&self) -> usize {
        let states = self.states().into_iter();
        states.filter(|(state, _)| *state == State::Ready).count()
    }

    /// How many messages so far contain this.
    pub fn count(&self, text: &str) -> usize {
        self.messages().iter().filter(|message| message.contains(text)).count()
    }

    /// Whether there is a message or a serial line that contains a text.
    pub fn has(&self, text: &str) -> bool {
        self.messages()
            .iter()
            .chain(&self.console())
            .any(|line| line.contains(text))
    }

    /// Waits until there is a message or a serial line that contains a text. Panics where there is none in time.
    pub async fn wait_for(&self, text: &str) {
        let start = Instant::now();
        while !self.has(text) {
            if start.elapsed() > LATE {
                panic!("{text:?} is not in {:#?} nor in {:#?}", self.messages(), self.console());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
