//! How much later than at its limit a test is stopped that does not return.

use std::process::{Command, Stdio};
use std::time::Duration;

use proctor::event::EventKind;
use proctor::report::json_lines;
use proctor_tests::path_from_environment;

use crate::limits::OVERSHOOTS;
use crate::table::{Row, milliseconds};

/// Less than this.
const GOAL: Duration = Duration::from_millis(100);
/// The limit of each of the tests.
const LIMIT: Duration = Duration::from_secs(1);
/// The component, and its tests: each keeps the host busy in a way of its own.
const COMPONENT: &str = "program-hostile.wasm";
const TESTS: [&str; 6] = [
    "loops_without_end",
    "loops_in_a_drop",
    "logs_without_end",
    "prints_without_end",
    "writes_the_largest_file_without_end",
    "logs_the_largest_line_without_end",
];

/// Runs each of them. What counts is the worst.
pub(crate) fn measure() -> Row {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let record = scratch.path().join("events.jsonl");
    let mut worst = (Duration::ZERO, "");
    for test in TESTS.iter().cycle().take(TESTS.len() * OVERSHOOTS) {
        let mut run = Command::new(path_from_environment("PROCTOR_BIN"));
        run.arg("run")
            .arg(path_from_environment("PROCTOR_PROGRAMS").join(COMPONENT));
        run.args([
            "--test",
            test,
            "--timeout",
            &LIMIT.as_secs().to_string(),
            "--output-directory",
        ]);
        run.arg(scratch.path()).args(["--start-scripts", "--vlans"]);
        // What is not kept of a log costs nothing.
        run.args(["--limit", "log-size=1GiB", "--limit", "log-lines=1000000000"]);
        run.env("XDG_CACHE_HOME", scratch.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = run.status().unwrap_or_else(|error| panic!("{run:?}: {error}"));
        assert_eq!(status.code(), Some(1), "{run:?}");
        let late = elapsed(&std::fs::read(&record).expect("the record")).saturating_sub(LIMIT);
        if late > worst.0 {
            worst = (late, test);
        }
    }
    let (late, test) = worst;
    Row {
        what: format!(
            "the worst of {OVERSHOOTS} times {} endless tests, stopped late: {test}",
            TESTS.len()
        ),
        ours: milliseconds(late),
        floor_is: "the limit",
        floor: milliseconds(LIMIT),
        ratio: late.as_secs_f64() / LIMIT.as_secs_f64(),
        goal: format!("< {} ms", GOAL.as_millis()),
        met: late < GOAL,
    }
}

/// How long the test of a record took. Panics where none has ended.
fn elapsed(record: &[u8]) -> Duration {
    let mut time = None;
    let read = json_lines::read(record, |event| {
        if let EventKind::TestFinished { elapsed, .. } = event.kind {
            time = Some(elapsed);
        }
    });
    assert!(read.expect("a record"));
    time.expect("a test that has ended")
}
