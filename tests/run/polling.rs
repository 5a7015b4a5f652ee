//! Polling conditions: what they guarantee, and what a test tries against them.

use std::time::Duration;

use proctor_tests::LATE;

use crate::hostile::elapsed;
use crate::listing::{Listed, tests_of};
use crate::programs::{Expected, check_with};
use crate::scene::{Scene, run_of};

/// The condition limit given here.
const LIMIT: Duration = Duration::from_secs(1);
const ARGUMENTS: [&str; 2] = ["--condition-timeout", "1s"];

fn tests(program: &str, wanted: impl Fn(&Listed) -> bool) -> Vec<Listed> {
    tests_of(program).into_iter().filter(wanted).collect()
}

#[test]
fn conditions_are_looked_at_when_they_should_be() {
    let expected: [Expected<'_>; 3] = [
        (
            "is_broken_when_the_last_guard_is_dropped",
            &[(
                "message",
                "Polling condition failed: nothing is broken: machine `machine`: fail(",
            )],
        ),
        (
            "panics_in_a_condition",
            &[
                ("message", "Polling condition failed: is sane: "),
                ("message", "the world is upside down"),
                ("place", "polling/src/failing.rs:"),
            ],
        ),
        (
            "leaves_a_condition_entered",
            &[(
                "message",
                "Polling condition failed: for ever: it was still entered when the test ended",
            )],
        ),
    ];
    let wanted = |test: &Listed| !test.is("endless") && !test.is("granted");
    check_with(
        "polling",
        tests("polling", wanted),
        &["machine"],
        &ARGUMENTS,
        2,
        &expected,
    );
    let arguments = ["--allow-monitor"];
    let wanted = |test: &Listed| test.is("granted");
    check_with("polling", tests("polling", wanted), &["machine"], &arguments, 1, &[]);
}

#[test]
fn nobody_gets_around_a_condition() {
    let expected: [Expected<'_>; 2] = [
        (
            "leaves_one_entered",
            &[("message", "Polling condition failed: for ever: it was still entered")],
        ),
        (
            "evaluates_without_end",
            &[
                (
                    "message",
                    "Polling condition failed: evaluated for ever: its evaluation timed out",
                ),
                ("message", "the condition limit (--condition-timeout) of 1.00 s passed"),
            ],
        ),
    ];
    let tests = tests_of("hostile-polling");
    check_with("hostile-polling", tests, &["machine"], &ARGUMENTS, 2, &expected);
}

#[test]
fn an_endless_evaluation_is_stopped_in_time() {
    let tests = tests("polling", |test| test.is("endless"));
    let scene = Scene::new();
    let scripts = [scene.machine("machine", "")];
    let mut more = vec!["--quiet"];
    more.extend(ARGUMENTS);
    more.extend(tests.iter().flat_map(|test| ["--test", &test.name]));
    let ended = scene.run(run_of("polling", &scripts, &more)).expect(1);
    let report = ended.report();
    assert_eq!(report.verdicts.len(), tests.len(), "{:?}", report.verdicts);
    for Listed { name: test, .. } in &tests {
        assert_eq!(report.verdict(test), "FAIL");
        report.failure(test).says(
            "message",
            "its evaluation timed out: the condition limit (--condition-timeout) of 1.00 s passed",
        );
        let elapsed = elapsed(&ended, test);
        assert!(elapsed >= LIMIT && elapsed < LIMIT + LATE, "{test} took {elapsed:?}");
    }
}
