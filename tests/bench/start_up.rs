//! From the start of the host to the first line of a test that was compiled before.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use proctor_tests::path_from_environment;

use crate::limits::{STARTS, WARM_UP_STARTS};
use crate::statistics::median;
use crate::table::{Row, milliseconds};

/// Less than this.
const GOAL: Duration = Duration::from_millis(30);
/// A component, one of its tests, and what that says first.
const TEST: (&str, &str, &str) = ("program-log.wasm", "every_level_is_written", "a line of level Info");

/// Starts the host with and without a test in turn.
pub(crate) fn measure() -> Row {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let proctor = path_from_environment("PROCTOR_BIN");
    let component = path_from_environment("PROCTOR_PROGRAMS").join(TEST.0);
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for number in 0..WARM_UP_STARTS + STARTS {
        let mut run = Command::new(&proctor);
        run.arg("run")
            .arg(&component)
            .args(["--test", TEST.1, "--output-directory"])
            .arg(scratch.path());
        run.args(["--start-scripts", "--vlans"]);
        // A cache of its own: what others compiled is in nobody's way here.
        run.env("XDG_CACHE_HOME", scratch.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let our = time_to_line(&mut run, TEST.2);
        let mut version = Command::new(&proctor);
        version.arg("--version").stdout(Stdio::piped()).stderr(Stdio::null());
        let floor = time_to_line(&mut version, "proctor");
        if number >= WARM_UP_STARTS {
            ours.push(our);
            floors.push(floor);
        }
    }
    let (our, floor) = (median(&ours), median(&floors));
    Row {
        what: format!("start to a test's first line, median of {STARTS}"),
        ours: milliseconds(our),
        floor_is: "--version",
        floor: milliseconds(floor),
        ratio: our.as_secs_f64() / floor.as_secs_f64(),
        goal: format!("< {} ms", GOAL.as_millis()),
        met: our < GOAL,
    }
}

/// Runs a program to its end and returns the time from its start until a line with this text. Panics where there is
/// none or the program fails.
fn time_to_line(command: &mut Command, text: &str) -> Duration {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let outputs = [
        child.stdout.take().map(|output| Box::new(output) as Box<dyn Read>),
        child.stderr.take().map(|output| Box::new(output) as Box<dyn Read>),
    ];
    let output = outputs.into_iter().flatten().next().expect("one output is a pipe");
    let (mut time, mut seen) = (None, String::new());
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if line.contains(text) {
            time.get_or_insert_with(|| start.elapsed());
        }
        seen.push_str(&line);
        seen.push('\n');
    }
    let status = child.wait().expect("the program's status");
    match time {
        Some(time) if status.success() => time,
        _ => panic!("{command:?} ended with {status} and said:\n{seen}"),
    }
}
