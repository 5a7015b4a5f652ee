//! Escape sequences: where they are wanted, and nowhere else.

use std::process::Command;
use std::time::{Duration, SystemTime};

use super::event_script::{Script, play_failing_test, play_passing_run};
use super::{Terminal, TerminalOptions};
use crate::event::{Counts, Event, EventKind, Report};

#[test]
fn colour_begins_and_ends_on_its_line() {
    let mut script = Script::new(TerminalOptions {
        colour: true,
        ..TerminalOptions::default()
    });
    play_passing_run(&mut script);
    play_failing_test(&mut script, "fails");
    script.end(Counts {
        passed: 1,
        failed: 1,
        ..Counts::default()
    });
    let coloured = script.finish();
    for line in coloured.lines() {
        let last = line.rfind("\x1b[").map(|place| &line[place..]);
        assert!(last.is_none_or(|last| last.starts_with("\x1b[0m")), "{line:?}");
    }
    // The machines' colours are those of the order in which the run names them.
    assert!(coloured.contains("\x1b[38;5;31mserver\x1b[0m  booting"), "{coloured:?}");
    assert!(coloured.contains("\x1b[38;5;130mclient\x1b[0m  booting"));
    assert!(coloured.contains("\x1b[2m\x1b[38;5;31mserver\x1b[0m\x1b[2m # \x1b[0m\x1b[2mnginx: ready\x1b[0m\n"));
    assert!(coloured.contains("\x1b[1m\x1b[33mwarning:\x1b[0m slow\n"));
    assert!(coloured.contains("\x1b[1m\x1b[32mPASS\x1b[0m \x1b[1mserves_pages\x1b[0m"));
    assert!(coloured.contains("\x1b[1m\x1b[31m1 failed\x1b[0m"));

    let mut script = Script::plain();
    play_passing_run(&mut script);
    play_failing_test(&mut script, "fails");
    script.end(Counts {
        passed: 1,
        failed: 1,
        ..Counts::default()
    });
    let plain = script.finish();
    assert!(!plain.contains('\x1b'));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

/// Not a test of its own: what [`standard_error_is_coloured_as_the_environment_says`] starts.
#[test]
#[ignore = "writes to standard error for another test"]
fn write_to_standard_error() {
    let mut terminal = Terminal::stderr(TerminalOptions {
        colour: true,
        ..TerminalOptions::default()
    });
    let (offset, wall) = (Duration::ZERO, SystemTime::UNIX_EPOCH);
    terminal.event(&Event {
        wall,
        offset,
        test: Some("t".into()),
        span: None,
        kind: EventKind::test_started(),
    });
    terminal.finish();
}

#[test]
fn standard_error_is_coloured_as_the_environment_says() {
    let stderr = |variable: &str| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
            .env(variable, "1")
            .args(["--ignored", "--nocapture", "write_to_standard_error"]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(
        stderr("IRRELEVANT").contains("   0.00  TEST t\n"),
        "{:?}",
        stderr("IRRELEVANT")
    );
    assert!(
        stderr("CLICOLOR_FORCE").contains("\x1b[1mTEST \x1b[0m\x1b[1mt\x1b[0m\n"),
        "{:?}",
        stderr("CLICOLOR_FORCE")
    );
    assert!(!stderr("NO_COLOR").contains('\x1b'));
}
