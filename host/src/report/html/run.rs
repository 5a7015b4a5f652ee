//! What is kept of a run.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::bounds;
use crate::event::{
    CommandReport, ErrorReport, FailureReport, Level, Outcome, PassedLimit, Source, SpanId, SpanKind, State,
};
use crate::report::tally::{Tally, is_retry};

/// A run, as its report shows it.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// When the first event was.
    pub(super) wall: Option<SystemTime>,
    pub(super) begun: Option<Begun>,
    pub(super) ending: Ending,
    /// When the last event was.
    pub(super) last: Duration,
    pub(super) steps: Vec<Step>,
    /// Those that stand in no other.
    pub(super) roots: Vec<usize>,
    /// Those that are tests, in order.
    pub(super) tests: Vec<usize>,
    pub(super) consoles: Vec<Console>,
    pub(super) lanes: Vec<Lane>,
    /// How many steps are in the record alone.
    pub(super) left_out: u64,
    /// How many lines are in the record alone because their machine has no console here.
    pub(super) lines_without_console: u64,
    pub(super) warnings: u64,
    pub(super) tally: Tally,
}

/// How a run began.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) version: String,
    pub(super) command: Vec<String>,
    pub(super) directory: String,
    pub(super) machines: Vec<String>,
    pub(super) vlans: Vec<u32>,
    pub(super) granted: Vec<String>,
    pub(super) output: String,
}

/// How it ended.
#[derive(Debug, Default)]
pub(super) enum Ending {
    /// The record does not say.
    #[default]
    CutOff,
    Finished {
        elapsed: Duration,
    },
    Failed(String),
}

/// A line of the log, and what stands in it.
#[derive(Debug)]
pub(super) struct Step {
    /// The number of its event, from 1: the line of the record.
    pub(super) number: u64,
    pub(super) offset: Duration,
    /// How long it took, where it ended.
    pub(super) elapsed: Option<Duration>,
    pub(super) machine: Option<Arc<str>>,
    pub(super) level: Level,
    pub(super) parent: Option<usize>,
    pub(super) depth: usize,
    pub(super) children: Vec<usize>,
    pub(super) kind: StepKind,
    /// The failure that stands here, where a test failed here.
    pub(super) failure: Option<usize>,
    /// Whether a failure stands within.
    pub(super) leads_to_failure: bool,
}

#[derive(Debug)]
pub(super) enum StepKind {
    Test(TestStep),
    Span {
        kind: SpanKind,
        name: String,
        failure: Option<FailureReport>,
        ended: bool,
    },
    Call(CallStep),
    Message {
        source: Source,
        text: String,
    },
    State {
        source: Source,
        state: State,
        detail: String,
    },
    Picture {
        file: String,
    },
    Saved {
        file: String,
    },
    Limit {
        limit: PassedLimit,
        in_progress: String,
        elapsed: Duration,
    },
    Component {
        file: String,
        tests: Option<usize>,
    },
    Skipped {
        lines: u64,
    },
    Serial {
        shown: bool,
    },
}

#[derive(Debug)]
pub(super) struct TestStep {
    pub(super) name: Arc<str>,
    pub(super) file: String,
    pub(super) description: String,
    pub(super) attempt: u32,
    pub(super) outcome: Option<Outcome>,
    pub(super) boot: Duration,
}

#[derive(Debug)]
pub(super) struct CallStep {
    pub(super) interface: String,
    pub(super) function: String,
    pub(super) action: String,
    pub(super) result: Option<String>,
    pub(super) command: Option<CommandReport>,
    pub(super) error: Option<ErrorReport>,
    pub(super) ended: bool,
}

/// The last lines of a machine's serial console.
#[derive(Debug)]
pub(super) struct Console {
    pub(super) machine: Arc<str>,
    pub(super) lines: VecDeque<(Duration, String)>,
    pub(super) bytes: usize,
    /// How many came before those.
    pub(super) dropped: u64,
}

impl Console {
    pub(super) fn push(&mut self, offset: Duration, line: String) {
        self.bytes += line.len();
        self.lines.push_back((offset, line));
        while self.lines.len() > bounds::CONSOLE_LINES || self.bytes > bounds::CONSOLE_BYTES {
            let Some((_, line)) = self.lines.pop_front() else { break };
            self.bytes -= line.len();
            self.dropped += 1;
        }
    }

    /// The last lines between two moments.
    pub(super) fn between(&self, start: Duration, end: Duration) -> impl Iterator<Item = &str> {
        let start = self.lines.partition_point(|(offset, _)| *offset < start);
        let end = self.lines.partition_point(|(offset, _)| *offset <= end);
        let from = end.saturating_sub(bounds::QUOTED_CONSOLE_LINES).max(start).min(end);
        self.lines.range(from..end).map(|(_, line)| line.as_str())
    }
}

/// What a machine or a VLAN was, when.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) source: Source,
    pub(super) states: Vec<(Duration, State)>,
}

impl Run {
    pub(super) fn step(&self, index: usize) -> Option<&Step> {
        self.steps.get(index)
    }

    /// A machine's console, made where it has none; none where there are too many.
    pub(super) fn console_mut(&mut self, machine: &Arc<str>) -> Option<&mut Console> {
        let consoles = &mut self.consoles;
        let known = consoles.iter().position(|console| console.machine == *machine);
        let index = match known {
            Some(index) => index,
            None if consoles.len() >= bounds::SOURCES => return None,
            None => {
                consoles.push(Console {
                    machine: Arc::clone(machine),
                    lines: VecDeque::new(),
                    bytes: 0,
                    dropped: 0,
                });
                consoles.len() - 1
            }
        };
        consoles.get_mut(index)
    }

    /// A machine's or VLAN's lane, made where it has none; none where there are too many.
    pub(super) fn lane_mut(&mut self, source: &Source) -> Option<&mut Lane> {
        let lanes = &mut self.lanes;
        let index = match lanes.iter().position(|lane| lane.source == *source) {
            Some(index) => index,
            None if lanes.len() >= bounds::SOURCES => return None,
            None => {
                let (source, states) = (source.clone(), Vec::new());
                lanes.push(Lane { source, states });
                lanes.len() - 1
            }
        };
        lanes.get_mut(index)
    }

    pub(super) fn console(&self, machine: &str) -> Option<&Console> {
        self.consoles.iter().find(|console| *console.machine == *machine)
    }

    /// The tests, each with its step.
    pub(super) fn tests(&self) -> impl DoubleEndedIterator<Item = (usize, &Step, &TestStep)> {
        self.tests.iter().filter_map(|index| {
            let step = self.step(*index)?;
            match &step.kind {
                StepKind::Test(test) => Some((*index, step, test)),
                _ => None,
            }
        })
    }

    /// The last attempt at each test.
    pub(super) fn last_attempts(&self) -> Vec<(usize, &Step, &TestStep)> {
        let mut last: Vec<(usize, &Step, &TestStep)> = Vec::new();
        let mut places = HashMap::new();
        for (index, step, test) in self.tests() {
            let place = places.get(&test.name).copied();
            let earlier = place.and_then(|place: usize| last.get_mut(place));
            match earlier.filter(|(_, _, earlier)| is_retry(earlier.attempt, test.attempt)) {
                Some(earlier) => *earlier = (index, step, test),
                None => {
                    places.insert(&test.name, last.len());
                    last.push((index, step, test));
                }
            }
        }
        last
    }
}

/// Spans and calls that are open, by their identity.
pub(super) type Open = HashMap<SpanId, usize>;
