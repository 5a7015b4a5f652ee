//! Processes that lost their parents, and come to this one.
//!
//! Every [child](crate::child) is a child subreaper: as long as it lives, what its descendants leave behind stays with
//! it, in sessions of their own or not, with a cleared environment or not. So what comes to a host that is a subreaper
//! too has lost not only its parent but the child of the host from which it descends, and has nothing to live for.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use nix::sys::prctl;
use nix::sys::signal::{self, Signal};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use crate::limits::{KILLED_LOOK, ORPHANS_END};
use crate::process_tree;

/// What is known of this process's children.
#[derive(Debug)]
struct Children {
    /// Those that it started, by their numbers.
    own: BTreeSet<i32>,
    /// Whether all others are orphans.
    adopts: bool,
}

static CHILDREN: Mutex<Children> = Mutex::new(Children {
    own: BTreeSet::new(),
    adopts: false,
});

fn children() -> MutexGuard<'static, Children> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has orphans come to this process from now on, and [`kill`] take every child that was not started through [`start`]
/// for one. Does nothing where this process has children already, as one has whose program a shell script became: their
/// orphans are none of our business, and could not be told from ours.
pub(crate) fn adopt() {
    let mut children = children();
    if !children.adopts && of_this_process().is_empty() {
        // Without it the run goes on as well: orphans that bear the run's mark are found by that.
        children.adopts = prctl::set_child_subreaper(true).is_ok();
    }
}

/// Starts a child of this process's own; `number` is how the system calls it. Errors: those of `spawn`.
pub(crate) fn start<T>(
    spawn: impl FnOnce() -> std::io::Result<T>,
    number: impl FnOnce(&T) -> Option<u32>,
) -> std::io::Result<T> {
    // Held meanwhile, so that nobody takes the new child for an orphan.
    let mut children = children();
    let child = spawn()?;
    children.own.extend(number(&child).map(u32::cast_signed));
    Ok(child)
}

/// A child that was started has ended.
pub(crate) fn forget(child: i32) {
    children().own.remove(&child);
}

/// Kills the orphans that have come to this process, and those that come when they die.
pub(crate) fn kill() {
    let start = Instant::now();
    while kill_once() > 0 && start.elapsed() < ORPHANS_END {
        std::thread::sleep(KILLED_LOOK);
    }
}

/// Returns how many there were.
fn kill_once() -> usize {
    let children = children();
    if !children.adopts {
        return 0;
    }
    let mut orphans = of_this_process();
    orphans.retain(|pid| !children.own.contains(pid));
    for pid in &orphans {
        let pid = Pid::from_raw(*pid);
        let _ = signal::kill(pid, Signal::SIGKILL);
        // One that is not dead yet is collected at the next look.
        let _ = waitpid(pid, Some(WaitPidFlag::WNOHANG));
    }
    orphans.len()
}

/// The children of this process, dead ones included.
fn of_this_process() -> Vec<i32> {
    let own = std::process::id().cast_signed();
    let processes = process_tree::processes().into_iter();
    processes
        .filter(|process| process.parent == own)
        .map(|process| process.pid)
        .collect()
}
