use super::*;
use crate::{Output, Result};

fn on_server(action: &str, kind: ErrorKind) -> Error {
    let call = Call {
        machine: Some("server".to_owned()),
        action: action.to_owned(),
        elapsed: Duration::from_millis(1500),
    };
    Error::at(Location::caller(), kind, Some(call))
}

fn result(command: &str, status: i32, output: &str) -> CommandResult {
    CommandResult {
        command: command.to_owned(),
        status,
        output: Output::from(output.as_bytes().to_vec()),
    }
}

#[test]
fn command_failures_have_the_words_of_the_nixos_driver() {
    let error = on_server("succeed(\"false\")", ErrorKind::CommandFailed(result("false", 1, "")));
    assert_eq!(
        error.to_string(),
        "machine `server`: succeed(\"false\") failed after 1.50 s: command `false` failed (exit code 1)"
    );
    let error = on_server(
        "fail(\"true\")",
        ErrorKind::CommandUnexpectedlySucceeded(result("true", 0, "")),
    );
    assert_eq!(
        error.to_string(),
        "machine `server`: fail(\"true\") failed after 1.50 s: command `true` unexpectedly succeeded"
    );
}

#[test]
fn a_passed_limit_is_named_with_its_value() {
    let kind = ErrorKind::TimedOut {
        limit: "the call limit".to_owned(),
        budget: Duration::from_secs(1),
        last_seen: Some("exit code 7".to_owned()),
    };
    assert_eq!(
        on_server("sleep", kind).to_string(),
        "machine `server`: sleep failed after 1.50 s: timed out: the call limit of 1.00 s passed; last seen: exit code 7"
    );
}

#[test]
fn long_commands_are_cut_at_characters() {
    let command = "ä".repeat(SHOWN_CHARACTERS + 1);
    let text = on_server("succeed", ErrorKind::CommandFailed(result(&command, 1, ""))).to_string();
    let shown = "ä".repeat(SHOWN_CHARACTERS);
    assert!(
        text.contains(&format!("command `{shown}... (602 bytes)` failed")),
        "{text}"
    );
}

#[test]
fn debug_shows_output_console_and_place() {
    let text = format!(
        "{:?}",
        on_server("succeed", ErrorKind::CommandFailed(result("x", 1, "why\n")))
    );
    assert!(text.contains("\noutput: why\nat "), "{text}");
    assert!(text.contains("tests.rs"), "{text}");

    let kind = ErrorKind::MachineDown {
        status: "not started".to_owned(),
        console: vec!["last words".to_owned()],
    };
    let text = format!("{:?}", on_server("succeed", kind));
    assert!(
        text.contains("the machine is not running (not started)\n  last words\nat "),
        "{text}"
    );

    let long = format!("{}end", "a".repeat(SHOWN_OUTPUT_BYTES));
    let text = format!(
        "{:?}",
        on_server("succeed", ErrorKind::CommandFailed(result("x", 1, &long)))
    );
    assert!(
        text.contains("(the last 4096 bytes)") && text.contains("aend\nat "),
        "{text}"
    );
}

#[test]
fn the_question_mark_takes_any_error_and_keeps_its_place() {
    fn parse() -> Result<u32> {
        Ok("three".parse::<u32>()?)
    }
    let error = parse().unwrap_err();
    assert_eq!(error.to_string(), "invalid digit found in string");
    assert!(matches!(error.kind(), ErrorKind::Other(inner) if inner.is::<std::num::ParseIntError>()));
    assert!(error.place().file().ends_with("tests.rs"));
    assert_eq!(error.place().line(), line!() - 6);
    assert!(error.action().is_none() && error.elapsed().is_none() && error.machine().is_none());
}

#[test]
fn an_error_keeps_its_place_on_the_way_up() {
    fn inner() -> Result {
        bail!("number {}", 7)
    }
    fn outer() -> Result {
        inner()?;
        Ok(())
    }
    let error = outer().unwrap_err();
    assert_eq!(error.to_string(), "number 7");
    assert_eq!(error.place().line(), line!() - 8);
}

#[test]
fn ensure_speaks_only_where_the_condition_does_not_hold() {
    fn check(count: u32) -> Result {
        ensure!(count > 1);
        ensure!(count > 2, "{count} is too few");
        Ok(())
    }
    assert!(check(3).is_ok());
    assert_eq!(check(2).unwrap_err().to_string(), "2 is too few");
    assert_eq!(check(1).unwrap_err().to_string(), "condition does not hold: count > 1");
}

#[test]
fn sources_of_foreign_errors_are_named() {
    #[derive(Debug)]
    struct Outer(std::num::ParseIntError);
    impl fmt::Display for Outer {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("cannot read the port")
        }
    }
    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    let error = Error::from(Outer("x".parse::<u16>().unwrap_err()));
    assert_eq!(error.to_string(), "cannot read the port: invalid digit found in string");
}
