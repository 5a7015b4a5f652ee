//! What an event begins: a step that is a line of its own, or the beginning of one that takes time.

use std::sync::Arc;
use std::time::Duration;

use super::run::{CallStep, StepKind, TestStep};
use super::wording;
use crate::event::{Event, EventKind, Level, Source, SpanId, State};

/// A step, as it begins.
#[derive(Debug)]
pub(super) struct BegunStep {
    pub(super) kind: StepKind,
    /// What its end will be known by.
    pub(super) id: Option<SpanId>,
    pub(super) machine: Option<Arc<str>>,
    pub(super) level: Level,
}

/// The step that an event begins, if it begins one.
pub(super) fn begun_step(event: &Event) -> Option<BegunStep> {
    let mut machine = None;
    let mut level = Level::Info;
    let mut id = None;
    let kind = match &event.kind {
        EventKind::TestStarted {
            file,
            description,
            attempt,
        } => StepKind::Test(TestStep {
            name: event.test.clone().unwrap_or_default(),
            file: file.clone(),
            description: description.clone(),
            attempt: *attempt,
            outcome: None,
            boot: Duration::ZERO,
        }),
        EventKind::SpanStarted { id: own, kind, name } => {
            id = Some(*own);
            let (kind, name, failure, ended) = (*kind, name.clone(), None, false);
            StepKind::Span {
                kind,
                name,
                failure,
                ended,
            }
        }
        EventKind::CallStarted {
            id: own,
            interface,
            function,
            machine: of,
            action,
        } => {
            id = Some(*own);
            machine = of.as_deref().map(Arc::from);
            StepKind::Call(CallStep {
                interface: interface.clone(),
                function: function.clone(),
                action: action.clone(),
                result: None,
                command: None,
                error: None,
                ended: false,
            })
        }
        EventKind::Message {
            level: of,
            source,
            text,
        } => {
            level = *of;
            if let Source::Machine(name) = source {
                machine = Some(Arc::clone(name));
            }
            let (source, text) = (source.clone(), text.clone());
            StepKind::Message { source, text }
        }
        EventKind::Status {
            in_progress, machines, ..
        } => StepKind::Message {
            source: Source::Host,
            text: wording::status(in_progress, machines),
        },
        EventKind::State { source, state, detail } => {
            if let Source::Machine(name) = source {
                machine = Some(Arc::clone(name));
            }
            if *state == State::Off {
                level = Level::Debug;
            }
            let (source, state, detail) = (source.clone(), *state, detail.clone());
            StepKind::State { source, state, detail }
        }
        EventKind::Screenshot { machine: of, file } => {
            machine = Some(Arc::clone(of));
            StepKind::Picture { file: file.clone() }
        }
        EventKind::FileSaved { machine: of, file } => {
            machine.clone_from(of);
            StepKind::Saved { file: file.clone() }
        }
        EventKind::LimitPassed {
            limit,
            machine: of,
            in_progress,
            elapsed,
        } => {
            level = Level::Warning;
            machine = of.as_deref().map(Arc::from);
            let (limit, in_progress, elapsed) = (limit.clone(), in_progress.clone(), *elapsed);
            StepKind::Limit {
                limit,
                in_progress,
                elapsed,
            }
        }
        EventKind::ComponentLoading { file } => StepKind::Component {
            file: file.clone(),
            tests: None,
        },
        EventKind::ConsoleSkipped { lines } => {
            level = Level::Warning;
            StepKind::Skipped { lines: *lines }
        }
        EventKind::ShowSerial { shown } => {
            level = Level::Debug;
            StepKind::Serial { shown: *shown }
        }
        _ => return None,
    };
    Some(BegunStep {
        kind,
        id,
        machine,
        level,
    })
}
