//! The price of a command that does nothing.

use std::time::{Duration, Instant};

use crate::bare_machine::BareMachine;
use crate::limits::{ROUND_TRIPS, ROUND_TRIPS_IN_A_ROW, WARM_UP_ROUND_TRIPS};
use crate::measured_machine::MeasuredMachine;
use crate::statistics::median;
use crate::table::{Row, milliseconds};

/// At most so many times a forked subshell.
const GOAL_RATIO: f64 = 1.5;
/// And less than this.
const GOAL: Duration = Duration::from_millis(20);

/// Runs it on both machines in turn: one call each, and then several in a row. Between commands the machine forks the next
/// subshell: a call that follows another at once waits for that, as the second row shows.
pub(crate) fn measure(measured: &mut MeasuredMachine, bare: &mut BareMachine) -> [Row; 2] {
    run(measured, bare, WARM_UP_ROUND_TRIPS, 1);
    let (our, floor) = run(measured, bare, ROUND_TRIPS, 1);
    let ratio = our.as_secs_f64() / floor.as_secs_f64();
    let single = Row {
        what: format!("succeed(\"true\"), median of {ROUND_TRIPS}"),
        ours: milliseconds(our),
        floor_is: "a forked subshell",
        floor: milliseconds(floor),
        ratio,
        goal: format!("ratio <= {GOAL_RATIO}, < {} ms", GOAL.as_millis()),
        met: ratio <= GOAL_RATIO && our < GOAL,
    };
    let (our, floor) = run(measured, bare, ROUND_TRIPS, ROUND_TRIPS_IN_A_ROW);
    let row = Row {
        what: format!("the same, {ROUND_TRIPS_IN_A_ROW} in a row"),
        ours: milliseconds(our),
        floor_is: "the same",
        floor: milliseconds(floor),
        ratio: our.as_secs_f64() / floor.as_secs_f64(),
        goal: format!("< {} ms", GOAL.as_millis()),
        met: our < GOAL,
    };
    [single, row]
}

/// The medians of ours and of the floor's.
fn run(measured: &mut MeasuredMachine, bare: &mut BareMachine, count: usize, in_a_row: usize) -> (Duration, Duration) {
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    while ours.len() < count {
        for _ in 0..in_a_row {
            let start = Instant::now();
            let output = measured.succeed("true").stdout;
            ours.push(start.elapsed());
            assert!(output.is_empty(), "`true` printed {output:?}");
        }
        for _ in 0..in_a_row {
            let start = Instant::now();
            bare.ask("(true)");
            floors.push(start.elapsed());
        }
    }
    (median(&ours), median(&floors))
}
