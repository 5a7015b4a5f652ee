//! Tests that mean harm or are broken: each fails for the right reason, in time, and the next one runs.

use std::time::Duration;

use proctor_tests::LATE;

use crate::invocation::Ended;
use crate::listing::tests_of;
use crate::programs::{Expected, check_with};
use crate::scene::{Scene, run_of};

/// The test limit given here.
const LIMIT: Duration = Duration::from_secs(1);

#[test]
fn hostile_tests_fail_for_their_reason_and_the_run_goes_on() {
    const EXITED: &str = "instead of returning";
    const TRAPPED: &str = "the test trapped: it reached `unreachable`";
    const MEMORY: &str = "the memory limit (--memory) of 256 MiB passed";
    let ends = "hostile/src/ends.rs:";
    let expected: [Expected<'_>; 20] = [
        (
            "passes_on_that_there_is_no_such_machine",
            &[
                ("message", "no machine is called `printer`; there are `machine`"),
                ("place", "hostile/src/calls.rs:"),
            ],
        ),
        (
            "panics_with_a_message",
            &[
                ("message", "the message of the panic"),
                ("place", ends),
                ("backtrace", "program_hostile::ends::panics_with_a_message"),
            ],
        ),
        (
            "panics_with_something_that_is_not_a_text",
            &[
                ("message", "not a text"),
                ("place", ends),
                (
                    "backtrace",
                    "program_hostile::ends::panics_with_something_that_is_not_a_text",
                ),
            ],
        ),
        (
            "panics_with_a_message_of_a_megabyte",
            &[("message", "xxxxxxxx"), ("message", " more bytes]"), ("place", ends)],
        ),
        (
            "panics_inside_subtests",
            &[
                ("message", "the message of the panic"),
                ("subtest", "outer > inner"),
                ("place", ends),
                ("backtrace", "program_hostile::ends::panics_inside_subtests"),
            ],
        ),
        (
            "panics_in_a_drop",
            &[
                ("message", "in a drop"),
                ("place", ends),
                ("backtrace", "panics_in_a_drop"),
            ],
        ),
        (
            "returns_an_error",
            &[("message", "the message of the error"), ("place", ends)],
        ),
        (
            "returns_an_error_of_a_megabyte",
            &[("message", "xxxxxxxx"), ("message", " more bytes]"), ("place", ends)],
        ),
        (
            "returns_an_error_of_the_standard_library",
            &[
                ("message", "invalid utf-8 sequence of 1 bytes from index 0"),
                ("place", ends),
            ],
        ),
        (
            "returns_the_error_of_a_command_with_binary_output",
            &[
                ("status", "1"),
                ("output", "red"),
                ("call", "succeed("),
                ("place", ends),
            ],
        ),
        (
            "traps_without_a_word",
            &[
                ("message", TRAPPED),
                ("backtrace", "program_hostile::ends::traps_without_a_word"),
            ],
        ),
        (
            "aborts",
            &[("message", TRAPPED), ("backtrace", "program_hostile::ends::aborts")],
        ),
        (
            "exits_with_success",
            &[
                ("message", "the test exited with success"),
                ("message", EXITED),
                ("backtrace", "exits_with_success"),
            ],
        ),
        (
            "exits_with_failure",
            // WASI 0.2 knows success and failure only.
            &[
                ("message", "the test exited with an error"),
                ("message", EXITED),
                ("backtrace", "exits_with_failure"),
            ],
        ),
        (
            "panics_while_its_machine_is_busy",
            &[("message", "the machine is still busy"), ("elapsed", "(boot ")],
        ),
        (
            "allocates_without_end",
            &[
                ("message", MEMORY),
                ("backtrace", "program_hostile::floods::allocates_without_end"),
            ],
        ),
        (
            "allocates_a_gigabyte_and_a_half",
            &[("message", MEMORY), ("backtrace", "allocates_a_gigabyte_and_a_half")],
        ),
        (
            "hands_over_too_much_in_one_call",
            &[
                ("message", "the call size limit (--limit call-size) of 32 MiB passed"),
                ("backtrace", "program_hostile::floods::hands_over_too_much_in_one_call"),
            ],
        ),
        (
            "recurses_without_end",
            &[
                ("message", "stack"),
                ("backtrace", "recurses_without_end::deeper"),
                ("backtrace", " more"),
            ],
        ),
        (
            "holds_machines_without_end",
            &[
                (
                    "message",
                    "the handle limit (--limit handles) of 10000 passed: the test holds so many",
                ),
                ("backtrace", "holds_machines"),
            ],
        ),
    ];
    let spans: Expected<'_> = (
        "opens_spans_without_end",
        &[
            (
                "message",
                "the span limit (--limit open-spans) of 1000 passed: the test has so many open",
            ),
            ("backtrace", "proctor_sdk::span::group"),
        ],
    );
    let expected: Vec<_> = expected.into_iter().chain([spans]).collect();
    let tests: Vec<_> = tests_of("hostile")
        .into_iter()
        .filter(|test| !test.is("endless") && !test.is("flood"))
        .collect();
    check_with("hostile", tests, &["machine"], &["--memory", "256"], 2, &expected);
}

