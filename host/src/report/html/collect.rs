//! Makes what is shown of a run of its events.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::begun_step::{BegunStep, begun_step};
use super::room::Room;
use super::run::{Begun, CallStep, Ending, Open, Run, Step, StepKind, TestStep};
use super::{bounds, failure_place};
use crate::event::{self, Event, EventKind, Level, Outcome, Source};
use crate::report::open_items::OpenItems;

/// A run in the making.
#[derive(Debug, Default)]
pub(super) struct Collector {
    run: Run,
    /// The number of the last event.
    number: u64,
    room: Room,
    open: Open,
    /// The steps of the tests that have not ended, by their names.
    open_tests: OpenItems<Arc<str>, usize>,
    /// Components that are being loaded.
    loading: HashMap<String, usize>,
}

impl Collector {
    pub(super) fn event(&mut self, event: &Event) {
        self.number += 1;
        self.run.last = self.run.last.max(event.offset);
        self.run.wall.get_or_insert(event.wall);
        self.run.tally.event(event);
        match &event.kind {
            EventKind::Console { machine, line } => self.console(machine, event.offset, line),
            EventKind::RunStarted {
                version,
                command,
                directory,
                machines,
                vlans,
                granted,
                output,
                tests: _,
            } => {
                self.run.begun = Some(Begun {
                    version: version.clone(),
                    command: command.clone(),
                    directory: directory.clone(),
                    machines: machines.clone(),
                    vlans: vlans.clone(),
                    granted: granted.clone(),
                    output: output.clone(),
                });
                // In the order of the command line, not in that in which machines come up.
                for machine in machines {
                    self.run.lane_mut(&Source::Machine(machine.as_str().into()));
                    self.run.console_mut(&machine.as_str().into());
                }
            }
            // A run that could not begin has not ended well, whatever follows.
            EventKind::RunFinished { .. } if matches!(self.run.ending, Ending::Failed(_)) => {}
            EventKind::RunFinished { elapsed, .. } => self.run.ending = Ending::Finished { elapsed: *elapsed },
            EventKind::RunFailed { message } => self.run.ending = Ending::Failed(message.clone()),
            EventKind::CallFinished { .. } | EventKind::SpanFinished { .. } => self.ends(event),
            EventKind::TestFinished { outcome, elapsed, boot } => self.test_ends(event, outcome, *elapsed, *boot),
            EventKind::ComponentLoaded { file, tests, elapsed } => {
                let index = self.loading.remove(file);
                if let Some(step) = index.and_then(|index| self.run.steps.get_mut(index)) {
                    step.elapsed = Some(*elapsed);
                    let (file, tests) = (file.clone(), Some(*tests));
                    step.kind = StepKind::Component { file, tests };
                }
            }
            _ => self.begins(event),
        }
    }

    /// What was collected. Everything that the record leaves open is.
    pub(super) fn finish(mut self) -> Run {
        failure_place::find_all(&mut self.run);
        self.run
    }

    fn console(&mut self, machine: &Arc<str>, offset: Duration, line: &str) {
        match self.run.console_mut(machine) {
            Some(console) => console.push(offset, line.into()),
            None => self.run.lines_without_console += 1,
        }
    }

    fn begins(&mut self, event: &Event) {
        if let EventKind::State { source, state, .. } = &event.kind
            && let Some(lane) = self.run.lane_mut(source)
        {
            lane.states.push((event.offset, *state));
        }
        let Some(begun) = begun_step(event) else { return };
        if begun.level == Level::Warning && matches!(event.kind, EventKind::Message { .. }) {
            self.run.warnings += 1;
        }
        let id = begun.id;
        let index = self.add(event, event.offset, begun);
        if let (Some(id), Some(index)) = (id, index) {
            self.open.insert(id, index);
        }
    }

    /// Takes a step, if there is room for it.
    fn add(&mut self, event: &Event, offset: Duration, step: BegunStep) -> Option<usize> {
        let BegunStep {
            kind, machine, level, ..
        } = step;
        let is_test = matches!(kind, StepKind::Test(_));
        if !self.room.take(event, &kind, level) {
            self.run.left_out += 1;
            return None;
        }
        let index = self.run.steps.len();
        let parent = if is_test { None } else { self.parent(event) };
        let depth = parent
            .and_then(|parent| self.run.step(parent))
            .map_or(0, |parent| parent.depth + 1);
        match parent.and_then(|parent| self.run.steps.get_mut(parent)) {
            Some(parent) => parent.children.push(index),
            None => self.run.roots.push(index),
        }
        match &kind {
            StepKind::Test(test) => {
                self.open_tests.begin(Arc::clone(&test.name), index);
                self.run.tests.push(index);
            }
            StepKind::Component { file, .. } => {
                self.loading.insert(file.clone(), index);
            }
            _ => {}
        }
        self.run.steps.push(Step {
            number: self.number,
            offset,
            elapsed: None,
            machine,
            level,
            parent,
            depth,
            children: Vec::new(),
            kind,
            failure: None,
            leads_to_failure: false,
        });
        Some(index)
    }

