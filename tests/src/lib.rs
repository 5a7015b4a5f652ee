//! What the tests of machines have in common: a machine to drive and a record of what happened.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use proctor::event::{Event, EventKind, Events, Report, Reporter};
use proctor::limits::Limits;
use proctor::machine::{Machine, StartScript};
use proctor::run_directory::RunDirectory;
use proctor::setup_clock::SetupClock;

/// A path that `cargo xtask test` tells. Panics where it does not: the test cannot run without.
pub fn path_from_environment(variable: &str) -> PathBuf {
    match std::env::var_os(variable) {
        Some(path) => path.into(),
        None => panic!("{variable} is not set; run the tests with: cargo xtask test"),
    }
}

/// Writes an executable file.
pub fn write_script(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
        .unwrap_or_else(|error| panic!("{path:?}: {error}"));
}

/// Writes `run-NAME-vm`, which starts the fake machine with these options, and returns its path.
pub fn fake_script(directory: &Path, name: &str, options: &str) -> PathBuf {
    let path = directory.join(format!("run-{name}-vm"));
    let fake = path_from_environment("PROCTOR_FAKE_MACHINE");
    write_script(&path, &format!("#!/bin/sh\nexec '{}' {options} -- \"$@\"\n", fake.display()));
    path
}

/// Writes `run-NAME-vm`, which starts the `mini` machine as that node of these VLANs, and returns its path.
pub fn mini_script(directory: &Path, name: &str, node: u32, vlans: &str) -> PathBuf {
    let path = directory.join(format!("run-{name}-vm"));
    let boot = path_from_environment("PROCTOR_MINI").join("boot");
    let boot = boot.display();
    write_script(&path, &format!("#!/bin/sh\nexec '{boot}' --name '{name}' --node {node} --vlans '{vlans}' -- \"$@\"\n"));
    path
}

/// Events as they came.
#[derive(Debug, Clone, Default)]
pub struct Record(Arc<Mutex<Vec<Event>>>);

impl Report for Record {
    fn event(&mut self, event: &Event) {
        self.lock().push(event.clone());
    }
}

impl Record {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Event>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The texts of all messages so far.
    pub fn messages(&self) -> Vec<String> {
        let text = |event: &Event| match &event.kind {
            EventKind::Message { text, .. } => Some(text.clone()),
            _ => None,
        };
        self.lock().iter().filter_map(text).collect()
    }

    /// All serial lines so far.
    pub fn console(&self) -> Vec<String> {
        let line = |event: &Event| match &event.kind {
            EventKind::Console { line, .. } => Some(line.clone()),
            _ => None,
        };
        self.lock().iter().filter_map(line).collect()
    }

    /// Waits until there is a message or a serial line that contains a text. Panics where there is none in time.
    pub async fn wait_for(&self, text: &str) {
        for _ in 0..1_000 {
            if self.messages().iter().chain(&self.console()).any(|line| line.contains(text)) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("{text:?} is not in {:#?} nor in {:#?}", self.messages(), self.console());
    }
}

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
    /// For what else emits.
    pub events: Events,
    _reporter: Reporter,
}

impl Bench {
    /// Around a start script that `script` writes into a directory.
    pub fn new(limits: &Limits, vlans: &[u32], script: impl FnOnce(&Path) -> PathBuf) -> Self {
        let scratch = tempfile::tempdir().expect("a scratch directory");
        let record = Record::default();
        let (reporter, events) = Reporter::start(vec![Box::new(record.clone())]).expect("a reporter");
        let run = RunDirectory::create(false, None).expect("a run directory");
        let script = StartScript::open(&script(scratch.path())).expect("a start script");
        let machine = Machine::new(script, &run, vlans, limits, &events, &SetupClock::default()).expect("a machine");
        Self { machine, record, run, scratch, events, _reporter: reporter }
    }

    /// Around a fake machine with options.
    pub fn fake(options: &str) -> Self {
        Self::fake_with(&Limits::default(), options)
    }

    /// Around a fake machine with options, under limits.
    pub fn fake_with(limits: &Limits, options: &str) -> Self {
        Self::new(limits, &[], |directory| fake_script(directory, "machine", options))
    }

    /// Around a `mini` machine.
    pub fn mini() -> Self {
        Self::new(&Limits::default(), &[], |directory| mini_script(directory, "machine", 1, ""))
    }
}
