//! Child processes that leave nothing behind.

use std::os::fd::OwnedFd;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use tokio::net::unix::pipe;
use tokio::process::{Child, ChildStdin, Command};

use crate::run_directory::{MARKER, RunDirectory};

/// A child with everything that it starts: it leads a process group, and its environment carries the run's marker by
/// which descendants that left the group are found.
#[derive(Debug)]
pub(crate) struct ChildGroup {
    child: Child,
    group: i32,
    marker: String,
    run: RunDirectory,
    ended: bool,
}

impl ChildGroup {
    /// Starts the command as the leader of a group of its own, on behalf of `owner`.
    /// Errors: the system's, when there is no such program or no process to be had.
    pub fn spawn(mut command: Command, run: &RunDirectory, owner: &str) -> std::io::Result<Self> {
        let marker = run.marker(owner);
        let child = command.process_group(0).env(MARKER, &marker).spawn()?;
        let group = child.id().map_or(0, u32::cast_signed);
        if let Some(guard) = run.guard() {
            guard.watch(group);
        }
        Ok(Self {
            child,
            group,
            marker,
            run: run.clone(),
            ended: false,
        })
    }

    /// The child's process number.
    pub fn id(&self) -> i32 {
        self.group
    }

    /// The child's standard input, where it is a pipe that nobody took.
    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Waits for the child's end, and kills what it leaves behind. Safe to drop and call again.
    pub async fn wait(&mut self) -> std::io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.sweep();
        Ok(status)
    }

    /// Asks the child to end, kills it and everything it started when it has not ended within `grace`.
    pub async fn stop(&mut self, grace: Duration) -> std::io::Result<ExitStatus> {
        if !self.ended {
            kill_group(self.group, Signal::SIGTERM);
            if let Ok(status) = tokio::time::timeout(grace, self.child.wait()).await {
                self.sweep();
                return status;
            }
            kill_group(self.group, Signal::SIGKILL);
        }
        self.wait().await
    }

    fn sweep(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        kill_group(self.group, Signal::SIGKILL);
        // Twice: a process that was being forked during the first look has its marker at the second.
        if kill_marked(&self.marker) > 0 {
            kill_marked(&self.marker);
        }
        if let Some(guard) = self.run.guard() {
            guard.forget(self.group);
        }
    }
}

impl Drop for ChildGroup {
    fn drop(&mut self) {
        if !self.ended {
            kill_group(self.group, Signal::SIGKILL);
            // Reaped here where it has died already, by the runtime otherwise.
            let _ = self.child.try_wait();
            self.sweep();
        }
    }
}

/// Sends a command's standard output and standard error into one pipe, in the order in which they are written.
pub(crate) fn merged_output(command: &mut Command) -> std::io::Result<pipe::Receiver> {
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    pipe::Receiver::from_owned_fd(OwnedFd::from(reader))
}

/// Signals a process group. A group that is gone is no error.
pub(crate) fn kill_group(group: i32, signal: Signal) {
    // 0 and 1 would be ourselves and everybody.
    if group > 1 {
        let _ = signal::killpg(Pid::from_raw(group), signal);
    }
}

/// Kills every process whose environment says that it belongs to `marker`: it equals it or, where the marker ends
/// with a colon, begins with it. Returns how many there were.
pub(crate) fn kill_marked(marker: &str) -> usize {
    let marked = marked(marker);
    for pid in &marked {
        let _ = signal::kill(Pid::from_raw(*pid), Signal::SIGKILL);
    }
    marked.len()
}

/// The processes of a marker, this one excepted.
fn marked(marker: &str) -> Vec<i32> {
    let own = std::process::id().cast_signed();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| *pid != own)
        .filter(|pid| {
            // Zombies and other users' processes cannot be read and are not ours.
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|variable| belongs(variable, marker))
        })
        .collect()
}

fn belongs(variable: &[u8], marker: &str) -> bool {
    let value = variable
        .strip_prefix(MARKER.as_bytes())
        .and_then(|rest| rest.strip_prefix(b"="));
    value.is_some_and(|value| {
        if marker.ends_with(':') {
            value.starts_with(marker.as_bytes())
        } else {
            value == marker.as_bytes()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Stdio;

    #[test]
    fn a_marker_is_matched_whole() {
        assert!(belongs(b"PROCTOR_RUN=/tmp/a:m", "/tmp/a:m"));
        assert!(!belongs(b"PROCTOR_RUN=/tmp/a:m2", "/tmp/a:m"));
        assert!(belongs(b"PROCTOR_RUN=/tmp/a:m2", "/tmp/a:"));
        assert!(!belongs(b"PROCTOR_RUN=/tmp/ab:m2", "/tmp/a:"));
        assert!(!belongs(b"OTHER=/tmp/a:m", "/tmp/a:m"));
    }

    #[tokio::test]
    async fn a_descendant_that_left_the_group_dies_too() {
        let run = RunDirectory::create(false, None).unwrap();
        let mut command = Command::new("bash");
        command
            .args(["-c", "trap '' TERM HUP; setsid sleep 1000 & exec sleep 1000"])
            .stdout(Stdio::null());
        let mut group = ChildGroup::spawn(command, &run, "m").unwrap();
        while marked(&run.marker("m")).len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        group.stop(Duration::from_millis(50)).await.unwrap();
        // Killed ones may take a moment to vanish from /proc.
        for _ in 0..200 {
            if marked(&run.marker("m")).is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("left behind: {:?}", marked(&run.marker("m")));
    }
}
