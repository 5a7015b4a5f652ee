//! Tests that try to get around their polling conditions, by the interface itself. Wants one machine, `machine`.
//!
//! Each `passes` where the host does not let it; those tagged `fails` must fail.

#[allow(missing_docs, clippy::all, reason = "generated code")]
mod bindings {
    wit_bindgen::generate!({ path: "../../../wit", world: "test" });
    export!(Component with_types_in self);

    use super::Component;
}

use bindings::exports::proctor::driver::tests::{Failure, Guest, Test};
use bindings::proctor::driver::machine::Machine;
use bindings::proctor::driver::polling::Condition;
use bindings::proctor::driver::types::{Error, ErrorCause};
use bindings::proctor::driver::{driver, shell};

struct Component;

type Body = fn(&Machine) -> Result<(), String>;

const TESTS: [(&str, bool, Body); 11] = [
    ("ignores_what_is_due", false, ignores_what_is_due),
    ("evaluates_another", false, evaluates_another),
    ("hides_behind_another", false, hides_behind_another),
    ("ends_what_did_not_begin", false, ends_what_did_not_begin),
    ("leaves_without_a_look", false, leaves_without_a_look),
    ("drops_what_is_due", false, drops_what_is_due),
    ("drops_what_it_evaluates", false, drops_what_it_evaluates),
    ("enters_too_many", false, enters_too_many),
    ("describes_at_length", false, describes_at_length),
    ("leaves_one_entered", true, leaves_one_entered),
    ("evaluates_without_end", true, evaluates_without_end),
];

