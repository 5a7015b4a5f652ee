//! One invocation of `proctor`, and how it ended.

use std::fs::File;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use proctor_tests::LATE;

use crate::patience::wait_until;
use crate::report::Report;
use crate::scene::Scene;

/// No invocation here takes so long, unless it hangs.
const PATIENCE: Duration = LATE.saturating_mul(20);

/// A `proctor` that was started. Dropping it kills it.
#[derive(Debug)]
pub struct Invocation<'a> {
    scene: &'a Scene,
    child: Child,
    output: tempfile::TempDir,
    start: Instant,
}

/// A `proctor` that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// What it printed to standard output.
    pub stdout: String,
    /// What it printed to standard error.
    pub stderr: String,
    /// How long it ran.
    pub elapsed: Duration,
}

impl<'a> Invocation<'a> {
    /// Starts a command in a process group of its own.
    pub fn start(scene: &'a Scene, mut command: Command) -> Self {
        let output = tempfile::tempdir().unwrap();
        let file = |name: &str| File::create(output.path().join(name)).unwrap();
        command
            .stdin(Stdio::null())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .process_group(0);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self {
            scene,
            child,
            output,
            start: Instant::now(),
        }
    }

    /// Its process number.
    pub fn process(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(self.process(), signal).unwrap();
    }

    /// Sends its process group a signal.
    pub fn signal_group(&self, signal: Signal) {
        killpg(self.process(), signal).unwrap();
    }

    fn printed(&self, stream: &str) -> String {
        let bytes = std::fs::read(self.output.path().join(stream)).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until its standard error contains a text; panics where it never does.
    pub fn wait_for(&mut self, text: &str) {
        let (child, output) = (&mut self.child, &self.output);
        wait_until(PATIENCE, &format!("it prints {text:?}"), || {
            // Looked at before its output, which is complete then.
            let ended = child.try_wait().unwrap();
            let bytes = std::fs::read(output.path().join("stderr")).unwrap();
            let printed = String::from_utf8_lossy(&bytes);
            if printed.contains(text) {
                return Ok(());
            }
            assert!(ended.is_none(), "it ended before it printed {text:?}: {printed}");
            Err(printed.into_owned())
        });
    }

    /// The run directory, once there is one.
    pub fn run_directory(&self) -> PathBuf {
        wait_until(PATIENCE, "there is a run directory", || {
            let entries = std::fs::read_dir(self.scene.runs()).unwrap().flatten();
            let mut paths = entries.map(|entry| entry.path());
            paths.next().ok_or_else(|| "there is none".into())
        })
    }

    /// Waits until it has ended. Panics where it hangs, or where anything of its run is left.
    pub fn wait(self) -> Ended {
        let scene = self.scene;
        let ended = self.wait_alone();
        scene.check_clean();
        ended
    }

    /// Waits until it has ended, whatever is left of its run. Panics where it hangs.
    pub fn wait_alone(mut self) -> Ended {
        let status = wait_until(PATIENCE, "it ends", || match self.child.try_wait().unwrap() {
            Some(status) => Ok(status),
            None => Err(self.printed("stderr")),
        });
        Ended {
            status,
            stdout: self.printed("stdout"),
            stderr: self.printed("stderr"),
            elapsed: self.start.elapsed(),
        }
    }
}

impl Drop for Invocation<'_> {
    fn drop(&mut self) {
        // It may have ended, which is as well; its guard cleans up.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// Panics unless it ended with that exit status.
    pub fn expect(self, status: i32) -> Self {
        assert_eq!(
            self.status.code(),
            Some(status),
            "signal {:?}\n{}{}",
            self.status.signal(),
            self.stdout,
            self.tail()
        );
        self
    }

    /// The end of its standard error, for messages.
    fn tail(&self) -> &str {
        let from = self.stderr.len().saturating_sub(20_000);
        &self.stderr[self.stderr.ceil_char_boundary(from)..]
    }

    /// What it reported.
    pub fn report(&self) -> Report {
        Report::read(&self.stderr)
    }

    /// Panics unless its standard error contains a text.
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "{text:?} is not in:\n{}", self.tail());
        self
    }

    /// Panics if its standard error contains a text.
    pub fn does_not_say(&self, text: &str) -> &Self {
        assert!(!self.stderr.contains(text), "{text:?} is in:\n{}", self.tail());
        self
    }
}
