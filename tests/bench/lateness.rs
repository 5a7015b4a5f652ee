//! How late a wait notices what it waits for.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use proctor::error::Result;
use proctor::machine::{Machine, Unit};

use crate::limits::{CLOCK_LOOKS, EVENTS, FIRST_EVENT, LATER_BY, LOOKS, PATIENCE};
use crate::measured_machine::MeasuredMachine;
use crate::statistics::{median, spread};
use crate::table::{Row, milliseconds};

/// Less than this.
const GOAL: Duration = Duration::from_millis(100);
/// What is waited for.
const FILE: &str = "/dev/shm/event";
const UNIT: &str = "event.service";
const PORT: u16 = 4000;
/// Where the machine notes when it was there.
const STAMP: &str = "/dev/shm/stamp";
/// Bash that does that.
const NOTE: &str = "echo $EPOCHREALTIME > /dev/shm/stamp";
/// The machine has no service manager. This one tells a unit's state as `systemctl show` does; the real one is a program
/// that takes longer to start.
const SYSTEMCTL: &str = "#!/bin/bash\nread -r state < /dev/shm/state\n\
    printf 'ActiveState=%s\\nSubState=x\\nLoadState=loaded\\n' \"$state\"\n";

/// What is waited for, and how.
struct Event {
    what: &'static str,
    /// Bash that makes ready.
    prepare: String,
    /// Bash that brings it about and notes the time.
    happen: String,
    wait: fn(&Machine) -> std::pin::Pin<Box<dyn Future<Output = Result> + '_>>,
}

fn events() -> [Event; 3] {
    [
        Event {
            what: "wait-for-file",
            prepare: format!("rm -f {FILE}"),
            happen: format!("{NOTE}; echo > {FILE}"),
            wait: |machine| Box::pin(machine.wait_for_file(FILE, Some(PATIENCE))),
        },
        Event {
            what: "wait-for-unit",
            prepare: "echo activating > /dev/shm/state".into(),
            happen: format!("{NOTE}; echo active > /dev/shm/state"),
            wait: |machine| Box::pin(machine.wait_for_unit(Unit::of(UNIT, None), Some(PATIENCE))),
        },
        Event {
            what: "wait-for-open-port",
            prepare: format!("while kill -9 $(pidof nc) 2> /dev/null; do sleep 0.05; done; rm -f {FILE}"),
            // It begins to listen some time after it was started. That is looked for without any pause, in bash alone.
            happen: format!(
                "nc -k -l {PORT} & while :; do mapfile -t lines < /proc/net/tcp; \
                 [[ ${{lines[*]}} != *:{PORT:04X}\\ 00000000:0000\\ 0A\\ * ]] || break; done; {NOTE}; wait"
            ),
            wait: |machine| Box::pin(machine.wait_for_open_port(PORT, None, Some(PATIENCE))),
        },
    ]
}

/// Has each thing happen some time after a wait for it has begun, and compares the machine's clock when it did with the
/// host's when the wait returned.
pub(crate) fn measure(measured: &mut MeasuredMachine) -> Vec<Row> {
    let install = format!(
        "printf %s '{}' > /usr/local/bin/systemctl",
        SYSTEMCTL.replace('\'', "'\\''")
    );
    measured.succeed(&format!(
        "{install}; chmod 755 /usr/local/bin/systemctl; systemctl --version"
    ));
    events().iter().map(|event| row(measured, event)).collect()
}

fn row(measured: &MeasuredMachine, event: &Event) -> Row {
    let late: Vec<Duration> = (0..EVENTS)
        .map(|number| lateness(measured, event, FIRST_EVENT + LATER_BY * number))
        .collect();
    let looks: Vec<Duration> = (0..LOOKS).map(|_| look(measured, event)).collect();
    measured.succeed(&event.prepare);
    let (our, floor) = (median(&late), median(&looks));
    Row {
        what: format!("{}: noticed late by, median of {EVENTS}", event.what),
        ours: format!("{} ({})", milliseconds(our), spread(&late)),
        floor_is: "one look",
        floor: milliseconds(floor),
        ratio: our.as_secs_f64() / floor.as_secs_f64(),
        goal: format!("< {} ms", GOAL.as_millis()),
        met: our < GOAL,
    }
}

/// One wait, for what happens so long after it was set going.
fn lateness(measured: &MeasuredMachine, event: &Event, after: Duration) -> Duration {
    let ahead = clock_ahead(measured);
    measured.succeed(&format!("{}; : > {STAMP}", event.prepare));
    let (seconds, happen) = (after.as_secs_f64(), &event.happen);
    let begin = format!("(sleep {seconds}; {happen}) > /dev/null 2>&1 &");
    measured.succeed(&begin);
    measured.drive(event.wait).unwrap_or_else(|error| panic!("{error}"));
    let noticed = now();
    // The wait may have been quicker than the note.
    let read = format!("until [[ -s {STAMP} ]]; do sleep 0.01; done; cat {STAMP}");
    let stamp = String::from_utf8_lossy(&measured.succeed(&read).stdout).into_owned();
    // It may have come earlier than was thought, by half of what a look at the clock took.
    Duration::from_secs_f64((noticed - (seconds_of(&stamp) - ahead)).max(0.0))
}

/// How much the machine's clock is ahead of the host's, in seconds: by the shortest of several looks at it, in the
/// middle of which the machine is taken to have looked.
fn clock_ahead(measured: &MeasuredMachine) -> f64 {
    let looks = (0..CLOCK_LOOKS).map(|_| {
        let before = now();
        let answer = measured.succeed("echo $EPOCHREALTIME").stdout;
        let after = now();
        let there = seconds_of(&String::from_utf8_lossy(&answer));
        (after - before, there - (before + after) / 2.0)
    });
    let shortest = looks.min_by(|one, other| one.0.total_cmp(&other.0));
    shortest.expect("there are looks").1
}

/// What a wait takes where there is nothing to wait for.
fn look(measured: &MeasuredMachine, event: &Event) -> Duration {
    // A listener that is there already.
    if event.what == "wait-for-open-port" {
        let listen = format!(
            "{}; ({}) > /dev/null 2>&1 & until grep -q ':{PORT:04X} .* 0A' /proc/net/tcp; do sleep 0.05; done",
            event.prepare, event.happen
        );
        measured.succeed(&listen);
    }
    let start = Instant::now();
    measured.drive(event.wait).unwrap_or_else(|error| panic!("{error}"));
    start.elapsed()
}

/// The host's clock, in seconds.
fn now() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("a clock past 1970").as_secs_f64()
}

fn seconds_of(text: &str) -> f64 {
    text.trim().parse().unwrap_or_else(|_| panic!("{text:?} is no time"))
}
