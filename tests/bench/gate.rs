//! What polling conditions cost a call while none of them is due.

use std::hint::black_box;
use std::time::{Duration, Instant};

use proctor::polling::Polling;

use crate::limits::{GATE_CALLS, GATE_CONDITIONS};
use crate::table::Row;

/// Less than this, whatever the computer.
const GOAL: Duration = Duration::from_micros(5);

/// Has calls pass while conditions are entered that have just been evaluated.
pub(crate) fn measure() -> Row {
    let polling = Polling::default();
    let hour = Some(Duration::from_secs(3600));
    for number in 0..GATE_CONDITIONS {
        let condition = polling.add(&format!("condition {number}"), hour);
        polling.enter(condition).expect("it can be entered");
        polling.begin_evaluation(condition).expect("nothing else is evaluated");
        polling.end_evaluation(condition, Ok(())).expect("it holds");
    }
    let ours = each(|| assert!(black_box(&polling).gate().is_ok(), "nothing is due"));
    let floor = each(|| {
        black_box(Instant::now());
    });
    Row {
        what: format!("a call's look at {GATE_CONDITIONS} conditions"),
        ours: nanoseconds(ours),
        floor_is: "one look at the clock",
        floor: nanoseconds(floor),
        ratio: ours.as_secs_f64() / floor.as_secs_f64(),
        goal: format!("< {} us", GOAL.as_micros()),
        met: ours < GOAL,
    }
}

fn each(call: impl Fn()) -> Duration {
    let start = Instant::now();
    (0..GATE_CALLS).for_each(|_| call());
    start.elapsed() / GATE_CALLS
}

fn nanoseconds(time: Duration) -> String {
    format!("{} ns", time.as_nanos())
}
