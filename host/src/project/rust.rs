//! Rust: cargo makes a component by itself.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::error::{BuildError, FileContext as _, Result};
use super::language::Language;
use super::{Made, Project, tool};

/// The target for which tests are built.
const TARGET: &str = "wasm32-wasip2";

/// What is needed, and whether it is there.
pub(super) fn prepare(project: &Project) -> Result<Vec<PathBuf>> {
    let missing = |what, found: &str, how| BuildError::MissingTool {
        language: Language::Rust,
        what,
        found: found.to_owned(),
        how,
    };
    for name in ["cargo", "rustc"] {
        if tool::variable(name.to_uppercase()).is_none() && tool::find(name).is_none() {
            let how = "install Rust with rustup, from https://rustup.rs";
            return Err(missing(name, &format!("there is no `{name}` in $PATH"), how));
        }
    }
    let mut query = Command::new(program("rustc"));
    query
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(&project.directory);
    let library = tool::run(&mut query, "rustc --print target-libdir")?;
    let library = PathBuf::from(String::from_utf8_lossy(&library).trim());
    if !library.is_dir() {
        let found = "this compiler has no standard library for it";
        let how = "get it with: rustup target add wasm32-wasip2";
        return Err(missing("the target wasm32-wasip2", found, how));
    }
    Ok(vec![library])
}

/// A program of Rust's, which the environment may name.
fn program(name: &str) -> std::ffi::OsString {
    tool::variable(name.to_uppercase()).unwrap_or(name.into())
}

pub(super) fn build(project: &Project) -> Result<Made> {
    prepare(project)?;
    let mut cargo = Command::new(program("cargo"));
    cargo
        .args([
            "build",
            "--release",
            "--target",
            TARGET,
            "--message-format",
            "json-render-diagnostics",
        ])
        .current_dir(&project.directory);
    let messages = tool::run_showing(&mut cargo, "cargo build")?;
    let components = components(&String::from_utf8_lossy(&messages));
    match components.as_slice() {
        [(name, path)] => Ok(Made {
            name: name.clone(),
            component: std::fs::read(path).while_trying_to("read", path)?,
        }),
        [] => Err(BuildError::Invalid(format!(
            "cargo build made no component of {}; its Cargo.toml wants: [lib] crate-type = [\"cdylib\"]",
            project.directory.display()
        ))),
        several => Err(BuildError::Invalid(format!(
            "{} makes several components, {}; build the package of one",
            project.directory.display(),
            several
                .iter()
                .map(|(name, _)| name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ))),
    }
}

/// The components that cargo's messages tell of: the names of their crates, with dashes, and their files.
fn components(messages: &str) -> Vec<(String, PathBuf)> {
    let values = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    values.filter_map(|message| component(&message)).collect()
}

fn component(message: &Value) -> Option<(String, PathBuf)> {
    let target = message
        .get("target")
        .filter(|_| message["reason"] == "compiler-artifact")?;
    let kinds = target.get("crate_types")?.as_array()?;
    if !kinds.iter().any(|kind| kind == "cdylib") {
        return None;
    }
    let mut files = message.get("filenames")?.as_array()?.iter().filter_map(Value::as_str);
    let file = files.find(|file| file.ends_with(".wasm"))?;
    Some((target.get("name")?.as_str()?.replace('_', "-"), file.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_found_among_cargos_messages() {
        let messages = concat!(
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"syn\",\"crate_types\":[\"lib\"]},",
            "\"filenames\":[\"/t/libsyn.rlib\"]}\n",
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"two_machines\",\"crate_types\":[\"cdylib\"]},",
            "\"filenames\":[\"/t/two_machines.wasm\"]}\n",
            "no json\n{\"reason\":\"build-finished\",\"success\":true}\n"
        );
        assert_eq!(
            components(messages),
            [("two-machines".to_owned(), "/t/two_machines.wasm".into())]
        );
    }
}
