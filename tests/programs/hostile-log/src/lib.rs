//! Tests that say what no SDK would, by the interface itself. Wants no machine.
//!
//! Those tagged `fails` must fail.

#[allow(missing_docs, clippy::all, reason = "generated code")]
mod bindings {
    wit_bindgen::generate!({ path: "../../../wit", world: "test" });
    export!(Component with_types_in self);

    use super::Component;
}

use bindings::exports::proctor::driver::tests::{Failure, Guest, Test};
use bindings::proctor::driver::log::{self, Level, Span, SpanKind};

struct Component;

type Body = fn() -> Result<(), Failure>;

const TESTS: [(&str, bool, Body); 4] = [
    ("panics_and_ends_well", false, panics_and_ends_well),
    ("panics_twice", true, panics_twice),
    ("fails_a_span_twice", true, fails_a_span_twice),
    ("fails_a_span_and_passes", false, fails_a_span_and_passes),
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
        let test = TESTS.iter().find(|(test, ..)| *test == name);
        let (.., body) = test.ok_or_else(|| failure("no such test"))?;
        body()
    }
}

fn failure(message: &str) -> Failure {
    Failure {
        message: message.to_owned(),
        place: None,
        cause: None,
    }
}

/// A panic that was announced and did not come is none.
fn panics_and_ends_well() -> Result<(), Failure> {
    log::panicked(&failure("a panic that is taken back"));
    Ok(())
}

/// The last words are those that count.
fn panics_twice() -> Result<(), Failure> {
    log::panicked(&failure("the first words"));
    log::panicked(&failure("the last words"));
    std::process::abort()
}

/// So is a span's last failure.
fn fails_a_span_twice() -> Result<(), Failure> {
    let span = Span::new(SpanKind::Subtest, "twice");
    span.fail(&failure("the first reason"));
    log::write(Level::Info, "on we go");
    span.fail(&failure("the last reason"));
    drop(span);
    Err(failure("the last reason"))
}

/// A failed part is the test's own business.
fn fails_a_span_and_passes() -> Result<(), Failure> {
    let span = Span::new(SpanKind::Group, "a group");
    span.fail(&failure("of no consequence"));
    Ok(())
}
