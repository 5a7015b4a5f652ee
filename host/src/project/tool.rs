//! The programs that build projects.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nix::sys::prctl;
use nix::sys::signal::Signal;

use super::error::{BuildError, FileContext as _, Result};

/// The program of that name in `$PATH`.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}

/// Runs a tool to its end and returns what it printed to standard output. What it prints to standard error is shown as it
/// comes, and is all that it has to say to people.
pub(super) fn run_showing(command: &mut Command, what: &str) -> Result<Vec<u8>> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    finish(command, what).map_err(|error| match error {
        BuildError::ToolFailed { what, status, .. } => BuildError::ToolFailed {
            what,
            status,
            output: String::new(),
        },
        error => error,
    })
}

/// Runs a tool to its end and returns what it printed to standard output. What it prints to standard error is told only
/// where it fails.
pub(super) fn run(command: &mut Command, what: &str) -> Result<Vec<u8>> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    finish(command, what)
}

/// As [`run`], but returns what it printed to standard error.
pub(super) fn run_hearing(command: &mut Command, what: &str) -> Result<String> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    finished(command, what).map(|output| String::from_utf8_lossy(&output.stderr).into_owned())
}

fn finish(command: &mut Command, what: &str) -> Result<Vec<u8>> {
    finished(command, what).map(|output| output.stdout)
}

fn finished(command: &mut Command, what: &str) -> Result<Output> {
    // A build whose author has gone is nobody's. SAFETY: it is one system call, which may be made between fork and exec.
    unsafe { command.pre_exec(|| Ok(prctl::set_pdeathsig(Signal::SIGKILL)?)) };
    let output = command
        .output()
        .while_trying_to("run", Path::new(command.get_program()))?;
    if output.status.success() {
        return Ok(output);
    }
    let mut said = output.stderr;
    said.extend_from_slice(&output.stdout);
    Err(BuildError::ToolFailed {
        what: what.to_owned(),
        status: output.status,
        output: String::from_utf8_lossy(&said).into_owned(),
    })
}

/// A variable of the environment, where it is set to something.
pub(super) fn variable(name: impl AsRef<OsStr>) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