impl Guest for Component {
    fn list() -> Vec<Test> {
        let test = |(name, fails, _): (&str, bool, Body)| Test {
            name: name.to_owned(),
            description: None,
            tags: if fails { vec!["fails".to_owned()] } else { Vec::new() },
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
        let machine = driver::get_machine("machine").map_err(|error| failure(format!("{error:?}")))?;
        let test = TESTS.iter().find(|(test, ..)| *test == name);
        let (.., body) = test.ok_or_else(|| failure("no such test".to_owned()))?;
        body(&machine).map_err(failure)
    }
}

fn entered(description: &str) -> Result<Condition, String> {
    let condition = Condition::new(description, Some(3_600_000));
    condition.enter().map_err(|error| format!("{error:?}"))?;
    Ok(condition)
}

fn run(machine: &Machine) -> Result<Vec<u8>, Error> {
    shell::succeed(machine, "touch run", None)
}

fn expect(what: &str, holds: bool) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

fn failed<T>(outcome: Result<T, Error>, why: &str) -> bool {
    matches!(outcome, Err(Error { cause: ErrorCause::PollingConditionFailed(failed), .. }) if failed.message.contains(why))
}

fn due<T>(outcome: Result<T, Error>, numbers: &[u32]) -> bool {
    matches!(outcome, Err(Error { cause: ErrorCause::ConditionsDue(due), .. }) if due.conditions == numbers)
}

fn refused<T>(outcome: Result<T, Error>) -> bool {
    matches!(
        outcome,
        Err(Error {
            cause: ErrorCause::InvalidArgument(_),
            ..
        })
    )
}

fn hold(condition: &Condition) -> Result<(), Error> {
    condition.begin_evaluation()?;
    condition.end_evaluation(Ok(()))
}

fn ignores_what_is_due(machine: &Machine) -> Result<(), String> {
    let condition = entered("ignored")?;
    for _ in 0..5 {
        expect("it is due", due(run(machine), &[condition.number()]))?;
        expect("it was not evaluated", failed(run(machine), "has not been evaluated"))?;
    }
    expect("it is due in the end", due(condition.exit(), &[condition.number()]))?;
    hold(&condition).map_err(|error| format!("{error:?}"))?;
    condition.exit().map_err(|error| format!("{error:?}"))?;
    let nothing = shell::fail(machine, "test -e run", None);
    expect("nothing has run", nothing.is_ok())
}

fn evaluates_another(machine: &Machine) -> Result<(), String> {
    let (condition, other) = (entered("meant")?, Condition::new("other", None));
    expect("it is due", due(run(machine), &[condition.number()]))?;
    hold(&other).map_err(|error| format!("{error:?}"))?;
    expect(
        "another does not stand for it",
        failed(run(machine), "has not been evaluated"),
    )?;
    condition.begin_evaluation().map_err(|error| format!("{error:?}"))?;
    expect("another is not evaluated", refused(other.end_evaluation(Ok(()))))?;
    expect("one at a time", refused(other.begin_evaluation()))?;
    expect("nothing is entered meanwhile", refused(other.enter()))?;
    condition.end_evaluation(Ok(())).map_err(|error| format!("{error:?}"))?;
    condition.exit().map_err(|error| format!("{error:?}"))
}

/// What the test evaluates of its own accord shields no call from the conditions that are entered.
fn hides_behind_another(machine: &Machine) -> Result<(), String> {
    let (condition, other) = (entered("meant")?, Condition::new("other", None));
    other.begin_evaluation().map_err(|error| format!("{error:?}"))?;
    for _ in 0..3 {
        expect("it is due", due(run(machine), &[condition.number()]))?;
        expect("it was not evaluated", failed(run(machine), "has not been evaluated"))?;
    }
    expect("it is due again", due(run(machine), &[condition.number()]))?;
    hold(&condition).map_err(|error| format!("{error:?}"))?;
    run(machine).map_err(|error| format!("{error:?}"))?;
    other.end_evaluation(Ok(())).map_err(|error| format!("{error:?}"))?;
    expect("it is due in the end", due(condition.exit(), &[condition.number()]))?;
    hold(&condition).map_err(|error| format!("{error:?}"))?;
    condition.exit().map_err(|error| format!("{error:?}"))
}

fn ends_what_did_not_begin(machine: &Machine) -> Result<(), String> {
    let condition = entered("not begun")?;
    expect("it is due", due(run(machine), &[condition.number()]))?;
    expect("it did not begin", refused(condition.end_evaluation(Ok(()))))?;
    expect("it was not evaluated", failed(run(machine), "has not been evaluated"))?;
    let other = Condition::new("outside", None);
    expect("it is not entered", refused(other.exit()))?;
    hold(&condition).map_err(|error| format!("{error:?}"))?;
    condition.exit().map_err(|error| format!("{error:?}"))
}

fn leaves_without_a_look(machine: &Machine) -> Result<(), String> {
    let condition = entered("left")?;
    expect("it is due", due(condition.exit(), &[condition.number()]))?;
    expect(
        "it was not evaluated",
        failed(condition.exit(), "has not been evaluated"),
    )?;
    expect("it was left", refused(condition.exit()))?;
    run(machine).map(drop).map_err(|error| format!("{error:?}"))
}

fn drops_what_is_due(machine: &Machine) -> Result<(), String> {
    drop(entered("dropped")?);
    expect(
        "it was dropped",
        failed(run(machine), "it was dropped while it was entered and due"),
    )?;
    let condition = entered("does not hold")?;
    expect("it is due", due(run(machine), &[condition.number()]))?;
    condition.begin_evaluation().map_err(|error| format!("{error:?}"))?;
    expect("it is told", failed(condition.end_evaluation(Err("no")), "no"))?;
    drop(condition);
    expect("it was dropped", failed(run(machine), "dropped"))?;
    run(machine).map(drop).map_err(|error| format!("{error:?}"))
}

fn drops_what_it_evaluates(machine: &Machine) -> Result<(), String> {
    let condition = entered("dropped")?;
    condition.begin_evaluation().map_err(|error| format!("{error:?}"))?;
    drop(condition);
    expect(
        "it was dropped",
        failed(run(machine), "it was dropped while it was evaluated"),
    )?;
    run(machine).map(drop).map_err(|error| format!("{error:?}"))
}

fn enters_too_many(machine: &Machine) -> Result<(), String> {
    let condition = Condition::new("many", Some(u32::MAX));
    let mut count = 0;
    while condition.enter().is_ok() {
        count += 1;
        expect("there is a limit", count < 1000)?;
    }
    expect("it is refused", refused(condition.enter()))?;
    hold(&condition).map_err(|error| format!("{error:?}"))?;
    for _ in 0..count {
        condition.exit().map_err(|error| format!("{error:?}"))?;
    }
    run(machine).map(drop).map_err(|error| format!("{error:?}"))
}

fn describes_at_length(machine: &Machine) -> Result<(), String> {
    let condition = entered(&format!("\u{1b}[31mred\u{0}{}", "x".repeat(1 << 20)))?;
    expect("it is due", due(run(machine), &[condition.number()]))?;
    condition.begin_evaluation().map_err(|error| format!("{error:?}"))?;
    let _ = condition.end_evaluation(Err(&"\u{1b}[2J\n".repeat(1 << 20)));
    let outcome = condition.exit();
    let Err(Error {
        cause: ErrorCause::PollingConditionFailed(failed),
        ..
    }) = outcome
    else {
        return Err("it does not hold".to_owned());
    };
    let (description, message) = (failed.description, failed.message);
    expect("it is cut", description.len() < 2_000 && message.len() < 1 << 17)?;
    let plain = |text: &str| !text.contains(['\u{1b}', '\u{0}']);
    expect("it is harmless", plain(&description) && plain(&message))
}

fn leaves_one_entered(machine: &Machine) -> Result<(), String> {
    let condition = entered("for ever")?;
    hold(&condition).map_err(|error| format!("{error:?}"))?;
    run(machine).map_err(|error| format!("{error:?}"))?;
    std::mem::forget(condition);
    Ok(())
}

/// Its calls pass for as long as one evaluation may take, and no longer.
fn evaluates_without_end(machine: &Machine) -> Result<(), String> {
    let condition = entered("evaluated for ever")?;
    condition.begin_evaluation().map_err(|error| format!("{error:?}"))?;
    loop {
        let _ = run(machine);
    }
}
