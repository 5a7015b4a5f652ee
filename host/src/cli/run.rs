//! `proctor run`: boots machines and runs the tests that drive them.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use nix::sys::signal::{SigHandler, Signal, signal};

use super::arguments::{Failure, block_on, say};
use super::build;
use super::configuration::ConfigurationArguments;
use super::interactive::{self, Interactive};
use super::limits::LimitArguments;
use super::machines::{machines, vlans};
use super::report_files::ReportFiles;
use crate::event::{EventKind, Level, Report, Reporter};
use crate::grants::Grants;
use crate::limits::{LONGEST, Limits};
use crate::output_directory::{OWN_FILES, OutputDirectory};
use crate::plugin::Script;
use crate::report::destination::{Destination, Earlier};
use crate::report::html::Html;
use crate::report::json_lines::{self, JsonLines};
use crate::report::terminal::{Terminal, TerminalOptions};
use crate::runner::{self, Interruption, Interruptions, Plan};

/// What to run, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Test components (.wasm), directories of projects, which are built first, or scripts for the NixOS test driver (.py)
    #[arg(value_name = "TEST")]
    tests: Vec<PathBuf>,

    /// Give a prompt in which a script's statements are executed as they are typed; `test_script()` runs the script, where
    /// one is named
    #[arg(short = 'I', long, conflicts_with = "filters")]
    interactive: bool,

    /// Start scripts of the machines, named run-NAME-vm [default: the words of $startScripts]
    #[arg(long, value_name = "SCRIPT", num_args = 0..)]
    start_scripts: Option<Vec<PathBuf>>,

    /// Numbers of the VLANs to make [default: the words of $vlans]
    #[arg(long, value_name = "NUMBER", num_args = 0.., allow_negative_numbers = true)]
    vlans: Option<Vec<String>>,

    /// The directory for what a run leaves; it must exist and is checked before anything starts [default: proctor-output,
    /// which is made]
    #[arg(short, long, alias = "output_directory", value_name = "DIRECTORY")]
    output_directory: Option<PathBuf>,

    /// Keep the machines' state after the run, and use what the last such run left
    #[arg(short = 'K', long, alias = "keep-machine-state")]
    keep_vm_state: bool,

    /// Let tests copy files of this directory to machines; with a NAME they know it by that. May be given several times
    #[arg(long, value_name = "[NAME=]DIRECTORY")]
    allow_read: Vec<String>,

    /// Let tests forward ports of this computer's loopback address to machines
    #[arg(long, visible_alias = "allow-forward")]
    allow_forward_port: bool,

    /// Let tests command machines' monitors, which lets them do on this computer what you may do
    #[arg(long)]
    allow_monitor: bool,

    /// Let tests make machines of free parts, which lets them do on this computer what you may do
    #[arg(long)]
    allow_create_machine: bool,

    /// Tell the tests something; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    param: Vec<String>,

    /// Run only tests whose names contain this; may be given several times
    #[arg(short = 't', long = "test", value_name = "TEXT")]
    filters: Vec<String>,

    /// Write no page for a browser into the output directory
    #[arg(long)]
    no_html: bool,

    #[command(flatten)]
    reports: ReportFiles,

    #[command(flatten)]
    configuration: ConfigurationArguments,

    /// Show debug messages too
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,

    /// Show verdicts, warnings and failures only
    #[arg(short, long)]
    quiet: bool,

    /// Show messages of this importance and more; the course of a test counts as `info`
    #[arg(long, value_name = "LEVEL", conflicts_with_all = ["verbose", "quiet"])]
    log_level: Option<LogLevel>,

    /// Do not show the machines' serial consoles
    #[arg(long)]
    no_serial: bool,

    // Last, for what follows its heading stands below it.
    #[command(flatten)]
    limits: LimitArguments,
}

/// How important a line is to be.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum LogLevel {
    Debug,
    Info,
    Warning,
    Error,
}

