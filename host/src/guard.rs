//! The guard: a process of its own that cleans up after a host that was killed.
//!
//! A host that ends in any orderly way, a panic included, cleans up itself. One that is killed cannot, so a second
//! process waits at a pipe. When the pipe closes it kills what is left of the run and removes its directory.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::{self, SigHandler, Signal};

use crate::child::{kill_group, kill_marked};
use crate::run_directory;

/// The hidden subcommand of `proctor` that is the guard.
pub const SUBCOMMAND: &str = "guard";

/// How long the guard goes on killing what the killed host left. Processes die in milliseconds; one that waits for a
/// device takes longer, and one that survives this is the kernel's fault.
const PERSISTENCE: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// The host's end of the guard.
#[derive(Debug)]
pub struct Guard {
    child: Child,
    pipe: Mutex<Option<ChildStdin>>,
}

impl Guard {
    /// Starts `program guard PATH`. Errors: the program cannot be started.
    pub fn start(program: &Path, run: &Path, keep: bool) -> std::io::Result<Self> {
        let mut child = Command::new(program)
            .arg(SUBCOMMAND)
            .arg(run)
            .args(keep.then_some("--keep"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A signal for the host's group, from a terminal or a CI system, must not reach the guard.
            .process_group(0)
            .spawn()?;
        let pipe = Mutex::new(child.stdin.take());
        Ok(Self { child, pipe })
    }

    /// A process group belongs to the run from now on.
    pub(crate) fn watch(&self, group: i32) {
        self.tell(format_args!("watch {group}\n"));
    }

    /// The group is gone; its number may come to mean something else.
    pub(crate) fn forget(&self, group: i32) {
        self.tell(format_args!("forget {group}\n"));
    }

    fn tell(&self, line: std::fmt::Arguments<'_>) {
        let mut pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pipe) = pipe.as_mut() {
            // A guard that was killed cannot be told anything; the host still cleans up itself.
            let _ = pipe.write_fmt(line);
        }
    }

    /// The run is over and cleaned up: lets the guard go.
    pub(crate) fn dismiss(mut self) {
        drop(self.pipe.lock().unwrap_or_else(PoisonError::into_inner).take());
        // It ends at once, there being nothing to kill.
        let _ = self.child.wait();
    }
}

/// What the guard process does. Returns when the host is gone and nothing of its run is left.
pub fn run(path: PathBuf, keep: bool) {
    for ignored in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGPIPE] {
        // SAFETY: no handler runs; the signal is ignored.
        let _ = unsafe { signal::signal(ignored, SigHandler::SigIgn) };
    }
    let mut groups: Vec<i32> = Vec::new();
    for line in BufReader::new(std::io::stdin()).lines() {
        let Ok(line) = line else { break };
        match line.split_once(' ').map(|(verb, group)| (verb, group.parse::<i32>())) {
            Some(("watch", Ok(group))) => groups.push(group),
            Some(("forget", Ok(group))) => groups.retain(|known| *known != group),
            _ => {}
        }
    }
    for group in groups {
        kill_group(group, Signal::SIGKILL);
    }
    let marker = format!("{}:", path.display());
    let start = Instant::now();
    // A process that was just being forked shows its marker only after its exec: so one more look after the last find.
    let mut clean_looks = 0;
    while clean_looks < 2 && start.elapsed() < PERSISTENCE {
        clean_looks = if kill_marked(&marker) == 0 { clean_looks + 1 } else { 0 };
        if clean_looks == 1 && !path.exists() {
            // The host has cleaned up itself.
            return;
        }
        std::thread::sleep(PAUSE);
    }
    run_directory::remove(&path, keep);
}
