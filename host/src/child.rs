//! Child processes that leave nothing behind.

use std::os::fd::OwnedFd;
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::prctl;
use nix::sys::signal::Signal;
use tokio::net::unix::pipe;
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::limits::{CHILD_SWEEP, CHILD_TREE};
use crate::marker::{self, Marker, Owner};
use crate::orphans;
use crate::process_tree::{kill_group, kill_tree};
use crate::run_directory::RunDirectory;

/// A child with everything that it starts. It leads a process group; it is a child subreaper, so that as long as it
/// lives all that it starts descends from it; and its environment carries the run's marker by which descendants that
/// survive it are found.
#[derive(Debug)]
pub(crate) struct ChildGroup {
    child: Child,
    group: i32,
    /// Taken when the child has ended.
    remains: Option<Remains>,
    sweeping: Option<JoinHandle<()>>,
}

/// What a child leaves behind. Dropping it kills it all: where a runtime that shuts down does not get to it, too.
#[derive(Debug)]
struct Remains {
    group: i32,
    marker: Marker,
    run: RunDirectory,
}

impl ChildGroup {
    /// Starts the command as the leader of a group of its own, on behalf of `owner`.
    /// Errors: the system's, when there is no such program or no process to be had.
    pub fn spawn(mut command: Command, run: &RunDirectory, owner: Owner<'_>) -> std::io::Result<Self> {
        let marker = run.marker(owner);
        command.process_group(0).env(marker::VARIABLE, marker.value());
        // SAFETY: it is one system call, which may be made between fork and exec.
        unsafe { command.pre_exec(|| Ok(prctl::set_child_subreaper(true)?)) };
        let child = orphans::start(|| command.spawn(), Child::id)?;
        let group = child.id().map_or(0, u32::cast_signed);
        if let Some(guard) = run.guard() {
            guard.watch(group);
        }
        let run = run.clone();
        Ok(Self {
            child,
            group,
            remains: Some(Remains { group, marker, run }),
            sweeping: None,
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
        if let Some(remains) = self.remains.take() {
            // It reads what can block.
            self.sweeping = Some(spawn_blocking(move || drop(remains)));
        }
        if let Some(sweeping) = &mut self.sweeping {
            let _ = tokio::time::timeout(CHILD_SWEEP, sweeping).await;
            self.sweeping = None;
        }
        Ok(status)
    }

    /// Asks the child to end, kills it and everything it started when it has not ended within `grace`.
    pub async fn stop(&mut self, grace: Duration) -> std::io::Result<ExitStatus> {
        if self.remains.is_some() {
            kill_group(self.group, Signal::SIGTERM);
            if tokio::time::timeout(grace, self.child.wait()).await.is_err() {
                let group = self.group;
                let _ = spawn_blocking(move || kill_tree(group, CHILD_TREE)).await;
            }
        }
        self.wait().await
    }
}

impl Drop for ChildGroup {
    fn drop(&mut self) {
        if self.remains.is_some() && matches!(self.child.try_wait(), Ok(None)) {
            kill_tree(self.group, CHILD_TREE);
            // Reaped here where it has died already, by the runtime otherwise.
            let _ = self.child.try_wait();
        }
    }
}

impl Drop for Remains {
    fn drop(&mut self) {
        kill_group(self.group, Signal::SIGKILL);
        orphans::forget(self.group);
        orphans::kill();
        // Twice: a process that was being forked during the first look has its marker at the second.
        if self.marker.kill() > 0 {
            self.marker.kill();
        }
        if let Some(guard) = self.run.guard() {
            guard.forget(self.group);
        }
    }
}

/// Sends a command's standard output and standard error into one pipe, in the order in which they are written.
pub(crate) fn merged_output(command: &mut Command) -> std::io::Result<pipe::Receiver> {
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    pipe::Receiver::from_owned_fd(OwnedFd::from(reader))
}

/// Sends a command's standard output and standard error into a pipe each, in this order.
pub(crate) fn separate_output(command: &mut Command) -> std::io::Result<[pipe::Receiver; 2]> {
    let (output_reader, output) = std::io::pipe()?;
    let (error_reader, error) = std::io::pipe()?;
    command.stdout(output).stderr(error);
    let receiver = |reader| pipe::Receiver::from_owned_fd(OwnedFd::from(reader));
    Ok([receiver(output_reader)?, receiver(error_reader)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Stdio;

    #[tokio::test]
    async fn a_descendant_that_left_the_group_dies_too() {
        let run = RunDirectory::create(false, None).unwrap();
        let mut command = Command::new("bash");
        command
            .args(["-c", "trap '' TERM HUP; setsid sleep 1000 & exec sleep 1000"])
            .stdout(Stdio::null());
        let owner = Owner::Machine("m");
        let mut group = ChildGroup::spawn(command, &run, owner).unwrap();
        while run.marker(owner).processes().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        group.stop(Duration::from_millis(50)).await.unwrap();
        // Killed ones may take a moment to vanish from /proc.
        for _ in 0..200 {
            if run.marker(owner).processes().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("left behind: {:?}", run.marker(owner).processes());
    }
}
