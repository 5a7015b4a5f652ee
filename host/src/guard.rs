//! The guard: a process of its own that cleans up after a host that was killed.
//!
//! A host that ends in any orderly way, a panic included, cleans up itself. One that is killed cannot, so a second
//! process waits at a pipe. When the pipe closes it kills what is left of the run and removes its directory.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use nix::sys::signal::{self, SigHandler, Signal};
use nix::unistd::{Pid, getppid};

use crate::limits::{GUARD_LOOK, GUARD_PERSISTENCE, HOST_END};
use crate::marker::{Marker, RunId};
use crate::orphans;
use crate::process_tree::kill_tree;
use crate::run_directory;

/// The hidden subcommand of `proctor` that is the guard.
pub const SUBCOMMAND: &str = "guard";

/// The guard's standard output, which where state is kept is the directory of it, also when its name is another's.
const KEPT_DIRECTORY: &str = "/proc/self/fd/1";

/// The host's end of the guard.
#[derive(Debug)]
pub struct Guard {
    child: Child,
    pipe: Mutex<Option<ChildStdin>>,
}

impl Guard {
    /// Starts `program guard PATH` for the run with that id. `lock` is held on the directory of kept state, where the
    /// run keeps it, and the guard holds it as well. Errors: the program cannot be started.
    pub(crate) fn start(program: &Path, id: &RunId, path: &Path, lock: Option<&File>) -> std::io::Result<Self> {
        let output = match lock {
            // The guard prints nothing, and this is a place where a child finds a file without being told which.
            Some(lock) => Stdio::from(lock.try_clone()?),
            None => Stdio::null(),
        };
        let mut command = Command::new(program);
        command
            .arg(SUBCOMMAND)
            .arg(path)
            .args(lock.map(|_| "--keep"))
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(Stdio::null())
            // A signal for the host's group, from a terminal or a CI system, must not reach the guard.
            .process_group(0);
        let mut child = orphans::start(|| command.spawn(), |child| Some(child.id()))?;
        let pipe = Mutex::new(child.stdin.take());
        let guard = Self { child, pipe };
        guard.tell(format_args!("run {}\n", id.as_str()));
        Ok(guard)
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
        orphans::forget(self.child.id().cast_signed());
    }
}

/// What the guard process does. Returns when the host is gone and nothing of its run is left.
pub fn run(path: PathBuf, keep: bool) {
    for ignored in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGPIPE] {
        // SAFETY: no handler runs; the signal is ignored.
        let _ = unsafe { signal::signal(ignored, SigHandler::SigIgn) };
    }
    let host = getppid();
    let (mut id, mut groups) = (None, Vec::new());
    for line in BufReader::new(std::io::stdin()).lines() {
        let Ok(line) = line else { break };
        match line
            .split_once(' ')
            .map(|(verb, object)| (verb, object, object.parse::<i32>()))
        {
            Some(("run", text, _)) => id = Some(RunId::new(text)),
            Some(("watch", _, Ok(group))) => groups.push(group),
            Some(("forget", _, Ok(group))) => groups.retain(|known| *known != group),
            _ => {}
        }
    }
    let start = Instant::now();
    if !groups.is_empty() {
        wait_for_end(host);
    }
    for group in groups {
        kill_tree(group, GUARD_PERSISTENCE.saturating_sub(start.elapsed()));
    }
    if let Some(id) = id {
        kill_marked(Marker::of_run(&id), path.clone(), start);
    }
    if keep {
        run_directory::remove(Path::new(KEPT_DIRECTORY), true);
    } else {
        run_directory::remove(&path, false);
    }
}

/// Waits until the host, which closed the pipe while it was ending, has ended. Its end orphans the process groups of its
/// children, and the system hangs up on those that are stopped at that moment: a child that is to be stopped until all
/// that it started is dead would end instead, and set free what is left.
fn wait_for_end(host: Pid) {
    let start = Instant::now();
    while getppid() == host && start.elapsed() < HOST_END {
        std::thread::sleep(GUARD_LOOK);
    }
    // The system gives the host's children away one after the other.
    std::thread::sleep(GUARD_LOOK);
}

/// Kills what bears the run's mark until nothing does, or the host is seen to have cleaned up itself.
fn kill_marked(marker: Marker, path: PathBuf, start: Instant) {
    let (done, is_done) = mpsc::channel();
    // In a thread, because a look at a process that is stuck in the kernel can be stuck, too.
    std::thread::spawn(move || {
        // A process that was just being forked shows its mark only after its exec: so one more look after the last find.
        let mut clean_looks = 0;
        while clean_looks < 2 && start.elapsed() < GUARD_PERSISTENCE {
            clean_looks = if marker.kill() == 0 { clean_looks + 1 } else { 0 };
            if clean_looks == 1 && !path.exists() {
                break;
            }
            std::thread::sleep(GUARD_LOOK);
        }
        // Nobody listens any more where it took too long.
        let _ = done.send(());
    });
    let _ = is_done.recv_timeout(GUARD_PERSISTENCE.saturating_sub(start.elapsed()));
}
