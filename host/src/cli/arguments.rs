//! What all subcommands share.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::{build, check, guard, limits, list, loading, new, nixos_test_driver, report, run, symbols, wit};
use crate::limits::{BACKGROUND_END, FAILURE_TEXT_BYTES};
use crate::runner::RunError;
use crate::text::clean_lines;

/// Names under which this program is another.
const NIXOS_PROGRAMS: [&str; 2] = ["nixos-test-driver", "generate-driver-symbols"];

/// Runs tests of whole machines, sandboxed.
///
/// Exit status: 0 all tests passed, 1 a test failed, 2 could not run, 3 a bug in proctor, 130 and 143 after signals.
#[derive(Debug, Parser)]
#[command(name = "proctor", version)]
struct Arguments {
    /// Whether to use colours: by default on a terminal only; NO_COLOR is heeded
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    color: ColorChoice,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Boot machines and run the tests that drive them
    Run(Box<run::Arguments>),
    /// Make a project with a first test
    New(new::Arguments),
    /// Build a project's tests into a component
    Build(build::Arguments),
    /// Make reports of the record of a run
    Report(report::Arguments),
    /// Show the tests of components
    List(loading::TestArguments),
    /// Say whether components fit this host, what they call and what they want granted; look for errors in scripts
    Check(check::Arguments),
    /// Print the interface between tests and this host
    Wit(wit::Arguments),
    /// List what a test can call
    Symbols,
    /// Show the limits of a run
    Limits(Box<limits::Arguments>),
    /// Run a script as the program of this name does
    #[command(name = "nixos-test-driver")]
    NixosTestDriver(Box<nixos_test_driver::Arguments>),
    /// Write the names in a script's scope to the file driver-symbols
    GenerateDriverSymbols,
    /// Clean up after a proctor that was killed
    #[command(hide = true)]
    Guard(guard::Arguments),
}

/// How a subcommand failed: a sentence for the user and the exit status.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) status: u8,
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self {
            status: error.exit_status(),
            message: error.to_string(),
        }
    }
}

impl Failure {
    /// Could not run: usage, configuration, a missing program.
    pub(super) fn usage(error: impl std::fmt::Display) -> Self {
        Self {
            message: error.to_string(),
            status: 2,
        }
    }

    /// Prints it, and tells the status with which the process is to end.
    pub(super) fn say(self) -> u8 {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        // It may quote a file or a path, whatever stands in it.
        let message = clean_lines(self.message.as_bytes(), FAILURE_TEXT_BYTES);
        say(format_args!("{red}error:{red:#} {message}"));
        self.status
    }

    /// The machine that we run on, or we, failed.
    pub(super) fn host(error: impl std::fmt::Display) -> Self {
        Self {
            message: error.to_string(),
            status: 3,
        }
    }
}

/// The program. Its arguments come from the process, its messages go to standard error.
pub fn main() -> ExitCode {
    // What holds for a run alone of what both it and `report` take.
    let command = Arguments::command().mut_subcommand("run", |run| {
        run.mut_arg("xml", |xml| {
            let help = xml.get_help().cloned().unwrap_or_default();
            xml.help(format!("{help} [default: $LOGFILE]"))
        })
    });
    let matches = command.get_matches_from(words(std::env::args_os()));
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match arguments.color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::AlwaysAnsi,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
    let outcome = std::panic::catch_unwind(|| match arguments.command {
        Command::Run(arguments) => run::main(&arguments),
        Command::New(arguments) => new::main(&arguments),
        Command::Build(arguments) => build::main(&arguments),
        Command::Report(arguments) => report::main(arguments),
        Command::List(arguments) => list::main(&arguments),
        Command::Check(arguments) => check::main(&arguments),
        Command::Wit(arguments) => wit::main(&arguments),
        Command::Symbols => symbols::main(),
        Command::Limits(arguments) => limits::main(&arguments),
        Command::NixosTestDriver(arguments) => nixos_test_driver::main(&arguments),
        Command::GenerateDriverSymbols => nixos_test_driver::generate_driver_symbols(),
        Command::Guard(arguments) => Ok(guard::main(arguments)),
    });
    match outcome {
        Ok(Ok(status)) => ExitCode::from(status),
        Ok(Err(failure)) => ExitCode::from(failure.say()),
        Err(_) => {
            say(format_args!(
                "this is a bug in proctor; please report it with the text above"
            ));
            ExitCode::from(3)
        }
    }
}

/// The command line. Under the names of the NixOS driver's programs this is their subcommand.
fn words(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = arguments.collect();
    let name = words
        .first()
        .map(Path::new)
        .and_then(Path::file_name)
        .map(OsStr::to_owned);
    if let Some(name) = name.filter(|name| NIXOS_PROGRAMS.iter().any(|program| name == program)) {
        // As help and errors name it.
        words.splice(..1, ["proctor".into(), name]);
    }
    words
}

/// Prints a line to standard error. Where that is full or closed the exit status has to do.
pub(super) fn say(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Runs asynchronous work to its end, and what it left in the background nearly as long as it takes.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    // Two threads: one may be busy running a test while the other hears signals and drains consoles.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Failure::host)?;
    let done = runtime.block_on(work);
    // What is dropped here cleans up after itself; what does not end must not hold us.
    runtime.shutdown_timeout(BACKGROUND_END);
    Ok(done)
}
