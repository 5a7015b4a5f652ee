//! Tests that the SDKs have in their own languages.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Result;
use crate::process::show;
use crate::progress::say;
use crate::projects::Builder;
use crate::workspace;

/// Runs them, with the tools that their projects are built with. Where these are missing it is said.
pub(crate) fn run(builder: &Builder<'_>) -> Result<()> {
    for (sdk, command) in [
        ("go", go as fn(&[PathBuf]) -> Command),
        ("js", javascript),
        ("python", python),
    ] {
        let project = workspace::directory().join("tests/conformance").join(sdk);
        match builder.tools(&project)? {
            Ok(tools) => show(command(&tools).current_dir(workspace::directory().join("guest-sdk").join(sdk)))?,
            Err(reason) => say(&format!("skipped: tests of guest-sdk/{sdk}: {reason}")),
        }
    }
    Ok(())
}

fn program(tools: &[PathBuf]) -> Command {
    Command::new(tools.first().map_or(Path::new(""), PathBuf::as_path))
}

fn go(tools: &[PathBuf]) -> Command {
    let mut command = program(tools);
    // Vets as well.
    command.args(["test", "./..."]);
    command
}

fn javascript(tools: &[PathBuf]) -> Command {
    let mut command = program(tools);
    command.args(["--test", "--test-reporter=dot", "tests/"]);
    command.env("PROCTOR_TOOLS", tools.last().map_or(Path::new(""), PathBuf::as_path));
    command
}

fn python(tools: &[PathBuf]) -> Command {
    let mut command = program(tools);
    command.args(["-B", "-m", "unittest", "discover", "-t", ".", "tests"]);
    command
}
