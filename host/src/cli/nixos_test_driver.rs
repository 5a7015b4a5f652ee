//! `nixos-test-driver`: the command line of the NixOS test driver, under its name. Old flags and new ones work.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::arguments::{Failure, say};
use super::build;
use super::interactive::Interactive;
use super::machines::{machines, vlans};
use super::report_files::ReportFiles;
use super::run::{self, LogLevel};
use crate::grants::{Grants, ReadGrant};
use crate::limits::{CONFIGURATION_BYTES, FILE_NAME_BYTES, LONGEST, Limits, UNKNOWN_KEYS};
use crate::machine::StartScript;
use crate::plugin::Script;
use crate::report::terminal::TerminalOptions;
use crate::runner::Plan;
use crate::text;

/// What tests of NixOS copy from to machines: everybody may read it.
const STORE: &str = "/nix/store";
/// Where that driver keeps what is typed.
const HISTORY: &str = ".nixos-test-history";
/// The status where the global timeout has passed: as after SIGTERM, which the NixOS driver sends itself.
const TIMED_OUT: u8 = 143;

/// Run a test script of the NixOS test driver
#[derive(Debug, clap::Args)]
#[command(infer_long_args = true)]
pub(super) struct Arguments {
    /// Give a prompt in which a script's statements are executed as they are typed; `test_script()` runs the script
    #[arg(short = 'I', long, overrides_with = "no_interactive")]
    interactive: bool,

    /// Run the script: what is done where nothing else is said
    #[arg(long, overrides_with = "interactive")]
    no_interactive: bool,

    /// Read the machines, the VLANs, the time limit and the script from this JSON file
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Re-use the machines' state of a previous run
    #[arg(short = 'K', long, alias = "keep-machine-state")]
    keep_vm_state: bool,

    /// Start scripts of the machines; `--` ends them [default: the words of $startScripts]
    #[arg(long, value_name = "START-SCRIPT", num_args = 0..)]
    start_scripts: Option<Vec<PathBuf>>,

    /// Numbers of the VLANs to make [default: the words of $vlans]
    #[arg(long, value_name = "VLAN", num_args = 0..)]
    vlans: Option<Vec<String>>,

    /// How long the whole run may take, in seconds
    #[arg(long, value_name = "SECONDS", env = "globalTimeout")]
    global_timeout: Option<f64>,

    /// The directory for what the test leaves; it must exist [default: proctor-output, which is made]
    #[arg(short, long, visible_alias = "output_directory", value_name = "DIRECTORY")]
    output_directory: Option<PathBuf>,

    /// Write test cases in JUnit's XML to this path, below the output directory
    #[arg(long, value_name = "PATH")]
    junit_xml: Option<PathBuf>,

    /// Show messages of this importance and more
    #[arg(long, value_name = "LEVEL", env = "logLevel")]
    log_level: Option<LogLevel>,

    /// Let the script copy files of this directory to machines; /nix/store is one such. May be given several times
    #[arg(long, value_name = "[NAME=]DIRECTORY")]
    allow_read: Vec<String>,

    /// Let the script forward ports of this computer's loopback address to machines
    #[arg(long)]
    allow_forward_port: bool,

    /// Let the script command machines' monitors, which lets it do on this computer what you may do
    #[arg(long)]
    allow_monitor: bool,

    /// Let the script make machines of commands, which lets it do on this computer what you may do
    #[arg(long)]
    allow_create_machine: bool,

    /// The test script
    #[arg(value_name = "TESTSCRIPT", env = "testScript")]
    testscript: Option<PathBuf>,
}

/// What the JSON file says.
#[derive(Debug, Default, Deserialize)]
struct Configuration {
    #[serde(default)]
    vms: BTreeMap<String, VirtualMachine>,
    #[serde(default)]
    containers: BTreeMap<String, serde::de::IgnoredAny>,
    #[serde(default)]
    vlans: Vec<u32>,
    global_timeout: Option<f64>,
    test_script: Option<PathBuf>,
    #[serde(default)]
    enable_ssh_backdoor: bool,
    /// Programs that show screens.
    #[serde(default)]
    #[serde(rename = "display_viewers")]
    _display_viewers: serde::de::IgnoredAny,
    /// What may be there for somebody else, or be misspelt.
    #[serde(flatten)]
    others: BTreeMap<String, serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct VirtualMachine {
    name: String,
    start_script: PathBuf,
}

impl Configuration {
    fn read(path: &Path) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::usage(format!("configuration {path:?}: {error}"));
        let mut text = String::new();
        let file = File::open(path).map_err(|error| failed(&error))?;
        file.take(CONFIGURATION_BYTES + 1)
            .read_to_string(&mut text)
            .map_err(|error| failed(&error))?;
        if text.len() as u64 > CONFIGURATION_BYTES {
            return Err(failed(&format!("it has more than {CONFIGURATION_BYTES} bytes")));
        }
        let read: Self = serde_json::from_str(&text).map_err(|error| failed(&error))?;
        if let Some(name) = read.containers.keys().next() {
            let text = format!("machine `{name}` is a container; only virtual machines are supported");
            return Err(failed(&text));
        }
        for name in read.others.keys().take(UNKNOWN_KEYS) {
            let name = text::clean(name.as_bytes(), FILE_NAME_BYTES);
            say(format_args!("warning: configuration {path:?}: `{name}` is not known"));
        }
        if read.enable_ssh_backdoor {
            say(format_args!(
                "warning: there is no SSH into machines; enable_ssh_backdoor is of no effect"
            ));
        }
        Ok(read)
    }
}

