//! `proctor build`, and what other subcommands do where a test is a project's directory.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::arguments::{Failure, say};
use crate::error::seconds;
use crate::limits::{Limits, time};
use crate::plugin::Script;
use crate::project::{self, BuildError, Project};

/// What to build.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The project's directory
    #[arg(value_name = "DIRECTORY", default_value = ".")]
    directory: PathBuf,
    /// The component's file [default: NAME.wasm in the project's directory]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How long the build may take
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = time)]
    build_timeout: Duration,
    /// Build nothing: fetch the tools that a build needs and print where they are, or say what is missing
    #[arg(long, conflicts_with = "output")]
    prepare: bool,
    /// Build no project: build the component that runs scripts, unless that is done, and print where it is. The variable
    /// PROCTOR_INTERPRETER names one that was built elsewhere
    #[arg(long, conflicts_with_all = ["prepare", "output", "directory"])]
    interpreter: bool,
}

pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    if arguments.interpreter {
        let interpreter = interpreter_of_scripts()?;
        let _ = writeln!(anstream::stdout(), "{}", interpreter.display());
    } else if arguments.prepare {
        let project = Project::find(&arguments.directory).map_err(Failure::usage)?;
        let tools = project.prepare(&tell).map_err(Failure::usage)?;
        say(format_args!("{} tests can be built, with:", project.language()));
        for tool in tools {
            // Whoever reads may have enough.
            let _ = writeln!(anstream::stdout(), "{}", tool.display());
        }
    } else {
        build(
            &arguments.directory,
            arguments.output.as_deref(),
            arguments.build_timeout,
            true,
        )?;
    }
    Ok(0)
}

/// The components of tests, for a subcommand: those that are directories are built first. Where none is named it is the
/// project in whose directory this is. Errors: there is none.
pub(super) fn components(subcommand: &str, tests: &[PathBuf], limits: &Limits) -> Result<Vec<PathBuf>, Failure> {
    let here = PathBuf::from(".");
    let tests = match tests {
        [] => match Project::find(&here) {
            Err(BuildError::NoProject(_) | BuildError::Scripts(_)) => {
                return Err(Failure::usage(format_args!(
                    "no test is given, and this directory is no project; name one or more components or projects, for \
                     example: proctor {subcommand} test.wasm"
                )));
            }
            // What else is wrong with it is told where it is built.
            _ => std::slice::from_ref(&here),
        },
        tests => tests,
    };
    let component = |test: &PathBuf| match test.is_dir() {
        true => build(test, None, limits.build, false),
        false => Ok(test.clone()),
    };
    tests.iter().map(component).collect()
}

/// The component that runs scripts, where one of the tests is a script; it is built first.
pub(super) fn interpreter(tests: &[PathBuf]) -> Result<Option<PathBuf>, Failure> {
    if !tests.iter().any(|test| Script::is_one(test)) {
        return Ok(None);
    }
    interpreter_of_scripts().map(Some)
}

/// The component that runs scripts; it is built first.
pub(super) fn interpreter_of_scripts() -> Result<PathBuf, Failure> {
    project::interpreter(&tell).map_err(Failure::usage)
}

fn tell(line: &str) {
    say(format_args!("{line}"));
}

/// Builds a project and says what was made; where there was nothing to do, only if `always`.
fn build(directory: &Path, output: Option<&Path>, limit: Duration, always: bool) -> Result<PathBuf, Failure> {
    let start = Instant::now();
    let project = Project::find(directory).map_err(Failure::usage)?;
    if let Some(output) = output.filter(|output| output.is_dir()) {
        return Err(Failure::usage(format_args!(
            "{} is a directory; name the component's file in it",
            output.display()
        )));
    }
    let built = project.build(output, limit, &tell).map_err(Failure::usage)?;
    let path = built
        .component
        .strip_prefix(std::env::current_dir().unwrap_or_default());
    let path = path.unwrap_or(&built.component).to_owned();
    let bytes = std::fs::metadata(&built.component).map_or(0, |metadata| metadata.len());
    let (language, elapsed) = (project.language(), seconds(start.elapsed()));
    let size = format_args!("{:.1} MiB", bytes as f64 / f64::from(1 << 20));
    if built.is_new {
        say(format_args!(
            "built {} ({language}, {size}) in {elapsed}",
            path.display()
        ));
    } else if always {
        say(format_args!("{} is up to date ({language}, {size})", path.display()));
    }
    Ok(path)
}
