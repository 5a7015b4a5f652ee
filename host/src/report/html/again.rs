//! The command that runs again what did not pass.

use super::bounds::REPEATED_TESTS;
use super::panels::command_line;
use super::run::{Begun, Run};
use crate::event::Outcome;

/// The command of the run, for those tests alone that did not pass; and whether that is so.
pub(super) fn again(run: &Run, begun: &Begun) -> (bool, String) {
    let attempts = run.last_attempts();
    let failed = attempts
        .iter()
        .filter(|(_, _, test)| !matches!(test.outcome, Some(Outcome::Passed)));
    let failed: Vec<String> = failed.map(|(_, _, test)| own_name(&test.name, &test.file)).collect();
    let alone = !failed.is_empty() && failed.len() <= REPEATED_TESTS && is_run(&begun.command);
    let command = if alone {
        let mut words = without_filters(&begun.command);
        words.extend(failed.into_iter().flat_map(|name| ["--test".to_owned(), name]));
        words
    } else {
        begun.command.clone()
    };
    let directory = command_line(std::slice::from_ref(&begun.directory));
    (alone, format!("cd {directory} && {}", command_line(&command)))
}

/// A command that takes filters at its end.
fn is_run(command: &[String]) -> bool {
    command.get(1).is_some_and(|word| word == "run") && !command.iter().any(|word| word == "--")
}

/// The name by which its component knows a test: that of the component stands before it where there are several.
fn own_name(name: &str, file: &str) -> String {
    let path = std::path::Path::new(file);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let whole = path.with_extension("");
    let components = [&*stem, &*whole.to_string_lossy()].map(|component| format!("{component}::"));
    let own = components.iter().find_map(|component| name.strip_prefix(component));
    own.unwrap_or(name).to_owned()
}

fn without_filters(command: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = command.iter();
    while let Some(word) = words.next() {
        if word == "-t" || word == "--test" {
            words.next();
        } else if !word.starts_with("--test=") && !word.starts_with("-t") {
            kept.push(word.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn filters_give_way() {
        for (command, left) in [
            (
                "proctor run -t a t.wasm --test b --test=c -td --timeout 5s",
                "proctor run t.wasm --timeout 5s",
            ),
            ("proctor run t.wasm --test", "proctor run t.wasm"),
        ] {
            assert_eq!(without_filters(&words(command)), words(left));
        }
        assert!(is_run(&words("proctor run t.wasm")));
        assert!(!is_run(&words("proctor run -- t.wasm")) && !is_run(&words("xtask demo")));
    }

    #[test]
    fn a_test_is_named_as_its_component_knows_it() {
        for (name, file, own) in [
            ("x", "t.wasm", "x"),
            ("t::x", "a/t.wasm", "x"),
            ("a/t::x", "a/t.wasm", "x"),
            ("u::x", "t.wasm", "u::x"),
        ] {
            assert_eq!(own_name(name, file), own);
        }
    }
}
