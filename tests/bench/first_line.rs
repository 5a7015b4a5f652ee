//! A program, until it prints a line.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What it took.
pub(crate) struct FirstLine {
    /// From its start until the line.
    pub(crate) time: Duration,
    /// The most memory that it had by its last line, in KiB. None where it has ended by then.
    pub(crate) memory: Option<u64>,
}

/// Runs a program to its end and tells what it took until a line with this text. One of its outputs is a pipe. Panics where
/// there is no such line or the program fails.
pub(crate) fn first_line(command: &mut Command, text: &str) -> FirstLine {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let outputs = [
        child.stdout.take().map(|output| Box::new(output) as Box<dyn Read>),
        child.stderr.take().map(|output| Box::new(output) as Box<dyn Read>),
    ];
    let output = outputs.into_iter().flatten().next().expect("one output is a pipe");
    let (mut time, mut memory, mut seen) = (None, None, String::new());
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if line.contains(text) {
            time.get_or_insert_with(|| start.elapsed());
        }
        memory = peak_memory(child.id()).or(memory);
        seen.push_str(&line);
        seen.push('\n');
    }
    let status = child.wait().expect("the program's status");
    match time {
        Some(time) if status.success() => FirstLine { time, memory },
        _ => panic!("{command:?} ended with {status} and said:\n{seen}"),
    }
}

/// The most memory that a process has had, in KiB.
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
