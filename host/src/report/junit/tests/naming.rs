//! What cases and suites are called.

use super::*;

#[test]
fn suites_of_files_of_the_same_name_are_told_apart() {
    let test = |test: &str, file: &str| {
        [
            event(Some(test), 1, started(file, 1)),
            event(Some(test), 2, finished(Outcome::Passed)),
        ]
    };
    let document = made_of(
        &[
            test("a/t::x", "a/t.wasm"),
            test("b/t::x", "b/t.wasm"),
            test("u::x", "u.wasm"),
        ]
        .concat(),
    );
    for name in ["a/t.wasm", "b/t.wasm", "u"] {
        assert!(document.contains(&format!("<testsuite name=\"{name}\"")), "{document}");
    }
}

#[test]
fn a_test_has_one_name_whatever_runs_beside_it() {
    let test = |test: &str, file: &str| {
        [
            event(Some(test), 1, started(file, 1)),
            event(Some(test), 2, finished(Outcome::Passed)),
        ]
    };
    for (events, names) in [
        (vec![test("x", "a/t.wasm")], vec!["t::x"]),
        (
            vec![test("t::x", "a/t.wasm"), test("u::x", "u.wasm")],
            vec!["t::x", "u::x"],
        ),
        (
            vec![test("a/t::x", "a/t.wasm"), test("b/t::x", "b/t.wasm")],
            vec!["a/t::x", "b/t::x"],
        ),
    ] {
        let document = made_of(&events.concat());
        let document = roxmltree::Document::parse(&document).unwrap();
        let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
        let found: Vec<&str> = cases.filter_map(|case| case.attribute("name")).collect();
        assert_eq!(found[..names.len()], names);
    }
}

#[test]
fn earlier_attempts_are_told() {
    let failed = || Outcome::Failed(FailureReport::new("no"));
    let attempt = |number| {
        [
            event(Some("t"), 1, started("t.wasm", number)),
            event(Some("t"), 2, finished(failed())),
        ]
    };
    let document = made_of(&[attempt(1), attempt(2)].concat());
    for (element, count) in [("<testcase name=\"t::t\" ", 1), ("<failure ", 1), ("<rerunFailure ", 1)] {
        assert_eq!(document.matches(element).count(), count, "{element} in {document}");
    }
}