impl Arguments {
    fn plan(&self) -> Result<Plan, Failure> {
        let configuration = match &self.config {
            Some(path) => Configuration::read(path)?,
            None => Configuration::default(),
        };
        let mut machines = machines(self.start_scripts.as_ref())?;
        for machine in configuration.vms.into_values() {
            let script = StartScript::open(&machine.start_script).map_err(Failure::usage)?;
            machines.push(script.named(machine.name).map_err(Failure::usage)?);
        }
        let machines = Plan::sorted(machines).map_err(Failure::usage)?;
        let mut vlans = vlans(self.vlans.clone())?;
        vlans.extend(configuration.vlans);
        let vlans = Plan::vlans(&vlans.iter().map(u32::to_string).collect::<Vec<_>>()).map_err(Failure::usage)?;
        let none = self.interactive.then(|| Script::NONE.into());
        let script = self
            .testscript
            .clone()
            .or(configuration.test_script)
            .or(none)
            .ok_or_else(|| {
                Failure::usage("no test script is given; name one, set $testScript, or give --config a file that does")
            })?;
        let mut limits = Limits::default();
        if let Some(seconds) = self.global_timeout.or(configuration.global_timeout) {
            let limit = Duration::try_from_secs_f64(seconds)
                .ok()
                .filter(|limit| *limit <= LONGEST);
            limits.run = limit.ok_or_else(|| {
                Failure::usage(format!(
                    "the global timeout {seconds} is no number of seconds, or too large"
                ))
            })?;
            limits.test = limits.test.max(limits.run);
        }
        if self.interactive {
            // Who types ends it.
            (limits.run, limits.test) = (LONGEST, LONGEST);
        }
        let mut read = Plan::read_grants(&self.allow_read).map_err(Failure::usage)?;
        let store = PathBuf::from(STORE);
        if store.is_dir() {
            read.push(ReadGrant {
                name: None,
                directory: store,
            });
        }
        let tests = vec![script];
        Ok(Plan {
            interpreter: Some(build::interpreter_of_scripts()?),
            session: None,
            tests,
            filters: Vec::new(),
            machines,
            vlans,
            // What stands in the present directory is not the script's to change, start scripts for one.
            output_directory: match &self.output_directory {
                Some(path) => Plan::output_directory(path),
                None => Plan::default_output_directory(),
            }
            .map_err(Failure::usage)?,
            grants: Grants {
                read,
                forward_ports: self.allow_forward_port,
                monitor: self.allow_monitor,
                create_machine: self.allow_create_machine,
            },
            parameters: BTreeMap::new(),
            keep_state: self.keep_vm_state,
            limits,
        })
    }
}

/// Returns the status of the NixOS driver: 0, 1 where the test failed or could not run, 143 where the global timeout passed.
/// Errors: usage, with status 2 as there.
pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    let plan = arguments.plan()?;
    if !arguments.keep_vm_state {
        say(format_args!(
            "Machine state will be reset. To keep it, pass --keep-vm-state"
        ));
    }
    let level = arguments.log_level.map_or(crate::event::Level::Info, LogLevel::level);
    let terminal = TerminalOptions {
        level,
        ..TerminalOptions::default()
    };
    let junit = arguments.junit_xml.as_ref();
    let reports = ReportFiles::of_junit(junit.map(|path| plan.output_directory.path().join(path)));
    let interactive = arguments.interactive.then(|| Interactive::new(Some(HISTORY.into())));
    let interactive = interactive.transpose()?;
    let global = plan.limits.run;
    let status = run::execute(plan, (terminal, true), &reports, interactive);
    match status? {
        run::Ended { timed_out: true, .. } => {
            say(format_args!(
                "the global timeout of {} passed",
                crate::error::seconds(global)
            ));
            Ok(TIMED_OUT)
        }
        run::Ended { status: 2 | 3, .. } => Ok(1),
        run::Ended { status, .. } => Ok(status),
    }
}

/// Writes the names in a script's scope that do not depend on its machines to the file `driver-symbols`, as the NixOS
/// driver's program of that name does.
pub(super) fn generate_driver_symbols() -> Result<u8, Failure> {
    let file = Path::new("driver-symbols");
    std::fs::write(file, SYMBOLS.join(","))
        .map_err(|error| Failure::usage(format!("cannot write {}: {error}", file.display())))?;
    Ok(0)
}

/// The names in a script's scope that do not depend on its machines.
pub(super) const SYMBOLS: [&str; 24] = [
    "start_all",
    "test_script",
    "machines",
    "machines_qemu",
    "machines_nspawn",
    "vlans",
    "driver",
    "log",
    "os",
    "create_machine",
    "subtest",
    "run_tests",
    "join_all",
    "retry",
    "serial_stdout_off",
    "serial_stdout_on",
    "polling_condition",
    "Machine",
    "BaseMachine",
    "QemuMachine",
    "NspawnMachine",
    "t",
    "debug",
    "dump_machine_ssh",
];
