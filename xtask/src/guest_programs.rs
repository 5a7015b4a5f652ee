//! Builds guest programs: the components that the host's own tests run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::{Error, FileContext, Result};
use crate::guest_target::{GuestTarget, TARGET};
use crate::process::capture_stdout;
use crate::workspace;

/// A component and the name of its program: the crate's with dashes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Component {
    /// Such as `two-machines`.
    pub(crate) name: String,
    /// The file.
    pub(crate) path: PathBuf,
}

/// Builds the programs that the host's own tests run. Returns the directory that has them as `NAME.wasm`.
pub(crate) fn build_test_programs(target: &GuestTarget) -> Result<PathBuf> {
    let components = build(target, &workspace::directory().join("tests/programs"))?;
    collect(&components, &workspace::guest_target_directory()?.join("programs"))
}

/// `cargo SUBCOMMAND` for the package or workspace in `directory`, which is none of this workspace.
pub(crate) fn cargo(target: &GuestTarget, subcommand: &str, directory: &Path) -> Result<Command> {
    let mut command = Command::new("cargo");
    command
        .arg(subcommand)
        .args(["--release", "--target", TARGET])
        .current_dir(directory);
    command
        .env("CARGO_TARGET_DIR", workspace::guest_target_directory()?)
        .envs(target.environment());
    Ok(command)
}

fn build(target: &GuestTarget, directory: &Path) -> Result<Vec<Component>> {
    let mut command = cargo(target, "build", directory)?;
    command
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit());
    let messages = capture_stdout(&mut command)?;
    let components = components(&String::from_utf8_lossy(&messages));
    if components.is_empty() {
        return Err(Error::Invalid(format!("{} built no component", directory.display())));
    }
    Ok(components)
}

/// The components that cargo's messages tell of.
fn components(messages: &str) -> Vec<Component> {
    let values = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    values.filter_map(|message| component(&message)).collect()
}

fn component(message: &Value) -> Option<Component> {
    if message.get("reason")? != "compiler-artifact" {
        return None;
    }
    let target = message.get("target")?;
    if !target
        .get("crate_types")?
        .as_array()?
        .iter()
        .any(|kind| kind == "cdylib")
    {
        return None;
    }
    let files = message.get("filenames")?.as_array()?.iter().filter_map(Value::as_str);
    let path = PathBuf::from(files.into_iter().find(|file| file.ends_with(".wasm"))?);
    Some(Component {
        name: target.get("name")?.as_str()?.replace('_', "-"),
        path,
    })
}

/// Copies components into a directory, and removes what lies there from earlier builds.
fn collect(components: &[Component], directory: &Path) -> Result<PathBuf> {
    fs::create_dir_all(directory).while_trying_to("make", directory)?;
    let mut wanted = BTreeSet::new();
    for component in components {
        let place = directory.join(format!("{}.wasm", component.name));
        copy_whole(&component.path, &place)?;
        wanted.insert(place);
    }
    for entry in fs::read_dir(directory).while_trying_to("read", directory)? {
        let path = entry.while_trying_to("read", directory)?.path();
        if !wanted.contains(&path) {
            fs::remove_file(&path).while_trying_to("remove", &path)?;
        }
    }
    Ok(directory.to_owned())
}

/// Copies by way of another name, so that nobody reads half a file.
fn copy_whole(from: &Path, to: &Path) -> Result<()> {
    let partial = to.with_extension("partial");
    fs::copy(from, &partial).while_trying_to("copy", from)?;
    fs::rename(&partial, to).while_trying_to("write", to)
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
        let expected = Component {
            name: "two-machines".into(),
            path: "/t/two_machines.wasm".into(),
        };
        assert_eq!(components(messages), [expected]);
    }

    #[test]
    fn a_collection_holds_what_was_built_and_nothing_else() {
        let scratch = tempfile::tempdir().unwrap();
        let built = scratch.path().join("two_machines.wasm");
        fs::write(&built, "new").unwrap();
        let directory = scratch.path().join("examples");
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("two-machines.wasm"), "old").unwrap();
        fs::write(directory.join("gone.wasm"), "old").unwrap();
        let component = Component {
            name: "two-machines".into(),
            path: built,
        };
        collect(&[component], &directory).unwrap();
        let left: Vec<_> = fs::read_dir(&directory)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(left, [directory.join("two-machines.wasm")]);
        assert_eq!(fs::read_to_string(&left[0]).unwrap(), "new");
    }
}
