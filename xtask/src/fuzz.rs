//! `cargo xtask fuzz`: random bytes, guided by what they reach, for whatever reads what machines and tests send.
//!
//! The targets are programs of LLVM's libFuzzer. What that needs of the compiler, cargo-fuzz asks of nightly ones alone
//! because of the sanitizers, which safe code does not need: coverage is had from a stable one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::{Error, FileContext, Result};
use crate::process::{capture_both, capture_stdout, capture_text, show};
use crate::progress::{say, step};
use crate::{cache, system_packages, workspace};

/// Arguments of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A target alone, such as `shell-frames`
    target: Option<String>,
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
    /// Give the target this file alone, such as one that it failed with
    #[arg(long, value_name = "FILE", requires = "target")]
    input: Option<PathBuf>,
}

/// What the compiler is to add to the code: counters of its edges, and calls that tell what is compared.
const INSTRUMENTATION: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-sanitizer-coverage-stack-depth",
    "--cfg",
    "fuzzing",
];
/// The longest input, in bytes: some blocks of an archive, and twice the longest line of a console.
const LONGEST: u32 = 16 << 10;
/// What takes longer, in seconds, hangs.
const HANG: u32 = 20;
/// How long each target runs beyond its corpus in `cargo xtask test`, in seconds.
const SHORT: u32 = 1;

/// A built target.
struct Target {
    name: String,
    program: PathBuf,
}

/// Builds the targets and runs those that are wanted. What they find out about the code is kept for the next run.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let targets = step("build of the fuzz targets", build)?;
    let wanted = |target: &&Target| arguments.target.as_ref().is_none_or(|name| *name == target.name);
    let wanted: Vec<&Target> = targets.iter().filter(wanted).collect();
    if wanted.is_empty() {
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        return Err(Error::Invalid(format!(
            "there is no such target; there are {}",
            names.join(", ")
        )));
    }
    if let (Some(input), [target]) = (&arguments.input, wanted.as_slice()) {
        let input = std::path::absolute(input).while_trying_to("find", input)?;
        return show(Command::new(&target.program).arg(input));
    }
    for target in wanted {
        let corpus = cache::root()?.join("fuzz").join(&target.name).join("corpus");
        target.fuzz(&corpus, arguments.seconds)?;
    }
    Ok(())
}

/// Runs each target on its committed corpus, and for a moment beyond.
pub(crate) fn run_shortly() -> Result<()> {
    let targets = step("build of the fuzz targets", build)?;
    step("fuzz targets", || {
        targets.iter().try_for_each(|target| {
            let scratch = tempfile::tempdir().while_trying_to("make a directory in", &std::env::temp_dir())?;
            target.fuzz(scratch.path(), SHORT)
        })
    })
}

/// Where the targets' workspace is.
pub(crate) fn directory() -> PathBuf {
    workspace::directory().join("tests/fuzz")
}

/// `cargo SUBCOMMAND` for the targets.
pub(crate) fn cargo(subcommand: &str) -> Result<Command> {
    system_packages::ensure_cpp()?;
    // With a target named, programs that run during the build are not instrumented.
    let host = capture_text(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let mut command = Command::new("cargo");
    command
        .args([subcommand, "--release", "--target", &host])
        .current_dir(directory())
        .env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTATION.join("\x1f"))
        .env("CARGO_TARGET_DIR", workspace::target_directory()?.join("fuzz"));
    Ok(command)
}

fn build() -> Result<Vec<Target>> {
    let mut command = cargo("build")?;
    command
        .args(["--bins", "--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit());
    let messages = capture_stdout(&mut command)?;
    let mut targets = targets(&String::from_utf8_lossy(&messages));
    targets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(targets)
}

/// The targets that cargo's messages tell of.
fn targets(messages: &str) -> Vec<Target> {
    let target = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        Some(Target {
            program: message.get("executable")?.as_str()?.into(),
            name: message.get("target")?.get("name")?.as_str()?.to_owned(),
        })
    };
    messages.lines().filter_map(target).collect()
}

impl Target {
    /// Runs on all inputs that there are, then on others for so long. Those that reach what none has reached before are
    /// added to `corpus`. Errors: one that fails, which is kept.
    fn fuzz(&self, corpus: &Path, seconds: u32) -> Result<()> {
        let findings = cache::root()?.join("fuzz").join(&self.name).join("findings");
        for directory in [corpus, &findings] {
            fs::create_dir_all(directory).while_trying_to("make", directory)?;
        }
        let before = files(&findings)?;
        let mut command = Command::new(&self.program);
        command
            .arg(corpus)
            .arg(directory().join("corpus").join(&self.name))
            .arg(format!("-artifact_prefix={}/", findings.display()))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={LONGEST}"))
            .arg(format!("-timeout={HANG}"))
            .args(["-print_final_stats=1", "-verbosity=0"]);
        match capture_both(&mut command) {
            Ok(said) => {
                let inputs = inputs(&String::from_utf8_lossy(&said.stderr)).unwrap_or_default();
                say(&format!("{}: {inputs} inputs, no finding", self.name));
                Ok(())
            }
            Err(error) => {
                let mut found = files(&findings)?;
                found.retain(|path| !before.contains(path));
                let again =
                    |path: &PathBuf| format!("\nagain: cargo xtask fuzz {} --input {}", self.name, path.display());
                Err(Error::Invalid(format!(
                    "{error}{}",
                    found.iter().map(again).collect::<String>()
                )))
            }
        }
    }
}

fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).while_trying_to("read", directory)?;
    let path = |entry: std::io::Result<fs::DirEntry>| Ok(entry.while_trying_to("read", directory)?.path());
    entries.map(path).collect()
}

/// How many inputs a target says that it ran.
fn inputs(said: &str) -> Option<u64> {
    let count = |line: &str| {
        line.strip_prefix("stat::number_of_executed_units:")?
            .trim()
            .parse()
            .ok()
    };
    said.lines().find_map(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_among_cargos_messages() {
        let messages = concat!(
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"proctor\"},\"executable\":null}\n",
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"paths\"},\"executable\":\"/t/paths\"}\n",
            "no json\n{\"reason\":\"build-finished\",\"success\":true}\n"
        );
        let found = targets(messages);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].name.as_str(), found[0].program.as_path()),
            ("paths", Path::new("/t/paths"))
        );
    }

    #[test]
    fn what_a_target_ran_is_read_from_its_statistics() {
        let said = "INFO: seed corpus\nstat::number_of_executed_units: 4711\nstat::peak_rss_mb: 30\n";
        assert_eq!(inputs(said), Some(4711));
        assert_eq!(inputs("no statistics"), None);
    }
}
