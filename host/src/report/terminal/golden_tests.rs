//! Runs of every kind, and the text that they give.

mod waiting;

use std::path::Path;
use std::time::Duration;

use super::event_script::{Script, Shared, play_failing_test, play_passing_run};
use super::{Terminal, TerminalOptions, bounds};
use crate::event::{
    Counts, ErrorReport, EventKind, FailureReport, Level, MachineReport, Outcome, PassedLimit, Reporter, SelectedTest,
    Source, SpanKind, State,
};

fn assert_golden(actual: &str, golden: &str) {
    assert!(actual == golden, "written:\n{actual}\nexpected:\n{golden}");
    assert!(
        actual.lines().all(|line| !line.ends_with(' ')),
        "white space at the end of a line"
    );
}

const FAILED: Counts = Counts {
    passed: 0,
    failed: 1,
    could_not_run: 0,
    host_failed: 0,
    not_run: 0,
};

#[test]
fn a_passing_run() {
    let mut script = Script::plain();
    play_passing_run(&mut script);
    assert_golden(&script.finish(), include_str!("golden/passing_run.txt"));
}

#[test]
fn a_failing_command() {
    let mut script = Script::plain();
    play_failing_test(&mut script, "serves_pages");
    script
        .at(500)
        .state("client", State::Down, "signal: 9 (SIGKILL)")
        .at(510)
        .end(FAILED);
    assert_golden(&script.finish(), include_str!("golden/failing_command.txt"));
}

#[test]
fn a_trap() {
    let mut script = Script::plain();
    script.at(5).test("divides").open(1, SpanKind::Subtest, "by nothing");
    let failure = FailureReport {
        message: "wasm trap: integer divide by zero".into(),
        place: Some("src/lib.rs:7:5".into()),
        backtrace: vec![
            "divides::by (src/lib.rs:7:5)".into(),
            "divides::run (src/lib.rs:3:1)".into(),
            "proctor:driver/tests#run".into(),
        ],
        ..FailureReport::default()
    };
    script.at(9).outcome(Outcome::Failed(failure), 4, 0).end(FAILED);
    assert_golden(&script.finish(), include_str!("golden/trap.txt"));
}

#[test]
fn a_passed_test_limit() {
    let mut script = Script::plain();
    script
        .at(5)
        .test("waits")
        .at(100)
        .calls(1, "server", "wait_until_succeeds(\"test -e /never\")");
    let failure = FailureReport {
        message: "timed out: the test limit (--timeout) of 2.00 s passed".into(),
        in_progress: Some("machine `server`: wait_until_succeeds(\"test -e /never\"), for 1.90 s".into()),
        limit: Some(PassedLimit {
            name: "timeout".into(),
            value: "2.00 s".into(),
        }),
        machines: vec![MachineReport {
            console: (1..=bounds::CALL_CONSOLE_LINES + 1)
                .map(|line| format!("line {line}"))
                .collect(),
            ..waited_for(1)
        }],
        ..FailureReport::default()
    };
    script.at(2_005).outcome(Outcome::Failed(failure), 2_000, 0);
    script.at(2_100).returns(1, 2_000, None).end(FAILED);
    assert_golden(&script.finish(), include_str!("golden/test_limit.txt"));
}

#[test]
fn a_machine_that_goes_down_a_bug_of_ours_and_an_interrupt() {
    let mut script = Script::plain();
    let error = ErrorReport {
        kind: "command-failed".into(),
        limit: None,
        machine: Some("server".into()),
        action: "start()".into(),
        message: "machine is down (exit status: 1)".into(),
        elapsed: Duration::from_millis(20),
        command: None,
        console: vec!["qemu: could not load kernel".into(), "  no such file".into()],
        journal: Vec::new(),
    };
    let message = format!("machine `server`: start(): {} (after 0.02 s)", error.message);
    let failure = FailureReport {
        message,
        error: Some(error),
        ..FailureReport::default()
    };
    let other = FailureReport {
        message: "it happened".into(),
        ..FailureReport::default()
    };
    script
        .test("first")
        .at(20)
        .outcome(Outcome::CouldNotRun(failure), 20, 20);
    script
        .test("second")
        .at(30)
        .outcome(Outcome::HostFailed(other.clone()), 10, 0);
    script.test("third").at(40).outcome(Outcome::Interrupted(other), 10, 0);
    script.end(Counts {
        could_not_run: 1,
        host_failed: 1,
        not_run: 2,
        ..Counts::default()
    });
    assert_golden(&script.finish(), include_str!("golden/other_outcomes.txt"));
}

#[test]
fn two_tests_of_which_one_fails() {
    let mut script = Script::plain();
    script.run(&["client"], &[]);
    play_failing_test(&mut script, "first");
    script.at(600).test("second").at(700).outcome(Outcome::Passed, 100, 0);
    script.at(710).end(Counts {
        passed: 1,
        failed: 1,
        ..Counts::default()
    });
    let text = script.finish();
    assert_golden(&text, include_str!("golden/two_tests.txt"));
    assert_eq!(text.matches("\n---- FAIL ").count(), 1);
    assert!(text.ends_with("\n2 tests: 1 passed, 1 failed, in 0.71 s\n"));
}

#[test]
fn a_failure_that_has_left_the_screen_is_shown_again() {
    let failures = |lines: usize| {
        let mut script = Script::plain();
        play_failing_test(&mut script, "only");
        for _ in 0..lines {
            script.console("client", "going down");
        }
        script.end(FAILED);
        let text = script.finish();
        assert_eq!(text.matches("---- FAIL ").count(), 1);
        text.matches("the page is not there\n       at src/lib.rs:42:9, in subtest pages > about\n")
            .count()
    };
    assert_eq!((failures(20), failures(21)), (0, 1));
}

