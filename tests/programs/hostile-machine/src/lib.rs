//! Tests that treat their handles of machines as no SDK would, by the interface itself. Wants one machine, `machine`.

#[allow(missing_docs, clippy::all, reason = "generated code")]
mod bindings {
    wit_bindgen::generate!({ path: "../../../wit", world: "test" });
    export!(Component with_types_in self);

    use super::Component;
}

use bindings::exports::proctor::driver::tests::{Failure, Guest, Test};
use bindings::proctor::driver::driver;
use bindings::proctor::driver::types::Error;

struct Component;

type Body = fn() -> Result<(), String>;

const TESTS: [(&str, Body); 2] = [
    (
        "drops_the_handle_of_a_running_machine",
        drops_the_handle_of_a_running_machine,
    ),
    ("has_many_handles_of_one_machine", has_many_handles_of_one_machine),
];

impl Guest for Component {
    fn list() -> Vec<Test> {
        let test = |(name, _): (&str, Body)| Test {
            name: name.to_owned(),
            description: None,
            tags: Vec::new(),
            timeout: None,
            place: None,
        };
        TESTS.map(test).into()
    }

    fn run(name: String) -> Result<(), Failure> {
        let failure = |message| Failure {
            message,
            place: None,
            cause: None,
        };
        let test = TESTS.iter().find(|(test, _)| *test == name);
        let (_, body) = test.ok_or_else(|| failure("no such test".to_owned()))?;
        body().map_err(failure)
    }
}

fn words(error: Error) -> String {
    format!("{error:?}")
}

fn expect(what: &str, holds: bool) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

fn drops_the_handle_of_a_running_machine() -> Result<(), String> {
    let machine = driver::get_machine("machine").map_err(words)?;
    machine.connect(None).map_err(words)?;
    drop(machine);
    let machine = driver::get_machine("machine").map_err(words)?;
    expect("it still runs", machine.is_up())?;
    expect("it has its name", machine.name() == "machine")
}

fn has_many_handles_of_one_machine() -> Result<(), String> {
    let handles: Result<Vec<_>, _> = (0..1_000).map(|_| driver::get_machine("machine")).collect();
    let mut handles = handles.map_err(words)?;
    let last = handles.pop().ok_or("no handle")?;
    last.start(false, None).map_err(words)?;
    expect(
        "all have its name",
        handles.iter().all(|handle| handle.name() == "machine"),
    )?;
    handles.clear();
    expect("the last one still works", last.name() == "machine")?;
    last.crash(None).map_err(words)
}
