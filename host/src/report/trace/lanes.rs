//! The lanes, and what is open on each. Slices on a lane must nest, and spans need not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::event::SpanId;
use crate::limits::TRACE_TEXT_BYTES;
use crate::report::nest_stack::NestStack;

/// A lane: what viewers call a thread, of what they call a process.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    /// What belongs to no test.
    Run,
    Test(Arc<str>),
    MachineState(Arc<str>),
    MachineCalls(Arc<str>),
    MachineConsole(Arc<str>),
    Vlan(u32),
}

/// What a slice stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Slice {
    /// The lane's own: a test, a state, a component that is loaded.
    Own,
    Span(SpanId),
}

/// All lanes.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    known: BTreeMap<Lane, Open>,
    /// The lanes on which each test has begun something.
    of_tests: HashMap<Arc<str>, BTreeSet<Lane>>,
    /// The process of each machine.
    machines: BTreeMap<Arc<str>, u64>,
    /// How many lanes each process has.
    threads: BTreeMap<u64, u64>,
}

#[derive(Debug, Default)]
struct Open {
    process: u64,
    thread: u64,
    /// When the last thing happened on it: viewers want no lane to go back.
    last: Duration,
    /// What each open slice came to, where it has ended and what lies in it has not.
    slices: NestStack<Slice, Value>,
}

/// The processes that every trace has; machines follow.
const RUN: u64 = 1;
const TESTS: u64 = 2;
const VLANS: u64 = 3;
const FIRST_MACHINE: u64 = 4;

impl Lanes {
    /// A slice begins.
    pub(super) fn begin(
        &mut self,
        to: &mut Vec<Value>,
        lane: &Lane,
        slice: Slice,
        test: Option<&Arc<str>>,
        entry: Entry<'_>,
    ) {
        if let Some(test) = test {
            let lanes = self.of_tests.entry(Arc::clone(test)).or_default();
            lanes.insert(lane.clone());
        }
        let open = self.open(to, lane);
        to.push(open.event("B", &entry));
        open.slices.open(slice, test, Value::Null);
    }

    /// A slice ends. What lies in it and goes on keeps it open.
    pub(super) fn end(&mut self, to: &mut Vec<Value>, lane: &Lane, slice: &Slice, at: Duration, arguments: Value) {
        let Some(open) = self.known.get_mut(lane) else { return };
        if let Some(found) = open.slices.end(slice) {
            *found = arguments;
            open.shut(to, at);
        }
    }

    /// All slices that a test opened end, on whatever lane.
    pub(super) fn end_test(&mut self, to: &mut Vec<Value>, test: &Arc<str>, at: Duration) {
        for lane in self.of_tests.remove(test).unwrap_or_default() {
            if let Some(open) = self.known.get_mut(&lane) {
                open.slices.end_test(test, |_| {});
                open.shut(to, at);
            }
        }
    }

    /// All slices end: there is nothing more to tell.
    pub(super) fn end_all(&mut self, to: &mut Vec<Value>, at: Duration) {
        for open in self.known.values_mut() {
            open.slices
                .end_all(|came_to| *came_to = json!({"open": "to the end of the record"}));
            open.shut(to, at);
        }
    }

    /// Something that takes no time.
    pub(super) fn instant(&mut self, to: &mut Vec<Value>, lane: &Lane, entry: Entry<'_>) {
        let open = self.open(to, lane);
        let mut event = open.event("i", &entry);
        // On this lane alone.
        event["s"] = "t".into();
        to.push(event);
    }

    /// A lane, which is announced where it is new.
    fn open(&mut self, to: &mut Vec<Value>, lane: &Lane) -> &mut Open {
        let new = if self.known.contains_key(lane) {
            Open::default()
        } else {
            self.announce(to, lane)
        };
        self.known.entry(lane.clone()).or_insert(new)
    }

    fn announce(&mut self, to: &mut Vec<Value>, lane: &Lane) -> Open {
        let (process, of) = self.process(lane);
        let threads = self.threads.entry(process).or_insert(0);
        let mut metadata = |name: &str, thread: u64, arguments: Value| {
            to.push(json!({"ph": "M", "name": name, "pid": process, "tid": thread, "args": arguments}));
        };
        if *threads == 0 {
            metadata("process_name", 0, json!({"name": of}));
            metadata("process_sort_index", 0, json!({"sort_index": process}));
        }
        *threads += 1;
        let thread = process * MOST_THREADS + *threads;
        metadata("thread_name", thread, json!({"name": lane.name()}));
        metadata("thread_sort_index", thread, json!({"sort_index": lane.order(*threads)}));
        Open {
            process,
            thread,
            ..Open::default()
        }
    }

    /// The process that a lane belongs to, and its name.
    fn process(&mut self, lane: &Lane) -> (u64, String) {
        match lane {
            Lane::Run => (RUN, "run".into()),
            Lane::Test(_) => (TESTS, "tests".into()),
            Lane::Vlan(_) => (VLANS, "VLANs".into()),
            Lane::MachineState(machine) | Lane::MachineCalls(machine) | Lane::MachineConsole(machine) => {
                let next = FIRST_MACHINE + self.machines.len() as u64;
                let process = *self.machines.entry(Arc::clone(machine)).or_insert(next);
                (process, format!("machine {machine}"))
            }
        }
    }
}

/// Viewers tell threads apart by their numbers alone.
const MOST_THREADS: u64 = 1_000_000;

impl Lane {
    fn name(&self) -> String {
        match self {
            Self::Run => "components".into(),
            Self::Test(name) => name.to_string(),
            Self::MachineState(_) => "state".into(),
            Self::MachineCalls(_) => "calls".into(),
            Self::MachineConsole(_) => "console".into(),
            Self::Vlan(number) => format!("VLAN {number}"),
        }
    }

    /// Its place among those of its process: that of its beginning, but for machines', which are always in this order.
    fn order(&self, begun: u64) -> u64 {
        match self {
            Self::MachineState(_) => 1,
            Self::MachineCalls(_) => 2,
            Self::MachineConsole(_) => 3,
            Self::Run | Self::Test(_) | Self::Vlan(_) => begun,
        }
    }
}

/// Something to show.
pub(super) struct Entry<'a> {
    pub(super) at: Duration,
    pub(super) category: &'static str,
    pub(super) name: &'a str,
    pub(super) arguments: Value,
}

impl Open {
    fn event(&mut self, phase: &str, entry: &Entry<'_>) -> Value {
        self.last = self.last.max(entry.at);
        let mut event = json!({
            "ph": phase,
            "cat": entry.category,
            "name": shortened(entry.name),
            "ts": microseconds(self.last),
            "pid": self.process,
            "tid": self.thread,
        });
        if !entry.arguments.is_null() {
            event["args"] = entry.arguments.clone();
        }
        event
    }

    /// Shuts what has ended and holds nothing that has not.
    fn shut(&mut self, to: &mut Vec<Value>, at: Duration) {
        while let Some(came_to) = self.slices.close() {
            self.last = self.last.max(at);
            let mut event = json!({"ph": "E", "ts": microseconds(self.last), "pid": self.process, "tid": self.thread});
            if !came_to.is_null() {
                event["args"] = came_to;
            }
            to.push(event);
        }
    }
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// A text as long as a viewer can show.
pub(super) fn shortened(text: &str) -> String {
    let kept = text.floor_char_boundary(TRACE_TEXT_BYTES);
    match text.get(kept..) {
        Some("") | None => text.into(),
        Some(_) => format!("{}…", &text[..kept]),
    }
}