/// The time that a test took, its boot not counted, from its verdict `FAIL name  2.07 s (boot 0.07 s)`.
pub fn elapsed(ended: &Ended, test: &str) -> Duration {
    let report = ended.report();
    let text = report
        .failure(test)
        .field("elapsed")
        .rsplit("the test ")
        .next()
        .unwrap()
        .to_owned();
    let mut seconds = text.split([' ', '(', ')']).filter_map(|word| word.parse::<f64>().ok());
    let (all, boot) = (seconds.next().unwrap(), seconds.next().unwrap_or_default());
    Duration::from_secs_f64((all - boot).max(0.0))
}

/// Runs endless tests under a limit and checks that each is stopped by it, in time.
fn check_endless(wanted: &[&str]) {
    let scene = Scene::new();
    let scripts = [scene.machine("machine", "")];
    let mut more = vec!["--quiet", "--timeout", "1s"];
    more.extend(wanted.iter().flat_map(|test| ["--test", test]));
    let ended = scene.run(run_of("hostile", &scripts, &more)).expect(1);
    let report = ended.report();
    assert_eq!(report.verdicts.len(), wanted.len(), "{:?}", report.verdicts);
    for test in wanted {
        assert_eq!(report.verdict(test), "FAIL");
        report
            .failure(test)
            .says("message", "timed out: the test limit (--timeout) of 1.00 s passed");
        let elapsed = elapsed(&ended, test);
        assert!(elapsed >= LIMIT && elapsed < LIMIT + LATE, "{test} took {elapsed:?}");
    }
}

const IN_WASM: [&str; 3] = ["loops_without_end", "calls_without_end", "loops_in_a_drop"];
const IN_THE_HOST: [&str; 5] = [
    "waits_in_the_host",
    "waits_for_success_in_the_host",
    "sleeps_as_long_as_can_be_said",
    "sleeps_in_wasi",
    "boots_without_end",
];
const PRINTING: [&str; 2] = ["logs_without_end", "prints_without_end"];
/// With as much in each call as it may bear.
const HANDING_OVER: [&str; 2] = [
    "writes_the_largest_file_without_end",
    "logs_the_largest_line_without_end",
];
/// With a machine that never comes up.
const NEVER_UP: [&str; 2] = ["launches_without_end", "waits_in_vain_for_a_boot"];
const OWN_LIMIT: &str = "loops_past_its_own_limit";

#[test]
fn every_endless_test_is_among_those_checked_here() {
    let mut tests: Vec<_> = tests_of("hostile")
        .into_iter()
        .filter(|test| test.is("endless"))
        .collect();
    tests.retain(|test| {
        let name = test.name.as_str();
        let known = [
            &IN_WASM[..],
            &IN_THE_HOST,
            &PRINTING,
            &HANDING_OVER,
            &NEVER_UP,
            &[OWN_LIMIT],
        ];
        !known.iter().any(|tests| tests.contains(&name))
    });
    assert!(tests.is_empty(), "{tests:?}");
}

