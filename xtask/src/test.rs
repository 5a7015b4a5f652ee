//! `cargo xtask test`: all checks and tests, with everything that they need.

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use nix::sys::signal::{SigHandler, Signal, signal};

use crate::error::{Error, Result};
use crate::guest_target::{self, GuestTarget};
use crate::images::Image;
use crate::process::{run as run_quietly, show};
use crate::progress::{say, step};
use crate::projects::{self, Builder};
use crate::{fuzz, guest_programs, leaked_processes, sdk_tests, system_packages, workspace};

/// The package of the integration tests.
const INTEGRATION_TESTS: &str = "proctor-tests";

/// Arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run a part alone
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    /// Passed to the test programs, such as part of a test's name
    #[arg(last = true)]
    test_arguments: Vec<String>,
}

/// A part of the suite.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Formatting and lints
    Lint,
    /// Tests inside the crates
    Unit,
    /// Tests against the fake machine
    Contract,
    /// Tests of reports in a browser
    Browser,
    /// What the SDKs of all languages do alike
    Conformance,
    /// Tests of real machines
    Vm,
    /// Fuzz targets, on their corpora and a moment beyond
    Fuzz,
}

impl Part {
    /// Whether it runs components.
    fn uses_programs(self) -> bool {
        matches!(self, Self::Conformance | Self::Contract | Self::Vm)
    }
}

/// Runs the suite.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    // What is started in a shell's background ignores interrupts, and so would all that the tests interrupt.
    // SAFETY: no handler runs. It cannot fail for a signal that there is.
    let _ = unsafe { signal(Signal::SIGINT, SigHandler::SigDfl) };
    let wanted = |part: Part| arguments.only.is_none_or(|only| only == part);
    let programs = [Part::Contract, Part::Vm].into_iter().any(wanted);
    if !matches!(arguments.only, Some(Part::Lint | Part::Fuzz)) {
        let images: &[Image] = if wanted(Part::Vm) { &Image::ALL } else { &[] };
        step("system packages", || system_packages::ensure_for_tests(images))?;
        if wanted(Part::Browser) {
            system_packages::ensure_browser();
        }
    }
    let target = match arguments.only {
        Some(part) if !part.uses_programs() && part != Part::Lint => None,
        _ => Some(step("guest target", || guest_target::ensure(None))?),
    };
    let mut environment = Vec::new();
    if wanted(Part::Vm) {
        environment.extend(Image::ensure_all()?);
    }
    if !matches!(arguments.only, Some(Part::Lint | Part::Fuzz)) {
        step("build", || {
            run_quietly(workspace::cargo("build")?.args(["--workspace", "--all-targets"]))
        })?;
        environment.push(("PROCTOR_BIN", workspace::program("debug", "proctor")?));
        environment.push(("PROCTOR_FAKE_MACHINE", workspace::program("debug", "fake-machine")?));
    }
    if let (true, Some(target)) = (programs, &target) {
        let directory = step("build of the test programs", || {
            guest_programs::build_test_programs(target)
        })?;
        environment.push(("PROCTOR_PROGRAMS", directory));
    }
    let (conformance, examples) = (wanted(Part::Conformance), wanted(Part::Vm));
    if let (true, Some(target)) = (conformance || programs, &target) {
        let builder = Builder {
            proctor: workspace::program("debug", "proctor")?,
            target,
        };
        if conformance {
            step("tests of the SDKs", || sdk_tests::run(&builder))?;
            let directory = step("build of what all languages do", || builder.build_conformance())?;
            environment.push(("PROCTOR_CONFORMANCE", directory));
        }
        if programs {
            let interpreter = step("build of the interpreter of scripts", || builder.build_interpreter())?;
            environment.push(("PROCTOR_INTERPRETER", interpreter));
        }
        if examples {
            let directory = step("build of the examples", || builder.build_examples())?;
            environment.push(("PROCTOR_EXAMPLES", directory));
        }
    }
    if let (true, Some(target)) = (wanted(Part::Lint), &target) {
        step("formatting", check_formatting)?;
        step("lints", || check_lints(target))?;
    }
    if wanted(Part::Fuzz) {
        fuzz::run_shortly()?;
    }
    if matches!(arguments.only, Some(Part::Lint | Part::Fuzz)) {
        return Ok(());
    }

    let suite = suite_name();
    let mut command = tests(arguments)?;
    command.envs(environment).env(leaked_processes::SUITE_VARIABLE, &suite);
    let tests = step("tests", || show(&mut command));
    // Leaks are told of also where tests failed, and hide none of their failures.
    let leaks = step("processes left behind", || leaked_processes::check(&suite));
    match (tests, leaks) {
        (Ok(()), Ok(())) => {
            say("all passed");
            Ok(())
        }
        (Err(error), Ok(())) | (Ok(()), Err(error)) => Err(error),
        (Err(tests), Err(leaks)) => Err(Error::Invalid(format!("{tests}\n{leaks}"))),
    }
}

fn tests(arguments: &Arguments) -> Result<Command> {
    let mut command = workspace::cargo("test")?;
    // Of the whole workspace always: what a package is built with depends on what is built beside it.
    match arguments.only {
        Some(Part::Contract) => command.args(["--workspace", "--test", "contract", "--test", "run"]),
        Some(Part::Conformance) => command.args(["--workspace", "--test", "conformance"]),
        Some(Part::Browser) => command.args(["--workspace", "--test", "browser"]),
        Some(Part::Vm) => command.args(["--workspace", "--test", "vm"]),
        Some(Part::Unit) => command.args(["--workspace", "--exclude", INTEGRATION_TESTS]),
        Some(Part::Lint | Part::Fuzz) | None => command.arg("--workspace"),
    };
    // All failures of a run are worth knowing.
    command.arg("--no-fail-fast").arg("--").args(&arguments.test_arguments);
    Ok(command)
}

/// The guests' packages, which are outside the workspace.
fn guest_packages() -> Result<Vec<std::path::PathBuf>> {
    let mut packages = projects::examples()?;
    packages.push(workspace::directory().join("tests/conformance/rust"));
    packages.retain(|directory| directory.join("Cargo.toml").is_file());
    packages.push(workspace::directory().join("tests/programs"));
    Ok(packages)
}

fn check_formatting() -> Result<()> {
    let check = |directory: &Path| {
        show(
            Command::new("cargo")
                .args(["fmt", "--all", "--check"])
                .current_dir(directory),
        )
    };
    check(workspace::directory())?;
    check(&fuzz::directory())?;
    guest_packages()?.iter().try_for_each(|directory| check(directory))
}

fn check_lints(target: &GuestTarget) -> Result<()> {
    show(workspace::cargo("clippy")?.args(["--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    show(fuzz::cargo("clippy")?.args(["--", "--deny", "warnings"]))?;
    // Links to what there is no more are found by nothing else.
    let mut documentation = workspace::cargo("doc")?;
    documentation.args(["--workspace", "--no-deps", "--document-private-items"]);
    show(documentation.env("RUSTDOCFLAGS", "--deny warnings"))?;
    if target.has_own_compiler() {
        say("no lints for guest programs: the compiler that can build them has no clippy");
        return Ok(());
    }
    guest_packages()?.iter().try_for_each(|directory| {
        show(guest_programs::cargo(target, "clippy", directory)?.args(["--", "--deny", "warnings"]))
    })
}

/// A name that no other suite on this machine has.
fn suite_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{}-{}", std::process::id(), now.as_nanos())
}
