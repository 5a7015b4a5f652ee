//! What every SDK does alike: the behaviours that `README.md` beside this file describes, in each language, against fake
//! machines.

// A test that panics has failed, as it should.
#![allow(clippy::unwrap_used)]

mod behaviours;
mod language;
mod record;
mod table;

use std::collections::BTreeMap;

use behaviours::{Behaviour, behaviours};
use language::Language;
use record::Recorded;
use similar::TextDiff;

/// What a language's SDK does otherwise than described, by the behaviour's name; none is what is wanted.
fn deviations(language: Language, recorded: &Recorded) -> BTreeMap<String, String> {
    let rust = Language::Rust.recorded().expect("the Rust SDK is always there");
    let mut deviations = BTreeMap::new();
    for behaviour in behaviours() {
        let Some(test) = recorded.tests.get(&behaviour.name) else {
            deviations.insert(behaviour.name, "there is no such test".to_owned());
            continue;
        };
        let (actual, wanted) = (test.text(&behaviour), rust.tests[&behaviour.name].text(&behaviour));
        if let Err(reason) = ends_as_described(language, &behaviour, test) {
            deviations.insert(behaviour.name, reason);
        } else if actual != wanted {
            let diff = TextDiff::from_lines(&wanted, &actual);
            let diff = diff.unified_diff().header("rust", language.name()).to_string();
            deviations.insert(behaviour.name, diff);
        }
    }
    for name in recorded.tests.keys() {
        if !behaviours().iter().any(|behaviour| behaviour.name == *name) {
            deviations.insert(name.clone(), "it is not described".to_owned());
        }
    }
    deviations
}

/// Whether a test passes where it should, and fails at the place that is marked where it should.
fn ends_as_described(language: Language, behaviour: &Behaviour, test: &record::Test) -> Result<(), String> {
    let failed = test.verdict == "failed";
    if failed != behaviour.fails {
        return Err(format!("it ended otherwise: {}: {}", test.verdict, test.message));
    }
    if failed && test.message.is_empty() {
        return Err("it failed without a word".into());
    }
    match (&test.place, behaviour.has_place) {
        (None, false) => Ok(()),
        (None, true) => Err(format!("no place is told; {}", test.message)),
        (Some(place), false) => Err(format!("a place is told: {place}")),
        (Some(place), true) => {
            let line = language.source_line(place)?;
            if line.contains("HERE") {
                Ok(())
            } else {
                Err(format!("{place} is another place: {}", line.trim()))
            }
        }
    }
}

fn check(language: Language) {
    let recorded = match language.recorded() {
        Ok(recorded) => recorded,
        Err(reason) => {
            proctor_tests::say_skipped(&format!(": {reason}"));
            return;
        }
    };
    let deviations = deviations(language, recorded);
    let text: Vec<_> = deviations
        .iter()
        .map(|(name, how)| format!("== {name}\n{how}"))
        .collect();
    assert!(
        text.is_empty(),
        "{} behaviours of {} differ:\n{}",
        text.len(),
        language.name(),
        text.join("\n")
    );
    let rust = Language::Rust.recorded().unwrap();
    assert_eq!(recorded.listed, rust.listed, "what `proctor list` shows");
}

#[test]
fn rust() {
    check(Language::Rust);
}

#[test]
fn javascript() {
    check(Language::JavaScript);
}

#[test]
fn go() {
    check(Language::Go);
}

#[test]
fn python() {
    check(Language::Python);
}

#[test]
fn c() {
    check(Language::C);
}

#[test]
fn the_table_in_the_documentation_is_right() {
    let rows = table::rows(&|language| {
        let recorded = language.recorded().ok()?;
        Some(deviations(language, recorded).into_keys().collect())
    });
    table::check(&rows);
}