#[test]
fn an_endless_test_is_stopped_while_wasm_runs() {
    check_endless(&IN_WASM);
}

#[test]
fn an_endless_test_is_stopped_while_the_host_works() {
    check_endless(&IN_THE_HOST);
}

#[test]
fn an_endless_test_is_stopped_while_it_prints() {
    check_endless(&PRINTING);
}

#[test]
fn an_endless_test_is_stopped_while_it_hands_over_much() {
    check_endless(&HANDING_OVER);
}

#[test]
fn an_endless_test_is_stopped_where_its_machine_does_not_boot() {
    for test in NEVER_UP {
        let scene = Scene::new();
        let scripts = [scene.machine("machine", "--fake-handshake never")];
        let more = ["--quiet", "--test", test, "--timeout", "1s", "--boot-timeout", "2s"];
        let ended = scene.run(run_of("hostile", &scripts, &more));
        ended
            .report()
            .failure(test)
            .says("message", "timed out: the test limit (--timeout) of 1.00 s passed")
            .says("in progress", "machine: ");
        let elapsed = elapsed(&ended, test);
        assert!(elapsed >= LIMIT && elapsed < LIMIT + LATE, "{test} took {elapsed:?}");
        // No more than one boot went before.
        let boot = Duration::from_secs(2);
        assert!(ended.elapsed < boot + LIMIT + LATE, "{test}: {:?}", ended.elapsed);
    }
}

#[test]
fn what_a_test_logs_is_bounded() {
    let scene = Scene::new();
    let ended = scene
        .run(run_of("hostile", &[], &["--test", "logs_more_than_is_kept"]))
        .expect(0);
    ended.says("warning: the log size limit (--limit log-size) of 64 MiB passed; what else the test logs is not shown");
}

#[test]
fn a_million_lines_are_bounded() {
    let scene = Scene::new();
    let more = ["--quiet", "--test", "logs_a_million_lines"];
    let ended = scene.run(run_of("hostile", &[], &more)).expect(0);
    ended.says(
        "warning: the log lines limit (--limit log-lines) of 1000000 passed; what else the test logs is not shown",
    );
}

#[test]
fn a_gigabyte_is_not_taken_in_one_call() {
    let scene = Scene::new();
    let test = "hands_over_a_gigabyte_in_one_call";
    let ended = scene
        .run(run_of("hostile", &[], &["--memory", "3GiB", "--test", test]))
        .expect(1);
    ended
        .report()
        .failure(test)
        .says("message", "the call size limit (--limit call-size) of 32 MiB passed")
        .says("backtrace", test);
}

#[test]
fn a_line_that_a_test_logs_is_bounded() {
    let scene = Scene::new();
    let ended = scene
        .run(run_of("hostile", &[], &["--test", "logs_a_line_of_a_megabyte"]))
        .expect(0);
    ended.says("xxxx [983040 more bytes]");
    let longest = ended.stderr.lines().map(str::len).max().unwrap_or_default();
    assert!(longest > 1 << 16 && longest < (1 << 16) + 100, "{longest}");
}

#[test]
fn a_test_is_stopped_by_its_own_limit_where_that_is_shorter() {
    let scene = Scene::new();
    let ended = scene
        .run(run_of("hostile", &[], &["--test", OWN_LIMIT, "--timeout", "50s"]))
        .expect(1);
    ended
        .report()
        .failure(OWN_LIMIT)
        .says("message", "timed out: the test's own limit of 1.00 s passed")
        .says("in progress", "the test's own code");
    assert!(elapsed(&ended, OWN_LIMIT) < LIMIT + LATE, "{}", ended.stderr);
}

#[test]
fn a_test_that_waits_in_the_host_is_told_with_its_call() {
    let scene = Scene::new();
    let scripts = [scene.machine("machine", "")];
    let more = ["--test", "waits_in_the_host", "--timeout", "1s"];
    let ended = scene.run(run_of("hostile", &scripts, &more)).expect(1);
    let report = ended.report();
    report
        .failure("waits_in_the_host")
        .says("in progress", "machine: execute(\"sleep 1000\"), for ");
}
