//! The tests of the component, and what the host calls.

use std::collections::BTreeMap;
use std::io::Write as _;

use crate::bindings::exports::proctor::driver::tests::{Guest, Test};
use crate::bindings::proctor::driver::log;
use crate::bindings::proctor::driver::types::{Failure, Place};
use crate::cause::{failure, plain_failure};
use crate::panic::report_panics;
use crate::polling::pending_failure;
use crate::{Driver, Result};

/// One test, as `#[proctor_sdk::test]` writes it down.
#[derive(Debug)]
pub struct Registration {
    /// Unique within the component.
    pub name: &'static str,
    /// One line.
    pub description: Option<&'static str>,
    /// For selection.
    pub tags: &'static [&'static str],
    /// In milliseconds.
    pub timeout: Option<u32>,
    /// The file as the compiler knows it.
    pub file: &'static str,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// The test itself.
    pub body: fn(Driver) -> Result<()>,
}

inventory::collect!(Registration);

struct Component;

#[cfg(target_family = "wasm")]
crate::bindings::export!(Component with_types_in crate::bindings);

impl Guest for Component {
    fn list() -> Vec<Test> {
        report_panics();
        let tests = ordered(inventory::iter::<Registration>);
        if let Err(failure) = check_names(&tests) {
            // Not by a panic, whose place would be here.
            log::panicked(&failure);
            std::process::abort();
        }
        tests.into_iter().map(Registration::describe).collect()
    }

    fn run(name: String) -> Result<(), Failure> {
        report_panics();
        let tests = ordered(inventory::iter::<Registration>);
        let Some(test) = tests.iter().find(|test| test.name == name) else {
            return Err(plain_failure(unknown_name(&name, &tests), None));
        };
        let result = (test.body)(Driver::new()).and_then(|()| pending_failure());
        // A line that a test began with `print!` would stay in the buffer. Nobody is left to hear of an error.
        let _ = std::io::stdout().flush();
        result.map_err(|error| failure(&error))
    }
}

impl Registration {
    fn describe(&self) -> Test {
        Test {
            name: self.name.to_owned(),
            description: self.description.map(str::to_owned),
            tags: self.tags.iter().map(|&tag| tag.to_owned()).collect(),
            timeout: self.timeout,
            place: Some(self.place()),
        }
    }

    fn place(&self) -> Place {
        Place {
            file: self.file.to_owned(),
            line: self.line,
            column: self.column,
        }
    }
}

/// What a test of machines does in `cargo test`.
///
/// # Panics
///
/// Always.
#[track_caller]
pub fn refuse_to_run_without_machines() {
    panic!("These are tests of machines. Build and run them with: proctor run");
}

/// In the order of the source text.
fn ordered<'a>(tests: impl IntoIterator<Item = &'a Registration>) -> Vec<&'a Registration> {
    let mut tests: Vec<_> = tests.into_iter().collect();
    tests.sort_by_key(|test| (test.file, test.line, test.column));
    tests
}

/// The compiler sees two functions of one name only where they are in one module.
fn check_names(tests: &[&Registration]) -> Result<(), Failure> {
    let mut seen = BTreeMap::new();
    for test in tests {
        if let Some(first) = seen.insert(test.name, *test) {
            let message = format!(
                "two tests are named `{}`: at {}:{} and at {}:{}; give one another name with `#[proctor_sdk::test(name = \"...\")]`",
                test.name, first.file, first.line, test.file, test.line
            );
            return Err(Failure {
                place: Some(test.place()),
                ..plain_failure(message, None)
            });
        }
    }
    Ok(())
}

fn unknown_name(name: &str, tests: &[&Registration]) -> String {
    let names: Vec<_> = tests.iter().map(|test| format!("`{}`", test.name)).collect();
    match names.as_slice() {
        [] => format!("no test is named `{name}`; the component has none"),
        names => format!("no test is named `{name}`; there are {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(name: &'static str, file: &'static str, line: u32) -> Registration {
        let body = |_: Driver| Ok(());
        Registration {
            name,
            description: None,
            tags: &["tag"],
            timeout: Some(5),
            file,
            line,
            column: 1,
            body,
        }
    }

    #[test]
    #[should_panic = "These are tests of machines. Build and run them with: proctor run"]
    fn tests_of_machines_do_not_pass_without_them() {
        refuse_to_run_without_machines();
    }

    #[test]
    fn tests_are_listed_in_the_order_of_the_source_text() {
        let tests = [test("c", "b.rs", 1), test("b", "a.rs", 10), test("a", "a.rs", 9)];
        let names: Vec<_> = ordered(&tests).iter().map(|test| test.name).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }

    #[test]
    fn a_name_stands_for_one_test() {
        let tests = [test("a", "a.rs", 1), test("b", "a.rs", 2), test("a", "b.rs", 3)];
        let failure = check_names(&ordered(&tests)).unwrap_err();
        assert!(
            failure
                .message
                .starts_with("two tests are named `a`: at a.rs:1 and at b.rs:3"),
            "{failure:?}"
        );
        assert_eq!(failure.place.map(|place| place.file).as_deref(), Some("b.rs"));
        assert!(check_names(&ordered(&tests[..2])).is_ok());
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let tests = [test("a", "a.rs", 1), test("b", "a.rs", 2)];
        assert_eq!(
            unknown_name("c", &ordered(&tests)),
            "no test is named `c`; there are `a`, `b`"
        );
        assert_eq!(unknown_name("c", &[]), "no test is named `c`; the component has none");
    }

    #[test]
    fn a_test_is_described_as_it_was_written() {
        let described = test("a", "a.rs", 3).describe();
        assert_eq!(
            (described.name.as_str(), described.tags, described.timeout),
            ("a", vec!["tag".to_owned()], Some(5))
        );
        assert_eq!(
            described.place.map(|place| (place.file, place.line)),
            Some(("a.rs".to_owned(), 3))
        );
    }
}
