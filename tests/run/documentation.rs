//! The Rust SDK and the README know every function of `wit/`: one that is missing there is one that nobody finds.

use std::collections::BTreeSet;
use std::path::Path;

use crate::interface::Functions;

/// Functions that a test calls by other names, and those.
const OTHER_NAMES: [(&str, &str); 7] = [
    ("begin_evaluation", "check"),
    ("end_evaluation", "check"),
    ("exit", "hold"),
    ("get_machine", "machine"),
    ("panicked", "assert_eq"),
    ("span", "subtest"),
    ("write", "info"),
];
/// The part of the README whose tables tell what a test can call.
const HEADING: &str = "## Coming from the NixOS test driver";

/// Functions that a test can call, and whether they are constructors, as Rust spells them.
fn functions() -> Vec<(String, bool)> {
    let imported = Functions::of_interface().imported;
    let spelled = imported.iter().map(|function| {
        let (_, name) = function.split_once('#').unwrap();
        let plain = name.rsplit([']', '.']).next().unwrap();
        (plain.replace('-', "_"), name.starts_with("[constructor]"))
    });
    spelled.collect()
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// The words in the code of the README's tables below [`HEADING`].
fn words_of_tables(readme: &str) -> BTreeSet<&str> {
    let (_, part) = readme.split_once(HEADING).unwrap();
    let part = part.split_once("\n## ").map_or(part, |(part, _)| part);
    let rows = part.lines().filter(|line| line.starts_with('|'));
    let code = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    code.flat_map(|code| code.split(|character: char| !character.is_ascii_alphanumeric() && character != '_'))
        .collect()
}

fn other_name(function: &str) -> &str {
    let found = OTHER_NAMES.iter().find(|(name, _)| *name == function);
    found.map_or(function, |(_, other)| other)
}

#[test]
fn every_function_is_in_the_readmes_table() {
    let readme = read("README.md");
    let words = words_of_tables(&readme);
    let functions = functions();
    let missing: Vec<_> = functions
        .iter()
        .filter(|(name, _)| !words.contains(other_name(name)))
        .collect();
    assert!(missing.is_empty(), "not in the tables of {HEADING:?}: {missing:?}");
    for (name, _) in OTHER_NAMES {
        assert!(
            functions.iter().any(|(function, _)| function == name),
            "there is no {name}"
        );
    }
}

#[test]
fn every_function_is_called_by_the_sdk() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk/rust/src");
    let mut sources = String::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            sources += &std::fs::read_to_string(path).unwrap();
        }
    }
    let called = |(name, is_constructor): &(String, bool)| {
        if *is_constructor {
            let mut resource = name.clone();
            resource.get_mut(..1).unwrap().make_ascii_uppercase();
            return sources.contains(&format!("{resource}::new("));
        }
        [".", "::"]
            .iter()
            .flat_map(|before| [format!("{before}{name}("), format!("{before}{name})")])
            .any(|call| sources.contains(&call))
    };
    let missing: Vec<_> = functions().into_iter().filter(|function| !called(function)).collect();
    assert!(missing.is_empty(), "the SDK does not call {missing:?}");
}

#[test]
fn words_are_those_of_code_in_tables() {
    let readme =
        format!("`before`\n{HEADING}\n`around` a table\n| `a_row(x)` | plain | `m.other` |\n## Next\n| `after` |\n");
    let words: Vec<_> = words_of_tables(&readme)
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect();
    assert_eq!(words, ["a_row", "m", "other", "x"]);
}

/// The rows of the table of promises: the file and the function that each names.
fn promised(security: &str) -> Vec<(&str, &str)> {
    let (_, part) = security.split_once("## What is promised").unwrap();
    let part = part.split_once("\n## ").unwrap().0;
    let rows = part.lines().filter(|line| line.starts_with("| ")).skip(2);
    let tests = rows.map(|row| {
        let (_, test) = row.trim_end_matches([' ', '|']).rsplit_once(" | ").unwrap();
        let named: Vec<&str> = test.split('`').collect();
        let ["", file, " ", function, ""] = named[..] else {
            panic!("{row} names no file and function")
        };
        (file, function)
    });
    tests.collect()
}

#[test]
fn every_promise_names_a_test_that_there_is() {
    let security = read("SECURITY.md");
    let promised = promised(&security);
    assert!(promised.len() > 20, "{promised:?}");
    for (file, function) in promised {
        let source = read(file);
        let (before, _) = source
            .split_once(&format!("fn {function}()"))
            .unwrap_or_else(|| panic!("{file} has no {function}"));
        let attributes = before.rsplit("\n\n").next().unwrap();
        assert!(
            attributes.contains("#[test]") || attributes.contains("#[tokio::test"),
            "{function} of {file} is no test: {attributes}"
        );
    }
}
