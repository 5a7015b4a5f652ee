//! Who descends from whom.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use crate::limits::KILLED_LOOK;

/// A process and its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    /// Its number.
    pub(crate) pid: i32,
    /// Its parent's.
    pub(crate) parent: i32,
    /// Whether it is dead, and only waits to be collected by its parent.
    pub(crate) is_dead: bool,
}

/// All processes.
pub(crate) fn processes() -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        // One that has ended meanwhile cannot be read.
        .filter_map(|pid| parse(pid, &std::fs::read(format!("/proc/{pid}/stat")).ok()?))
        .collect()
}

/// Reads `/proc/PID/stat`: `PID (NAME) STATE PARENT ...`, where NAME can hold anything.
fn parse(pid: i32, status: &[u8]) -> Option<Process> {
    let after_name = status.iter().rposition(|byte| *byte == b')')? + 1;
    let mut fields = std::str::from_utf8(status.get(after_name..)?)
        .ok()?
        .split_ascii_whitespace();
    let is_dead = matches!(fields.next()?, "Z" | "X");
    let parent = fields.next()?.parse().ok()?;
    Some(Process { pid, parent, is_dead })
}

/// The living among a process's children, their children and so on.
fn descendants(root: i32) -> Vec<i32> {
    let mut children: HashMap<i32, Vec<Process>> = HashMap::new();
    for process in processes() {
        children.entry(process.parent).or_default().push(process);
    }
    let (mut found, mut open) = (Vec::new(), vec![root]);
    while let Some(parent) = open.pop() {
        for child in children.remove(&parent).unwrap_or_default() {
            open.push(child.pid);
            if !child.is_dead {
                found.push(child.pid);
            }
        }
    }
    found
}

/// Kills everything that descends from a process and at last the process itself with its group. The process must be a
/// child subreaper: as long as it is there, none of its descendants can leave the tree, whatever they do.
/// Gives up on the descendants, not on the process, after `patience`.
pub(crate) fn kill_tree(leader: i32, patience: Duration) {
    // 0 and 1 would be ourselves and everybody.
    if leader <= 1 {
        return;
    }
    // So that it starts nothing in their place.
    let _ = signal::kill(Pid::from_raw(leader), Signal::SIGSTOP);
    let start = Instant::now();
    while kill_descendants(leader) && start.elapsed() < patience {
        std::thread::sleep(KILLED_LOOK);
    }
    kill_group(leader, Signal::SIGKILL);
}

/// Kills what descends from a process now. Returns whether there was something.
pub(crate) fn kill_descendants(root: i32) -> bool {
    let descendants = descendants(root);
    for pid in &descendants {
        let _ = signal::kill(Pid::from_raw(*pid), Signal::SIGKILL);
    }
    !descendants.is_empty()
}

/// Signals a process group. A group that is gone is no error.
pub(crate) fn kill_group(group: i32, signal: Signal) {
    // 0 and 1 would be ourselves and everybody.
    if group > 1 {
        let _ = signal::killpg(Pid::from_raw(group), signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::CommandExt as _;

    #[test]
    fn a_process_name_can_hold_anything() {
        let process = |is_dead| Process {
            pid: 7,
            parent: 42,
            is_dead,
        };
        assert_eq!(parse(7, b"7 (a) S 1 (\n\xff) R 42 7 7"), Some(process(false)));
        assert_eq!(parse(7, b"7 (a) Z 42 7 7"), Some(process(true)));
        assert_eq!(parse(7, b"7 (a"), None);
        assert_eq!(parse(7, b"7 (a)"), None);
    }

    #[test]
    fn children_of_children_are_found() {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", "sleep 1000 & sleep 1000; true"]).process_group(0);
        let mut child = command.spawn().unwrap();
        let root = child.id().cast_signed();
        let start = Instant::now();
        while descendants(root).len() < 2 {
            assert!(start.elapsed() < Duration::from_secs(10));
            std::thread::sleep(KILLED_LOOK);
        }
        let found = descendants(std::process::id().cast_signed());
        assert!(descendants(root).iter().all(|pid| found.contains(pid)) && found.contains(&root));
        kill_tree(root, Duration::from_secs(10));
        assert!(!child.wait().unwrap().success());
        assert!(descendants(root).is_empty());
    }
}
