//! `proctor run`: boots machines and runs the tests that drive them.

use std::env::VarError;
use std::path::PathBuf;
use std::time::Duration;

use super::arguments::{Failure, block_on};
use crate::event::{Level, Reporter};
use crate::grants::Grants;
use crate::limits::{LARGEST_MIB, LONGEST, Limits};
use crate::report::terminal::{Terminal, TerminalOptions};
use crate::runner::{self, Interruptions, Plan};

/// What to run, and how.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Test components (.wasm)
    #[arg(value_name = "TEST")]
    tests: Vec<PathBuf>,

    /// Start scripts of the machines, named run-NAME-vm [default: the words of $startScripts]
    #[arg(long, value_name = "SCRIPT", num_args = 0..)]
    start_scripts: Option<Vec<PathBuf>>,

    /// Numbers of the VLANs to make [default: the words of $vlans]
    #[arg(long, value_name = "NUMBER", num_args = 0.., allow_negative_numbers = true)]
    vlans: Option<Vec<String>>,

    /// The directory for what a run leaves; it must exist and is checked before anything starts
    #[arg(
        short,
        long,
        alias = "output_directory",
        value_name = "DIRECTORY",
        default_value = "."
    )]
    output_directory: PathBuf,

    /// Keep the machines' state after the run, and use what the last such run left
    #[arg(short = 'K', long, alias = "keep-machine-state")]
    keep_vm_state: bool,

    /// Let tests copy files of this directory to machines; with a NAME they know it by that. May be given several times
    #[arg(long, value_name = "[NAME=]DIRECTORY")]
    allow_read: Vec<String>,

    /// Let tests forward ports of this computer's loopback address to machines
    #[arg(long)]
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

    /// How long one test may take, the first boot of each machine not counted: 90s, 5m, or seconds [default: 1h]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_negative_numbers = true)]
    timeout: Option<Duration>,

    /// How long one call may take where the test does not say [default: 15m]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_negative_numbers = true)]
    call_timeout: Option<Duration>,

    /// How long a machine may take to boot [default: 5m]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_negative_numbers = true)]
    boot_timeout: Option<Duration>,

    /// How long a test component may take to be compiled and list its tests [default: 2m]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_negative_numbers = true)]
    load_timeout: Option<Duration>,

    /// How long the whole run may take [default: 1day]
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_negative_numbers = true)]
    run_timeout: Option<Duration>,

    /// How much memory one test may use, in MiB [default: 1024]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory: Option<u32>,

    /// How much one copy of files may hold, in MiB [default: 16384]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=LARGEST_MIB))]
    copy_size: Option<u64>,

    /// How many files, directories and links one copy may hold [default: 1000000]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    copy_files: Option<u64>,

    /// Show debug messages too
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,

    /// Show verdicts, warnings and failures only
    #[arg(short, long)]
    quiet: bool,

    /// Do not show the machines' serial consoles
    #[arg(long)]
    no_serial: bool,
}

/// What a duration looks like.
const DURATION: &str = "give a time such as 90s or 5m, or a number of seconds";

/// Reads `90s`, `5m 30s`, or a bare number of seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let parsed = match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| DURATION.to_owned())?,
        Err(_) => humantime::parse_duration(text).map_err(|_| DURATION.to_owned())?,
    };
    if parsed.is_zero() || parsed > LONGEST {
        return Err("a limit is longer than nothing and no longer than ten years".into());
    }
    Ok(parsed)
}

/// The words of an environment variable, none where it is not set. Errors: they cannot be told apart; the flag has them
/// one by one.
fn words(variable: &str, flag: &str) -> Result<Vec<String>, Failure> {
    match std::env::var(variable) {
        Ok(text) => Ok(text.split_whitespace().map(str::to_owned).collect()),
        Err(VarError::NotPresent) => Ok(Vec::new()),
        Err(VarError::NotUnicode(bytes)) => Err(Failure::usage(format!(
            "the environment variable {variable} is not valid UTF-8: {bytes:?}; give its words with {flag} instead"
        ))),
    }
}

impl Arguments {
    fn limits(&self) -> Limits {
        let defaults = Limits::default();
        Limits {
            call: self.call_timeout.unwrap_or(defaults.call),
            test: self.timeout.unwrap_or(defaults.test),
            run: self.run_timeout.unwrap_or(defaults.run),
            boot: self.boot_timeout.unwrap_or(defaults.boot),
            load: self.load_timeout.unwrap_or(defaults.load),
            memory: self.memory.map_or(defaults.memory, |mib| (mib as usize) << 20),
            copy_bytes: self.copy_size.map_or(defaults.copy_bytes, |mib| mib << 20),
            copy_files: self.copy_files.unwrap_or(defaults.copy_files),
            ..defaults
        }
    }

    fn plan(&self) -> Result<Plan, Failure> {
        let scripts = match &self.start_scripts {
            Some(scripts) => scripts.clone(),
            None => words("startScripts", "--start-scripts")?
                .into_iter()
                .map(PathBuf::from)
                .collect(),
        };
        let vlans = match &self.vlans {
            Some(vlans) => vlans.clone(),
            None => words("vlans", "--vlans")?,
        };
        // The script or VLAN that is a test comes before the test that is missing: it is the reason.
        let machines = Plan::machines(&scripts).map_err(Failure::usage)?;
        let vlans = Plan::vlans(&vlans).map_err(Failure::usage)?;
        if self.tests.is_empty() {
            return Err(Failure::usage(
                "no test is given; name one or more component files, for example: proctor run test.wasm",
            ));
        }
        Ok(Plan {
            tests: self.tests.clone(),
            filters: self.filters.clone(),
            machines,
            vlans,
            output_directory: Plan::output_directory(&self.output_directory).map_err(Failure::usage)?,
            grants: Grants {
                read: Plan::read_grants(&self.allow_read).map_err(Failure::usage)?,
                forward_ports: self.allow_forward_port,
                monitor: self.allow_monitor,
                create_machine: self.allow_create_machine,
            },
            parameters: Plan::parameters(&self.param).map_err(Failure::usage)?,
            keep_state: self.keep_vm_state,
            limits: self.limits(),
        })
    }

    fn terminal(&self) -> TerminalOptions {
        let level = match (self.verbose, self.quiet) {
            (true, _) => Level::Debug,
            (_, true) => Level::Warning,
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
    let plan = arguments.plan()?;
    let terminal = Terminal::stderr(arguments.terminal());
    let (reporter, events) = Reporter::start(vec![Box::new(terminal)]).map_err(Failure::host)?;
    let guard = std::env::current_exe().map_err(Failure::host)?;
    // Heard until the last line is printed.
    let interruptions = Interruptions::listen(plan.limits.run).map_err(Failure::host)?;
    let finished = block_on(runner::run(&plan, Some(&guard), &events, &interruptions))?;
    // Nothing runs any more: whatever had something to say has said it, and the summary comes last.
    if let Ok(finished) = &finished {
        finished.tell(&events);
    }
    reporter.finish();
    drop(interruptions);
    finished
        .map(|finished| finished.exit_status())
        .map_err(|error| Failure {
            status: error.exit_status(),
            message: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("1h 5m"), Ok(Duration::from_secs(3900)));
        for wrong in ["", "x", "-1", "0", "NaN", "inf", "1e300", "100years"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
