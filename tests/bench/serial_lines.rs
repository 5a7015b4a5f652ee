//! A flood on the serial console, counted line by line.

use crate::bare_machine::BareMachine;
use crate::limits::{FLOODS, SERIAL_LINES};
use crate::measured_machine::MeasuredMachine;
use crate::statistics::median;
use crate::table::Row;

/// None lost; and at least this part of the floor's rate, or the guest would have had to wait for us.
const GOAL_RATIO: f64 = 0.5;
/// What stands before a line's number: as much as a kernel's line has.
const BEGINNING: &str = "a line on the serial console, as long as many are, number ";
/// Where the guest has the lines: making them takes time, too.
const FILE: &str = "/dev/shm/flood";

/// Writes the same lines on both machines in turn.
pub(crate) fn measure(measured: &mut MeasuredMachine, bare: &mut BareMachine) -> Row {
    let make = format!("seq -f '{BEGINNING}%05.0f' {SERIAL_LINES} > {FILE}");
    // And an empty line after what the firmware left without a line end.
    let make = format!("{make}; echo > /dev/ttyS0");
    measured.succeed(&make);
    bare.ask(&make);
    let write = format!("cat {FILE} > /dev/ttyS0");
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    let (mut our_losses, mut floor_losses) = (0, 0);
    for _ in 0..FLOODS {
        measured.serial.begin(&line(SERIAL_LINES));
        measured.succeed(&write);
        let (lines, time) = measured.serial.end();
        our_losses += losses(lines.iter().map(String::as_str));
        ours.push(time);
        let last = format!("{}\r\n", line(SERIAL_LINES));
        let (bytes, time) = bare.read_serial(&write, last.as_bytes());
        floor_losses += losses(String::from_utf8_lossy(&bytes).lines());
        floors.push(time);
    }
    let (our, floor) = (median(&ours), median(&floors));
    let ratio = floor.as_secs_f64() / our.as_secs_f64();
    let describe = |time: std::time::Duration, losses: usize| {
        format!("{:.0} lines/s, {losses} lost", SERIAL_LINES as f64 / time.as_secs_f64())
    };
    Row {
        what: format!("{SERIAL_LINES} serial lines, median of {FLOODS}"),
        ours: describe(our, our_losses),
        floor_is: "a reader of QEMU's output",
        floor: describe(floor, floor_losses),
        ratio,
        goal: format!("0 lost, ratio >= {GOAL_RATIO}"),
        met: our_losses == 0 && ratio >= GOAL_RATIO,
    }
}

fn line(number: usize) -> String {
    format!("{BEGINNING}{number:05}")
}

/// How many lines did not come, in their order and unchanged.
fn losses<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    let mut lines = lines.filter(|line| line.starts_with(BEGINNING)).peekable();
    let came = |number: &usize| lines.next_if(|came| **came == line(*number)).is_some();
    SERIAL_LINES - (1..=SERIAL_LINES).filter(came).count()
}
