//! Tests that need a process of their own.

use std::process::Command;

/// Set in the process that [`separate_process`] starts.
const VARIABLE: &str = "PROCTOR_SEPARATE_PROCESS";

/// Environment variables belong to a whole process, and so do its limits and its death. A test that needs its own calls
/// this with its own full name first: `None` means that it runs in a process of its own already and is to go on;
/// otherwise that process is ready to be set up and run.
pub fn separate_process(test: &str) -> Option<Command> {
    if std::env::var_os(VARIABLE).is_some_and(|name| name == test) {
        return None;
    }
    let program = std::env::current_exe().unwrap_or_else(|error| panic!("the test's own program: {error}"));
    let mut command = Command::new(program);
    command
        .args(["--exact", test, "--nocapture", "--test-threads", "1"])
        .env(VARIABLE, test);
    Some(command)
}
