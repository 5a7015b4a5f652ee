//! The price of a command that does nothing.

use std::time::{Duration, Instant};

use crate::bare_machine::BareMachine;
use crate::limits::{ROUND_TRIPS, WARM_UP_ROUND_TRIPS};
use crate::measured_machine::MeasuredMachine;
use crate::statistics::median;
use crate::table::{Row, milliseconds};

/// At most so many times a forked subshell.
const GOAL_RATIO: f64 = 1.5;
/// And less than this.
const GOAL: Duration = Duration::from_millis(20);

/// Runs it on both machines in turn.
pub(crate) fn measure(measured: &mut MeasuredMachine, bare: &mut BareMachine) -> Row {
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for number in 0..WARM_UP_ROUND_TRIPS + ROUND_TRIPS {
        let start = Instant::now();
        let output = measured.succeed("true").stdout;
        let our = start.elapsed();
        assert!(output.is_empty(), "`true` printed {output:?}");
        let start = Instant::now();
        bare.ask("(true)");
        let floor = start.elapsed();
        if number >= WARM_UP_ROUND_TRIPS {
            ours.push(our);
            floors.push(floor);
        }
    }
    let (our, floor) = (median(&ours), median(&floors));
    let ratio = our.as_secs_f64() / floor.as_secs_f64();
    Row {
        what: format!("succeed(\"true\"), median of {ROUND_TRIPS}"),
        ours: milliseconds(our),
        floor_is: "a forked subshell",
        floor: milliseconds(floor),
        ratio,
        goal: format!("ratio <= {GOAL_RATIO}, < {} ms", GOAL.as_millis()),
        met: ratio <= GOAL_RATIO && our < GOAL,
    }
}