impl LogLevel {
    pub(super) fn level(self) -> Level {
        match self {
            Self::Debug => Level::Debug,
            Self::Info => Level::Info,
            Self::Warning => Level::Warning,
            Self::Error => Level::Error,
        }
    }
}

impl Arguments {
    fn plan(&self) -> Result<Plan, Failure> {
        let configuration = self.configuration.read()?;
        let limits = self.limits.settings(&configuration)?.limits;
        // The script or VLAN that is a test comes before the test that is missing: it is the reason.
        let machines = machines(self.start_scripts.as_ref().or(configuration.start_scripts.as_ref()))?;
        let configured = configuration.vlans.as_ref();
        let configured = configured.map(|vlans| vlans.iter().map(u32::to_string).collect());
        let vlans = vlans(self.vlans.clone().or(configured))?;
        let output_directory = self
            .output_directory
            .as_ref()
            .or(configuration.output_directory.as_ref());
        let output_directory = match output_directory {
            Some(path) => Plan::output_directory(path),
            None => Plan::default_output_directory(),
        };
        let tests = match self.tests.as_slice() {
            [] if self.interactive => vec![Script::NONE.into()],
            tests => build::components("run", tests, &limits)?,
        };
        let no_script = |tests: &[PathBuf]| !matches!(tests, [test] if Script::is_one(test));
        if self.interactive && !self.tests.is_empty() && no_script(&tests) {
            return Err(Failure::usage("--interactive takes one script (.py) or none"));
        }
        let granted = configuration.grants;
        let read = [granted.allow_read, self.allow_read.clone()].concat();
        Ok(Plan {
            interpreter: match self.interactive {
                true => Some(build::interpreter_of_scripts()?),
                false => build::interpreter(&tests)?,
            },
            session: None,
            tests,
            filters: self.filters.clone(),
            machines,
            vlans,
            output_directory: output_directory.map_err(Failure::usage)?,
            grants: Grants {
                read: Plan::read_grants(&read).map_err(Failure::usage)?,
                forward_ports: self.allow_forward_port || granted.allow_forward_port,
                monitor: self.allow_monitor || granted.allow_monitor,
                create_machine: self.allow_create_machine || granted.allow_create_machine,
            },
            parameters: Plan::parameters(&self.param, configuration.parameters).map_err(Failure::usage)?,
            keep_state: self.keep_vm_state,
            limits,
        })
    }

    fn terminal(&self) -> TerminalOptions {
        let level = match (self.log_level, self.verbose, self.quiet) {
            (Some(level), ..) => level.level(),
            (None, true, _) => Level::Debug,
            (None, _, true) => Level::Warning,
            _ => Level::Info,
        };
        TerminalOptions {
            show_serial: !self.no_serial && !self.quiet,
            level,
            ..TerminalOptions::default()
        }
    }
}

pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    let mut plan = arguments.plan()?;
    let interactive = arguments.interactive.then(|| Interactive::new(interactive::history()));
    let interactive = interactive.transpose()?;
    if interactive.is_some() {
        // Who types ends it; a limit that was asked for stands.
        let (limits, default) = (&mut plan.limits, Limits::default());
        for (limit, default) in [(&mut limits.test, default.test), (&mut limits.run, default.run)] {
            if *limit == default {
                *limit = LONGEST;
            }
        }
    }
    let shown = (arguments.terminal(), !arguments.no_html);
    let ended = execute(plan, shown, &arguments.reports, interactive)?;
    Ok(ended.status)
}

/// How a run ended.
pub(super) struct Ended {
    /// The status with which the process ends.
    pub(super) status: u8,
    /// Whether the run's limit passed.
    pub(super) timed_out: bool,
}

