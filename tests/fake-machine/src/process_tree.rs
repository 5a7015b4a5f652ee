//! Killing everything that descends from a process, whatever sessions it has fled to.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::thread;
use std::time::Instant;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::{Pid, getpid};

use crate::limits;

/// Kills and reaps all descendants of the calling process but those in `spared`, and returns when there are none left.
/// The caller must be a child subreaper: the children of what is killed become its own, and are found in the next round.
pub(crate) fn kill_descendants(spared: &[Pid]) {
    let deadline = Instant::now() + limits::CLEANUP;
    while Instant::now() < deadline && has_children() {
        let descendants: Vec<Pid> = descendants(getpid())
            .into_iter()
            .filter(|pid| !spared.contains(pid))
            .collect();
        if descendants.is_empty() {
            return;
        }
        // All are stopped before the first is killed: a machine that dies leaves no shell time to tell of its children's death.
        for signal in [Signal::SIGSTOP, Signal::SIGKILL] {
            for pid in &descendants {
                // It may have ended since: that is what we want.
                let _ = kill(*pid, signal);
            }
        }
        while matches!(waitpid(None, Some(WaitPidFlag::WNOHANG)), Ok(status) if status.pid().is_some()) {}
        thread::sleep(limits::CLEANUP_PAUSE);
    }
}

/// Whether the calling process has children, dead ones included. Costs less than a look at all processes.
fn has_children() -> bool {
    let flags = WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT | WaitPidFlag::WEXITED;
    !matches!(
        nix::sys::wait::waitid(nix::sys::wait::Id::All, flags),
        Err(Errno::ECHILD)
    )
}

fn descendants(root: Pid) -> HashSet<Pid> {
    let mut children: HashMap<Pid, Vec<Pid>> = HashMap::new();
    for (pid, parent) in processes() {
        children.entry(parent).or_default().push(pid);
    }
    let mut found = HashSet::new();
    let mut open = vec![root];
    while let Some(parent) = open.pop() {
        for pid in children.remove(&parent).unwrap_or_default() {
            found.insert(pid);
            open.push(pid);
        }
    }
    found
}

/// All processes with their parents.
fn processes() -> Vec<(Pid, Pid)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| {
            let pid: i32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let status = fs::read(format!("/proc/{pid}/stat")).ok()?;
            Some((Pid::from_raw(pid), parent(&status)?))
        })
        .collect()
}

/// The parent in the contents of `/proc/PID/stat`: `PID (NAME) STATE PARENT ...`, where NAME can hold anything.
fn parent(status: &[u8]) -> Option<Pid> {
    let after_name = status.iter().rposition(|byte| *byte == b')')?;
    let fields = std::str::from_utf8(status.get(after_name + 1..)?).ok()?;
    fields.split_ascii_whitespace().nth(1)?.parse().ok().map(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_name_can_hold_anything() {
        assert_eq!(parent(b"7 (a) S 1 (\n\xff) R 42 7 7"), Some(Pid::from_raw(42)));
        assert_eq!(parent(b"7 (a"), None);
    }
}
