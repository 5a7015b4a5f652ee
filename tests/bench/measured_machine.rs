//! A machine that Proctor drives.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use proctor::error::CommandResult;
use proctor::event::{Event, EventKind, Report, Reporter};
use proctor::limits::Limits;
use proctor::machine::{Machine, StartScript};
use proctor::polling::Polling;
use proctor::report::terminal::{Terminal, TerminalOptions};
use proctor::run_directory::RunDirectory;
use proctor::setup_clock::SetupClock;
use proctor_tests::{path_from_environment, write_script};
use tokio::runtime::Runtime;

use crate::limits::PATIENCE;

/// Its name; the bare machine has another, of the same length.
const NAME: &str = "measured";

/// A running machine with its reports: the terminal's, printed to nowhere, and the lines of its serial console.
pub(crate) struct MeasuredMachine {
    runtime: Runtime,
    machine: Machine,
    /// What its serial console says.
    pub(crate) serial: SerialLines,
    run: RunDirectory,
    scratch: tempfile::TempDir,
    _reporter: Reporter,
}

impl MeasuredMachine {
    /// Boots the machine of the image that a variable names, and waits for its shell. Panics where it does not come up.
    pub(crate) fn boot(image: &str) -> Self {
        // As the host has it.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let scratch = tempfile::tempdir().expect("a scratch directory");
        let run = RunDirectory::create(false, Some(&path_from_environment("PROCTOR_BIN"))).expect("a run directory");
        let serial = SerialLines::default();
        let terminal = Terminal::new(
            std::io::sink(),
            TerminalOptions {
                colour: true,
                ..TerminalOptions::default()
            },
        );
        let reports: Vec<Box<dyn Report>> = vec![Box::new(terminal), Box::new(serial.clone())];
        let (reporter, events) = Reporter::start(reports).expect("a reporter");

        let script = scratch.path().join(format!("run-{NAME}-vm"));
        let boot = path_from_environment(image).join("boot");
        let arguments = scratch.path().join("arguments");
        write_script(
            &script,
            &format!(
                "#!/bin/sh\nprintf '%s\\0' \"$@\" > '{}'\nexec '{}' --name {NAME} -- \"$@\"\n",
                arguments.display(),
                boot.display()
            ),
        );
        let script = StartScript::open(&script).expect("a start script");
        let machine = runtime.block_on(async {
            let machine = Machine::new(
                script,
                &run,
                &[],
                &Limits::default(),
                &events,
                &SetupClock::default(),
                &Polling::default(),
            );
            let machine = machine.unwrap_or_else(|error| panic!("{error}"));
            machine.connect(None).await.unwrap_or_else(|error| panic!("{error}"));
            machine
        });
        Self {
            runtime,
            machine,
            serial,
            run,
            scratch,
            _reporter: reporter,
        }
    }

    /// What Proctor handed to the start script, and the directory that stands in it.
    pub(crate) fn qemu_arguments(&self) -> (Vec<String>, PathBuf) {
        let text = fs::read_to_string(self.scratch.path().join("arguments")).expect("the start script ran");
        let words = text.split_terminator('\0').map(str::to_owned).collect();
        (words, self.run.machine(NAME))
    }

    /// Drives the machine to the end of some work.
    pub(crate) fn drive<'a, T>(&'a self, work: impl FnOnce(&'a Machine) -> T) -> T::Output
    where
        T: Future,
    {
        self.runtime.block_on(work(&self.machine))
    }

    /// Runs a command, which must succeed. Panics where it does not.
    pub(crate) fn succeed(&self, command: &str) -> CommandResult {
        let result = self.runtime.block_on(self.machine.succeed(command, Some(PATIENCE)));
        result.unwrap_or_else(|error| panic!("{error}"))
    }
}

/// The lines of a serial console, as the reports see them.
#[derive(Clone, Default)]
pub(crate) struct SerialLines(Arc<(Mutex<Seen>, Condvar)>);

#[derive(Default)]
struct Seen {
    lines: Vec<String>,
    awaited: String,
    awaited_since: Option<Instant>,
    came_at: Option<Instant>,
}

impl Report for SerialLines {
    fn event(&mut self, event: &Event) {
        let EventKind::Console { line, .. } = &event.kind else {
            return;
        };
        let mut seen = self.lock();
        if seen.awaited_since.is_some() {
            seen.lines.push(line.clone());
            if *line == seen.awaited {
                seen.came_at = Some(Instant::now());
                self.0.1.notify_all();
            }
        }
    }
}

impl SerialLines {
    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps all lines from now on, until the last has come.
    pub(crate) fn begin(&self, last: &str) {
        *self.lock() = Seen {
            awaited: last.into(),
            awaited_since: Some(Instant::now()),
            ..Seen::default()
        };
    }

    /// Waits for the last line. Returns all lines, and the time since the beginning. Panics where it never comes.
    pub(crate) fn end(&self) -> (Vec<String>, Duration) {
        let missing = |seen: &mut Seen| seen.came_at.is_none();
        let waited = self.0.1.wait_timeout_while(self.lock(), PATIENCE, missing);
        let (mut seen, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let seen = std::mem::take(&mut *seen);
        match (seen.awaited_since, seen.came_at) {
            (Some(since), Some(at)) => (seen.lines, at - since),
            _ => panic!("of a flood of serial lines the last, {:?}, never came", seen.awaited),
        }
    }
}