/// A machine whose unit is waited for, for so long and with so much left.
fn waited_for(left: u64) -> MachineReport {
    MachineReport {
        name: "server".into(),
        state: State::Ready,
        seen: Some("activating (start)\nmore of it".into()),
        limit: Some(PassedLimit {
            name: "timeout".into(),
            value: "60.0 s".into(),
        }),
        left: Some(Duration::from_secs(left)),
        console: vec!["Starting nginx...".into()],
    }
}

#[test]
fn the_end_says_where_the_page_is() {
    let told = |level, fails: bool| {
        let written = Shared::default();
        let options = TerminalOptions {
            level,
            ..TerminalOptions::default()
        };
        let mut script = Script::of(
            Terminal::new(written.clone(), options).with_page(Path::new("out/report.html")),
            written,
        );
        script.test("first");
        let failed = Outcome::Failed(FailureReport::new("why"));
        script
            .outcome(if fails { failed } else { Outcome::Passed }, 0, 0)
            .end(FAILED);
        script
            .finish()
            .contains("the page of this run: out/report.html\n1 test: ")
    };
    assert!(told(Level::Info, false) && told(Level::Warning, true));
    assert!(!told(Level::Warning, false));
}

fn play_serial_lines(script: &mut Script) {
    let show = |shown| EventKind::ShowSerial { shown };
    script
        .at(5)
        .test("first")
        .console("server", "one")
        .emit(show(false))
        .console("server", "two");
    script
        .calls(1, "server", "sleep(1)")
        .console("server", "three")
        .at(1_005)
        .returns(1, 1_000, None);
    script
        .emit(show(true))
        .console("server", "four")
        .emit(EventKind::ConsoleSkipped { lines: 1_234 });
    script.emit(show(false)).at(1_010).outcome(Outcome::Passed, 1_005, 0);
    script
        .at(1_020)
        .test("second")
        .console("server", "five")
        .at(1_030)
        .outcome(Outcome::Passed, 10, 0);
    script.end(Counts {
        passed: 2,
        ..Counts::default()
    });
}

#[test]
fn serial_lines_off_and_on() {
    let mut script = Script::plain();
    play_serial_lines(&mut script);
    assert_golden(&script.finish(), include_str!("golden/serial_lines.txt"));
}

#[test]
fn a_user_who_wants_no_serial_lines_gets_none() {
    let mut script = Script::new(TerminalOptions {
        show_serial: false,
        ..TerminalOptions::default()
    });
    play_serial_lines(&mut script);
    let text = script.finish();
    assert!(
        !text.contains(" # ") && text.contains("1234 serial lines are missing here"),
        "{text}"
    );
}

#[test]
fn levels_hide_the_course_of_things_but_no_verdict() {
    let play = |level| {
        let mut script = Script::new(TerminalOptions {
            level,
            ..TerminalOptions::default()
        });
        play_passing_run(&mut script);
        play_failing_test(&mut script, "fails");
        script.end(Counts {
            passed: 1,
            failed: 1,
            ..Counts::default()
        });
        script.finish()
    };
    assert!(play(Level::Debug).contains("proctor  hidden\n"));
    assert!(!play(Level::Info).contains("hidden"));
    assert_golden(&play(Level::Warning), include_str!("golden/level_warning.txt"));
    assert!(!play(Level::Error).contains("warning"));
}

#[test]
fn a_test_cannot_speak_for_the_host() {
    let mut script = Script::plain();
    let forged = "x\n   9.00  PASS first  1.00 s\n1 test: 1 passed, 0 failed, in 1.00 s";
    script
        .test("first")
        .says(Level::Info, Source::Test, forged)
        .open(1, SpanKind::Group, forged);
    script.calls(2, "m", forged).returns(
        2,
        1,
        Some(ErrorReport {
            message: forged.into(),
            ..ErrorReport::default()
        }),
    );
    script.close(
        1,
        forged,
        1,
        Some(FailureReport {
            message: forged.into(),
            ..FailureReport::default()
        }),
    );
    script.outcome(
        Outcome::Failed(FailureReport {
            message: forged.into(),
            ..FailureReport::default()
        }),
        1,
        0,
    );
    script.end(FAILED);
    let text = script.finish();
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("1 test"))
            .collect::<Vec<_>>(),
        ["1 test: 0 passed, 1 failed, in 0.00 s"]
    );
    assert!(text.lines().all(|line| !line.starts_with("   9.00")), "{text}");
}

#[test]
fn spans_without_end_do_not_push_the_text_off_the_screen() {
    let mut script = Script::plain();
    script.test("deep");
    for id in 1..=200 {
        script.open(id, SpanKind::Group, "span");
    }
    script.says(Level::Info, Source::Test, "here");
    let columns = bounds::TIME_COLUMNS + 2 + bounds::DEEPEST_INDENT * bounds::INDENT_COLUMNS;
    assert_eq!(
        script.finish().lines().last().and_then(|line| line.find("test")),
        Some(columns)
    );
}

#[test]
fn failures_without_end_are_not_all_shown_again() {
    let mut script = Script::plain();
    for _ in 0..bounds::REPEATED_FAILURES + 3 {
        play_failing_test(&mut script, "fails");
    }
    let counts = Counts {
        failed: bounds::REPEATED_FAILURES + 3,
        ..Counts::default()
    };
    script.end(counts);
    let text = script.finish();
    let (_, again) = text.split_once("\nFailures:\n").unwrap();
    assert_eq!(again.matches("  FAIL fails\n").count(), bounds::REPEATED_FAILURES);
    assert!(
        again.contains("\n[3 more, further up]\n103 tests: 0 passed, 103 failed, in "),
        "{again}"
    );
}
