//! From the start of the host to the first line of a test that was compiled before.

use std::process::{Command, Stdio};
use std::time::Duration;

use proctor_tests::path_from_environment;

use crate::first_line::first_line;
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
        let our = first_line(&mut run, TEST.2).time;
        let mut version = Command::new(&proctor);
        version.arg("--version").stdout(Stdio::piped()).stderr(Stdio::null());
        let floor = first_line(&mut version, "proctor").time;
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
