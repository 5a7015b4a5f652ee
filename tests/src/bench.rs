//! A machine to drive, outside any run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use proctor::error::{Cause, Result};
use proctor::event::{Events, Report, Reporter, State};
use proctor::limits::Limits;
use proctor::machine::{Machine, StartScript};
use proctor::polling::Polling;
use proctor::run_directory::RunDirectory;
use proctor::setup_clock::SetupClock;

use crate::lateness::PATIENCE;
use crate::processes;
use crate::record::Record;
use crate::start_script::{fake_script, fake_script_after, mini_script, systemd_script};

/// One machine outside any run, with all that it needs.
#[derive(Debug)]
pub struct Bench {
    /// The machine.
    pub machine: Machine,
    /// What happened to it.
    pub record: Record,
    /// Where it lives.
    pub run: RunDirectory,
    /// For start scripts.
    pub scratch: tempfile::TempDir,
    /// Its polling conditions.
    pub polling: Polling,
    /// For what else emits.
    pub events: Events,
    _reporter: Reporter,
}

impl Bench {
    /// Around a start script that `script` writes into a directory.
    pub fn new(limits: &Limits, vlans: &[u32], script: impl FnOnce(&Path) -> PathBuf) -> Self {
        let run = RunDirectory::create(false, None).expect("a run directory");
        Self::in_run(run, limits, vlans, script).expect("a machine")
    }

    /// As [`Bench::new`], in a run that there is already. Errors: the machine's.
    pub fn in_run(
        run: RunDirectory,
        limits: &Limits,
        vlans: &[u32],
        script: impl FnOnce(&Path) -> PathBuf,
    ) -> Result<Self> {
        let record = Record::default();
        Self::with_reports(run, limits, vlans, script, record.clone(), vec![Box::new(record)])
    }

    fn with_reports(
        run: RunDirectory,
        limits: &Limits,
        vlans: &[u32],
        script: impl FnOnce(&Path) -> PathBuf,
        record: Record,
        reports: Vec<Box<dyn Report>>,
    ) -> Result<Self> {
        let scratch = tempfile::tempdir().expect("a scratch directory");
        let (reporter, events) = Reporter::start(reports).expect("a reporter");
        let script = StartScript::open(&script(scratch.path())).expect("a start script");
        let polling = Polling::default();
        let machine = Machine::new(script, &run, vlans, limits, &events, &SetupClock::default(), &polling)?;
        Ok(Self {
            machine,
            record,
            run,
            scratch,
            polling,
            events,
            _reporter: reporter,
        })
    }

    /// Around a fake machine with options.
    pub fn fake(options: &str) -> Self {
        Self::fake_with(&Limits::default(), options)
    }

    /// Around a fake machine with options, under limits.
    pub fn fake_with(limits: &Limits, options: &str) -> Self {
        Self::new(limits, &[], |directory| fake_script(directory, "machine", options))
    }

    /// Around a fake machine with options, of which nothing is recorded.
    pub fn silent(options: &str) -> Self {
        let run = RunDirectory::create(false, None).expect("a run directory");
        let script = |directory: &Path| fake_script(directory, "machine", options);
        Self::with_reports(run, &Limits::default(), &[], script, Record::default(), Vec::new()).expect("a machine")
    }

    /// Around a fake machine with options; its start script runs these lines of `sh` first.
    pub fn fake_after(before: &str, options: &str) -> Self {
        Self::fake_after_with(&Limits::default(), before, options)
    }

    /// As [`Bench::fake_after`], under limits.
    pub fn fake_after_with(limits: &Limits, before: &str, options: &str) -> Self {
        Self::new(limits, &[], |directory| {
            fake_script_after(directory, "machine", before, options)
        })
    }

    /// Around a script of `sh` that is no machine at all, or not at once.
    pub fn script(limits: &Limits, text: &str) -> Self {
        Self::new(limits, &[], |directory| {
            let path = directory.join("run-machine-vm");
            crate::write_script(&path, &format!("#!/bin/sh\n{text}\n"));
            path
        })
    }

    /// Around a `mini` machine.
    pub fn mini() -> Self {
        Self::new(&Limits::default(), &[], |directory| {
            mini_script(directory, "machine", 1, "")
        })
    }

    /// Around a `systemd` machine with options.
    pub fn systemd(options: &str) -> Self {
        Self::new(&Limits::default(), &[], |directory| systemd_script(directory, options))
    }

    /// The machine's state directory.
    pub fn state(&self) -> PathBuf {
        self.run.machine(self.machine.name())
    }

    /// The process of the machine that was started last, which is the start script's.
    pub async fn process(&self) -> i32 {
        let process = || {
            let states = self.record.states().into_iter().rev();
            let mut booting = states.filter(|(state, _)| *state == State::Booting);
            booting.next()?.1.strip_prefix("pid ")?.parse::<i32>().ok()
        };
        processes::wait_until("no process of the machine was told", || process().is_some()).await;
        process().expect("a process")
    }

    /// Stops the machine's process: it hangs.
    pub async fn hang(&self) {
        processes::stop(self.process().await).await;
    }

    /// Runs a command and returns its status and output. Panics where it has none.
    pub async fn run(&self, command: &str) -> (i32, Vec<u8>) {
        match self.machine.execute(command, Some(PATIENCE)).await {
            Ok(result) => (result.status, result.stdout),
            Err(error) => panic!("{error}"),
        }
    }

    /// Runs a command that succeeds and returns its output without the last line ends. Panics otherwise.
    pub async fn text(&self, command: &str) -> String {
        match self.machine.succeed(command, Some(PATIENCE)).await {
            Ok(result) => String::from_utf8_lossy(&result.stdout).trim_end().to_owned(),
            Err(error) => panic!("{error}"),
        }
    }

    /// Runs a command that ends without a result and returns why. Panics where it has one.
    pub async fn cause(&self, command: &str) -> Cause {
        match self.machine.execute(command, Some(PATIENCE)).await {
            Ok(result) => panic!("ended with status {} and {} bytes", result.status, result.stdout.len()),
            Err(error) => error.cause,
        }
    }

    /// Panics unless a command that runs over so long a limit is killed for it.
    pub async fn check_limit(&self, limit: Duration) {
        match self.machine.execute("sleep 100", Some(limit)).await {
            Ok(result) => assert_eq!(result.status, 124),
            Err(error) => panic!("{error}"),
        }
    }

    /// Panics unless the shell is fit for use: text, status and the next command.
    pub async fn check_usable(&self) {
        assert_eq!(self.run("echo usable; exit 7").await, (7, b"usable\n".to_vec()));
        assert_eq!(self.run("echo again").await, (0, b"again\n".to_vec()));
    }
}
