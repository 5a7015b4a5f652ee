//! Events that wait for the reports: bounded, whatever machines and tests do, and whole where it matters.

use std::collections::{HashSet, VecDeque};

use super::kinds::{Event, EventKind, Level, Source, SpanId};
use super::outcome::CommandReport;
use crate::limits::EVENT_QUEUE_BYTES;

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Queue {
    events: VecDeque<Event>,
    bytes: usize,
    /// How many times all was taken.
    takes: u64,
    /// What was not taken since the last event that was.
    skipped_lines: u64,
    skipped_events: u64,
    /// Spans and calls whose beginning was taken: their end is taken too.
    open: HashSet<SpanId>,
    pub(super) closed: bool,
}

/// What the queue does with an event when there is no room.
enum Need {
    /// Takes it: there are few such events, and a report makes no sense without them.
    Always,
    /// Takes it where it took the beginning.
    Ends(SpanId),
    /// Leaves it out.
    IfRoom,
}

impl Queue {
    /// Takes an event, or counts it where there is no room for it or it is `unwanted`.
    pub(super) fn push(&mut self, event: Event, unwanted: bool) {
        let room = !unwanted && self.bytes + weight(&event) <= EVENT_QUEUE_BYTES;
        let taken = match need(&event.kind) {
            Need::Always => true,
            Need::Ends(id) => self.open.remove(&id),
            Need::IfRoom => room,
        };
        if !taken {
            if let EventKind::Console { .. } = event.kind {
                self.skipped_lines += 1;
            } else if !unwanted {
                self.skipped_events += 1;
            }
            return;
        }
        if let EventKind::SpanStarted { id, .. } | EventKind::CallStarted { id, .. } = &event.kind {
            self.open.insert(*id);
        }
        if self.skipped_lines > 0 {
            let lines = std::mem::take(&mut self.skipped_lines);
            self.append(&event, EventKind::ConsoleSkipped { lines });
        }
        if self.skipped_events > 0 {
            let count = std::mem::take(&mut self.skipped_events);
            let kind = EventKind::Message {
                level: Level::Warning,
                source: Source::Host,
                text: format!("{count} events are missing here: they came faster than they could be written"),
            };
            self.append(&event, kind);
        }
        self.bytes += weight(&event);
        self.events.push_back(event);
    }

    /// Something that the queue itself has to say, at the moment of an event.
    fn append(&mut self, at: &Event, kind: EventKind) {
        self.events.push_back(Event { kind, ..at.clone() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// How many times all will have been taken when what waits now has been.
    pub(super) fn rounds(&self) -> u64 {
        self.takes + u64::from(!self.events.is_empty())
    }

    pub(super) fn take(&mut self) -> VecDeque<Event> {
        self.bytes = 0;
        self.takes += 1;
        std::mem::take(&mut self.events)
    }
}

fn need(kind: &EventKind) -> Need {
    match kind {
        EventKind::SpanFinished { id, .. } | EventKind::CallFinished { id, .. } => Need::Ends(*id),
        // What the host warns of is rare, and the reason of much else: that a limit has passed for example.
        EventKind::Message {
            level: Level::Warning | Level::Error,
            source: Source::Host,
            ..
        } => Need::Always,
        EventKind::SpanStarted { .. }
        | EventKind::CallStarted { .. }
        | EventKind::CallWaiting { .. }
        | EventKind::Message { .. }
        | EventKind::Console { .. }
        | EventKind::Screenshot { .. }
        | EventKind::FileSaved { .. }
        | EventKind::ShowSerial { .. } => Need::IfRoom,
        EventKind::RunStarted { .. }
        | EventKind::RunFinished { .. }
        | EventKind::RunFailed { .. }
        | EventKind::ComponentLoading { .. }
        | EventKind::ComponentLoaded { .. }
        | EventKind::TestStarted { .. }
        | EventKind::LimitPassed { .. }
        | EventKind::Status { .. }
        | EventKind::TestFinished { .. }
        | EventKind::ConsoleSkipped { .. }
        | EventKind::State { .. } => Need::Always,
    }
}

fn weight_of_command(command: &CommandReport) -> usize {
    command.command.len() + command.output.len()
}

/// About how much memory an event takes, in bytes.
pub(crate) fn weight(event: &Event) -> usize {
    let text = match &event.kind {
        EventKind::Console { line, .. } => line.len(),
        EventKind::Message { text, .. } => text.len(),
        EventKind::Screenshot { file, .. } | EventKind::FileSaved { file, .. } => file.len(),
        EventKind::SpanStarted { name, .. } | EventKind::SpanFinished { name, .. } => name.len(),
        EventKind::CallStarted { action, .. } => action.len(),
        EventKind::CallFinished {
            action,
            result,
            command,
            error,
            ..
        } => {
            let result = result.as_ref().map_or(0, String::len);
            let command = command.as_ref().map_or(0, weight_of_command);
            let error = error.as_ref().map_or(0, |error| {
                let console: usize = error.console.iter().map(String::len).sum();
                let command = error.command.as_ref().map_or(0, weight_of_command);
                error.message.len() + console + command
            });
            action.len() + result + command + error
        }
        _ => 0,
    };
    text + size_of::<Event>()
}