    /// The span in which an event lies, else its test, else the test that runs: machines do not know in which they are.
    fn parent(&mut self, event: &Event) -> Option<usize> {
        let span = event.span.and_then(|span| self.open.get(&span)).copied();
        let test = match &event.test {
            Some(test) => self.open_tests.newest(test),
            None if matches!(
                event.kind,
                EventKind::State {
                    source: Source::Machine(_),
                    ..
                }
            ) =>
            {
                self.open_tests.last()
            }
            None => None,
        };
        let mut parent = span.or(test.copied());
        while let Some(step) = parent.and_then(|parent| self.run.step(parent)) {
            if step.depth < bounds::DEEPEST {
                break;
            }
            parent = step.parent;
        }
        parent
    }

    fn ends(&mut self, event: &Event) {
        let (id, took, graver) = match &event.kind {
            EventKind::CallFinished { id, elapsed, error, .. } => (*id, *elapsed, error.is_some()),
            EventKind::SpanFinished {
                id, elapsed, failure, ..
            } => (*id, *elapsed, failure.is_some()),
            _ => return,
        };
        let mut index = self.open.remove(&id);
        if index.is_none() && graver {
            index = self.add_late(event, took);
        }
        let Some(step) = index.and_then(|index| self.run.steps.get_mut(index)) else {
            return;
        };
        step.elapsed = Some(took);
        match (&mut step.kind, &event.kind) {
            (
                StepKind::Call(call),
                EventKind::CallFinished {
                    result, command, error, ..
                },
            ) => {
                call.ended = true;
                call.result.clone_from(result);
                call.command.clone_from(command);
                call.error.clone_from(error);
            }
            (StepKind::Span { failure, ended, .. }, EventKind::SpanFinished { failure: why, .. }) => {
                failure.clone_from(why);
                *ended = true;
            }
            _ => {}
        }
        self.room.add_text(event);
    }

    /// A failure whose beginning there was no room for.
    fn add_late(&mut self, event: &Event, took: Duration) -> Option<usize> {
        let (machine, kind) = match &event.kind {
            EventKind::CallFinished { machine, action, .. } => (
                machine.as_deref().map(Arc::from),
                StepKind::Call(CallStep {
                    interface: String::new(),
                    function: String::new(),
                    action: action.clone(),
                    result: None,
                    command: None,
                    error: None,
                    ended: true,
                }),
            ),
            EventKind::SpanFinished { name, .. } => (
                None,
                StepKind::Span {
                    kind: event::SpanKind::Group,
                    name: name.clone(),
                    failure: None,
                    ended: true,
                },
            ),
            _ => return None,
        };
        let begun = event.offset.saturating_sub(took);
        let (id, level) = (None, Level::Error);
        let step = BegunStep {
            kind,
            id,
            machine,
            level,
        };
        self.add(event, begun, step)
    }

    fn test_ends(&mut self, event: &Event, outcome: &Outcome, elapsed: Duration, boot: Duration) {
        let name = event.test.clone().unwrap_or_default();
        if self.open_tests.newest(&name).is_none() {
            // A record by another hand: how it ended is worth a line whatever came before.
            let kind = StepKind::Test(TestStep {
                name: Arc::clone(&name),
                file: String::new(),
                description: String::new(),
                attempt: 1,
                outcome: None,
                boot,
            });
            let step = BegunStep {
                kind,
                id: None,
                machine: None,
                level: Level::Info,
            };
            self.add(event, event.offset.saturating_sub(elapsed), step);
        }
        let index = self.open_tests.end(&name).map(|(index, _)| index);
        let Some(step) = index.and_then(|index| self.run.steps.get_mut(index)) else {
            return;
        };
        step.elapsed = Some(elapsed);
        if let StepKind::Test(test) = &mut step.kind {
            test.outcome = Some(self.room.take_outcome(outcome));
            test.boot = boot;
        }
    }
}