/// Runs a plan, with what the terminal shows, a page for a browser, and reports.
pub(super) fn execute(
    mut plan: Plan,
    (terminal, page): (TerminalOptions, bool),
    reports: &ReportFiles,
    interactive: Option<Interactive>,
) -> Result<Ended, Failure> {
    let restore = interactive.as_ref().map(Interactive::restore);
    // SAFETY: no handler runs; until somebody listens a question of how things stand is no reason to end.
    let _ = unsafe { signal(Signal::SIGUSR1, SigHandler::SigIgn) };
    let [record_name, page_name] = OWN_FILES;
    let mut terminal = match &interactive {
        Some(interactive) => interactive.terminal(terminal),
        None => Terminal::stderr(terminal),
    };
    if page {
        terminal = terminal.with_page(&plan.output_directory.path().join(page_name));
    }
    plan.session = interactive.as_ref().map(|interactive| Arc::clone(&interactive.session));
    let claim = plan.output_directory.claim();
    if matches!(claim, Ok(None)) {
        say(format_args!(
            "warning: another run is going on in the output directory {:?}, and the record of one of them will be lost; give \
             each its own with --output-directory",
            plan.output_directory.path()
        ));
    }
    // First what may be wrong: where a run does not begin the record of the one before stays.
    let others = reports.open_for_run(plan.output_directory.path())?;
    plan.output_directory = plan.output_directory.reserving(&others.destinations);
    let removed = plan.output_directory.remove_own_file(page_name);
    let file = removed.and_then(|()| plan.output_directory.create_own_file(record_name));
    let file =
        file.map_err(|error| Failure::usage(format!("cannot write {record_name} in the output directory: {error}")))?;
    let failed = reports.tell_failure();
    let record = JsonLines::new(file, move |error| {
        failed.store(true, Ordering::Relaxed);
        say(format_args!(
            "warning: {record_name} ends early, it cannot be written: {error}"
        ));
    });
    // Whatever has been seen is in the record, even where this process is killed.
    let mut all: Vec<Box<dyn Report>> = vec![Box::new(record), Box::new(terminal)];
    all.extend(others.reports);
    let (reporter, events) = Reporter::start(all).map_err(Failure::host)?;
    let guard = std::env::current_exe().map_err(Failure::host)?;
    // Heard until the last line is printed.
    let interruptions = Interruptions::listen(plan.limits.run, plan.session.clone()).map_err(Failure::host)?;
    if let Some(interactive) = interactive {
        interactive.start().map_err(Failure::host)?;
    }
    let finished = block_on(runner::run(&plan, Some(&guard), &events, &interruptions))?;
    drop(restore);
    // Nothing runs any more: whatever had something to say has said it, and the summary comes last.
    match &finished {
        Ok(finished) => finished.tell(&events),
        Err(error) => events.emit(EventKind::RunFailed {
            message: error.to_string(),
        }),
    }
    reporter.finish();
    if page && let Err(error) = write_page(&plan.output_directory, record_name, page_name) {
        reports.tell_failure().store(true, Ordering::Relaxed);
        say(format_args!("warning: {page_name} cannot be written whole: {error}"));
    }
    drop((interruptions, claim));
    let finished = finished?;
    let status = match finished.exit_status() {
        // It has been said why.
        0 if reports.have_failed() => 2,
        status => status,
    };
    let timed_out = matches!(finished.interruption, Some(Interruption::RunLimit { .. }));
    Ok(Ended { status, timed_out })
}

/// Makes a page for a browser of the record, both in the output directory: whatever was recorded, however the run ended.
fn write_page(output: &OutputDirectory, record: &str, page: &str) -> std::io::Result<()> {
    let events = BufReader::new(File::open(output.path().join(record))?);
    let destination = Destination::File(output.path().join(page));
    let failed = |error: &std::io::Error| {
        say(format_args!(
            "warning: the page of the run is not there, it cannot be written: {error}"
        ));
    };
    let mut page = Html::create(destination, Earlier::Removed, output.path(), Box::new(failed))?;
    // What cannot be read is missing in the page, which says so.
    let read = json_lines::read(events, |event| page.event(&event));
    page.finish();
    read.map(|_| ()).map_err(std::io::Error::other)
}
