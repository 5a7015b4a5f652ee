//! Every function of the interface, called with arguments that nobody means. Wants two machines: `machine`, which boots,
//! and `dead`, which never starts.
//!
//! Each call answers with a value or an error; what traps fails its test. The run sets the call limit low.

mod arguments;
mod calls;

#[allow(missing_docs, clippy::all, reason = "generated code")]
mod bindings {
    wit_bindgen::generate!({ path: "../../../wit", world: "test" });
    export!(Component with_types_in self);

    use super::Component;
}

use arguments::{HARMFUL, LONGEST, texts};
use bindings::exports::proctor::driver::tests::{Failure, Guest, Test};
use bindings::proctor::driver::driver::get_machine;
use bindings::proctor::driver::machine::Machine;
use bindings::proctor::driver::shell;
use bindings::proctor::driver::types::{Error, ErrorCause, Place};
use calls::{Arguments, CALLS, PATIENT_CALLS, WITHOUT_TEXT};

struct Component;

type Outcome = Result<(), String>;

type Body = fn() -> Outcome;

const TESTS: [(&str, Body); 3] = [
    ("a_running_machine_is_called", a_running_machine_is_called),
    ("a_dead_machine_is_called", a_dead_machine_is_called),
    ("the_longest_time_is_a_time", the_longest_time_is_a_time),
];

impl Guest for Component {
    fn list() -> Vec<Test> {
        let test = |(name, _): (&str, _)| Test {
            name: name.to_owned(),
            description: Some(HARMFUL.to_owned()),
            tags: vec![HARMFUL.to_owned(), "x".repeat(1 << 20)],
            timeout: Some(LONGEST),
            place: Some(Place {
                file: HARMFUL.to_owned(),
                line: LONGEST,
                column: LONGEST,
            }),
        };
        TESTS.map(test).into()
    }

    fn run(name: String) -> Result<(), Failure> {
        let test = TESTS.iter().find(|(test, _)| *test == name);
        let outcome = test.map_or(Err("no such test".to_owned()), |(_, body)| body());
        outcome.map_err(|message| Failure {
            message,
            place: None,
            cause: None,
        })
    }
}

fn machine(name: &str) -> Result<Machine, String> {
    get_machine(name).map_err(|error| format!("{error:?}"))
}

fn texts_for(function: &str) -> Vec<String> {
    if WITHOUT_TEXT.contains(&function) {
        vec![String::new()]
    } else {
        texts()
    }
}

/// What an error says of the call that it ends is for people: cut, and harmless.
fn check(function: &str, arguments: &Arguments<'_>, outcome: Result<(), Error>) -> Outcome {
    let Err(error) = outcome else {
        return Ok(());
    };
    let called = || {
        let start: String = arguments.text.chars().take(40).collect();
        format!("{function} with {start:?} and {:?}", arguments.time)
    };
    if matches!(error.cause, ErrorCause::HostFailure(_)) {
        return Err(format!("{} is no failure of the host: {error:?}", called()));
    }
    if error.action.len() > 10_000 || error.action.contains(|c: char| c.is_control() || c == '\u{202e}') {
        return Err(format!("{}: {:?}", called(), error.action));
    }
    Ok(())
}

fn usable(machine: &Machine, after: &str) -> Outcome {
    let answer = shell::succeed(machine, "echo usable", Some(60_000));
    match answer {
        Ok(output) if output == b"usable\n" => Ok(()),
        answer => Err(format!("after {after} the machine is not usable: {answer:?}")),
    }
}

fn a_running_machine_is_called() -> Outcome {
    let machine = &machine("machine")?;
    usable(machine, "its start")?;
    for (function, call) in CALLS {
        for text in &texts_for(function) {
            let arguments = Arguments {
                machine,
                text,
                time: Some(1),
                number: 0,
            };
            check(function, &arguments, call(&arguments))?;
        }
        for (time, number) in [(Some(0), u16::MAX), (None, 1)] {
            let text = "";
            let arguments = Arguments {
                machine,
                text,
                time,
                number,
            };
            check(function, &arguments, call(&arguments))?;
        }
        usable(machine, function)?;
    }
    Ok(())
}

fn a_dead_machine_is_called() -> Outcome {
    let machine = &machine("dead")?;
    for (function, call) in CALLS {
        for text in &texts_for(function) {
            let arguments = Arguments {
                machine,
                text,
                time: Some(LONGEST),
                number: u16::MAX,
            };
            check(function, &arguments, call(&arguments))?;
        }
        for time in [Some(0), None] {
            let arguments = Arguments {
                machine,
                text: "",
                time,
                number: 0,
            };
            check(function, &arguments, call(&arguments))?;
        }
    }
    Ok(())
}

/// Where what is waited for is there already.
fn the_longest_time_is_a_time() -> Outcome {
    let machine = &machine("machine")?;
    usable(machine, "its start")?;
    for (function, text, call) in PATIENT_CALLS {
        let arguments = Arguments {
            machine,
            text,
            time: Some(LONGEST),
            number: 0,
        };
        call(&arguments).map_err(|error| format!("{function}: {error:?}"))?;
    }
    Ok(())
}
