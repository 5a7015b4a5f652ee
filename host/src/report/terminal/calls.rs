//! Which calls are in progress, and which of them the reader has seen start.

use std::sync::Arc;
use std::time::Duration;

use crate::event::{Event, SpanId};

/// The calls in progress, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Calls {
    in_progress: Vec<Call>,
    /// Whether one of them has not been announced: the question asked before every line.
    unannounced: bool,
}

/// A call in progress.
#[derive(Debug, Clone)]
pub(super) struct Call {
    id: SpanId,
    test: Option<Arc<str>>,
    /// When it began, since the start of the run.
    pub(super) offset: Duration,
    /// How deep it lies.
    pub(super) depth: usize,
    pub(super) machine: Option<String>,
    pub(super) action: String,
    /// Whether the log says that it began.
    pub(super) announced: bool,
}

impl Calls {
    /// A call began.
    pub(super) fn start(&mut self, event: &Event, id: SpanId, depth: usize, machine: Option<&str>, action: &str) {
        self.unannounced = true;
        self.in_progress.push(Call {
            id,
            test: event.test.clone(),
            offset: event.offset,
            depth,
            machine: machine.map(Into::into),
            action: action.into(),
            announced: false,
        });
    }

    /// A call returned; `None` where it was not in progress.
    pub(super) fn finish(&mut self, id: SpanId) -> Option<Call> {
        let place = self.in_progress.iter().position(|call| call.id == id)?;
        Some(self.in_progress.remove(place))
    }

    /// A test ended: what it called is not waited for.
    pub(super) fn forget_test(&mut self, event: &Event) {
        self.in_progress.retain(|call| call.test != event.test);
    }

    /// The calls whose beginning is to be said now, because something else is.
    pub(super) fn announce(&mut self) -> Vec<Call> {
        if !std::mem::take(&mut self.unannounced) {
            return Vec::new();
        }
        let unannounced = self.in_progress.iter_mut().filter(|call| !call.announced);
        unannounced
            .map(|call| {
                call.announced = true;
                call.clone()
            })
            .collect()
    }
}
