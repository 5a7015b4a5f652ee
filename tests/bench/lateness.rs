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
/// A listener on [`PORT`]. It begins to listen some time after it was started: that is looked for without any pause, in
/// bash alone.
const LISTEN: &str = "nc -k -l 4000 & while :; do mapfile -t lines < /proc/net/tcp; \
    [[ ${lines[*]} != *:0FA0\\ 00000000:0000\\ 0A\\ * ]] || break; done; echo $EPOCHREALTIME > /dev/shm/stamp; wait";
/// A real service, which is active once it has slept for as long as it is told.
const SERVICE: &str =
    "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'sleep $(cat /dev/shm/after)'\n";

/// What is waited for, and how.
struct Event {
    what: &'static str,
    /// Bash that makes ready.
    prepare: String,
    /// Bash that has it happen in so many seconds.
    begin: fn(f64) -> String,
    /// Bash that prints when it was there, in seconds of the machine's clock.
    when: String,
    wait: fn(&Machine) -> std::pin::Pin<Box<dyn Future<Output = Result> + '_>>,
}

/// What happens without a service manager.
fn plain_events() -> [Event; 2] {
    // The wait may have been quicker than the note.
    let when = format!("until [[ -s {STAMP} ]]; do sleep 0.01; done; cat {STAMP}");
    [
        Event {
            what: "wait-for-file",
            prepare: format!("rm -f {FILE}; : > {STAMP}"),
            begin: |after| format!("(sleep {after}; {NOTE}; echo > {FILE}) > /dev/null 2>&1 &"),
            when: when.clone(),
            wait: |machine| Box::pin(machine.wait_for_file(FILE, Some(PATIENCE))),
        },
        Event {
            what: "wait-for-open-port",
            prepare: format!("while kill -9 $(pidof nc) 2> /dev/null; do sleep 0.05; done; : > {STAMP}"),
            begin: |after| format!("(sleep {after}; {LISTEN}) > /dev/null 2>&1 &"),
            when,
            wait: |machine| Box::pin(machine.wait_for_open_port(PORT, None, Some(PATIENCE))),
        },
    ]
}

fn service_event() -> Event {
    let shown = format!("systemctl show --timestamp=us+utc --value -p ActiveEnterTimestamp {UNIT}");
    Event {
        what: "wait-for-unit",
        prepare: format!("systemctl stop {UNIT}"),
        begin: |after| format!("echo {after} > /dev/shm/after; systemctl start --no-block {UNIT}"),
        when: format!("date -d \"$({shown})\" +%s.%N"),
        wait: |machine| Box::pin(machine.wait_for_unit(Unit::of(UNIT, None), Some(PATIENCE))),
    }
}

/// Has each thing happen some time after a wait for it has begun, and compares the machine's clock when it did with the
/// host's when the wait returned.
pub(crate) fn measure(measured: &MeasuredMachine) -> Vec<Row> {
    plain_events().iter().map(|event| row(measured, event)).collect()
}

/// The same for a service of a machine that runs systemd.
pub(crate) fn measure_service(measured: &MeasuredMachine) -> Row {
    measured.succeed(&format!(
        "systemctl is-system-running --wait; printf %s {} > /run/systemd/system/{UNIT}; systemctl daemon-reload",
        shell_quote(SERVICE)
    ));
    row(measured, &service_event())
}

fn shell_quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn row(measured: &MeasuredMachine, event: &Event) -> Row {
    let late: Vec<Duration> = (0..EVENTS)
        .map(|number| lateness(measured, event, FIRST_EVENT + LATER_BY * number))
        .collect();
    let looks: Vec<Duration> = (0..LOOKS).map(|_| look(measured, event)).collect();
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
    measured.succeed(&event.prepare);
    measured.succeed(&(event.begin)(after.as_secs_f64()));
    measured.drive(event.wait).unwrap_or_else(|error| panic!("{error}"));
    let noticed = now();
    let stamp = String::from_utf8_lossy(&measured.succeed(&event.when).stdout).into_owned();
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
