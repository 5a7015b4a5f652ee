//! Processes that a test suite left behind.

use std::fs;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::error::{Error, Result};

/// Names the suite, in the environment of the tests. Whatever they start inherits it: hosts and their guards, machines
/// and switches. What others run at the same time is not taken for ours.
pub(crate) const SUITE_VARIABLE: &str = "PROCTOR_TEST_SUITE";
/// How long what a test has killed may take to be gone.
const GRACE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(100);
/// Characters of a command line that a message shows.
const SHOWN_CHARACTERS: usize = 200;

#[derive(Debug)]
struct Leaked {
    process: i32,
    command: String,
}

/// Fails, and names and kills the processes, where something that was started in this suite is still there.
pub(crate) fn check(suite: &str) -> Result<()> {
    check_within(suite, GRACE)
}

fn check_within(suite: &str, grace: Duration) -> Result<()> {
    let start = Instant::now();
    let leaked = loop {
        let leaked = find(suite);
        if leaked.is_empty() {
            return Ok(());
        }
        if start.elapsed() >= grace {
            break leaked;
        }
        std::thread::sleep(PAUSE);
    };
    let mut text = format!("{} processes of the tests were left behind:", leaked.len());
    for Leaked { process, command } in leaked {
        text.push_str(&format!("\n- {process}: {command}"));
        // It may have ended since, which is as well.
        let _ = kill(Pid::from_raw(process), Signal::SIGKILL);
    }
    Err(Error::Invalid(text))
}

fn find(suite: &str) -> Vec<Leaked> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|process| fs::read(format!("/proc/{process}/environ")).is_ok_and(|text| belongs(&text, suite)))
        .map(|process: i32| {
            let bytes = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            Leaked {
                process,
                command: shown(&bytes),
            }
        })
        .collect()
}

/// Whether a process with this environment was started in this suite.
fn belongs(environment: &[u8], suite: &str) -> bool {
    let mark = format!("{SUITE_VARIABLE}={suite}");
    environment
        .split(|byte| *byte == 0)
        .any(|variable| variable == mark.as_bytes())
}

fn shown(command: &[u8]) -> String {
    let text = String::from_utf8_lossy(command).replace('\0', " ");
    text.trim_end()
        .chars()
        .take(SHOWN_CHARACTERS)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn only_what_was_started_in_this_suite_belongs() {
        assert!(belongs(b"A=b\0PROCTOR_TEST_SUITE=s1\0", "s1"));
        assert!(!belongs(b"PROCTOR_TEST_SUITE=s12\0", "s1"));
        assert!(!belongs(b"XPROCTOR_TEST_SUITE=s1\0", "s1"));
        assert!(!belongs(b"A=b\0", "s1"));
    }

    #[test]
    fn a_process_left_behind_is_named_and_killed() {
        let suite = format!("test-{}", std::process::id());
        let mut command = Command::new("sleep");
        command.arg("600").env(SUITE_VARIABLE, &suite);
        let mut child = command.spawn().unwrap();
        // Until it has become `sleep`, it has our own environment.
        while find(&suite).is_empty() {
            std::thread::sleep(PAUSE);
        }
        let error = check_within(&suite, Duration::ZERO).unwrap_err().to_string();
        assert!(error.contains(&format!("{}: sleep 600", child.id())), "{error}");
        assert!(!child.wait().unwrap().success());
        check_within(&suite, Duration::ZERO).unwrap();
    }

    #[test]
    fn a_command_line_cannot_hurt_the_terminal() {
        assert_eq!(shown(b"qemu\0-name\0\x1b[2J\0"), "qemu -name ?[2J");
        assert_eq!(shown(&[b'x'; 1000]).len(), SHOWN_CHARACTERS);
    }
}
