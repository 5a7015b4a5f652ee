//! `cargo xtask bench`: how fast Proctor is, beside the same machine without it.

use std::process::Command;

use crate::error::Result;
use crate::images::Image;
use crate::process::{run as run_quietly, show};
use crate::progress::step;
use crate::{guest_programs, guest_target, system_packages, workspace};

/// The host, as it is measured.
const HOST: &str = "proctor";
/// What measures it.
const BENCH: &str = "proctor-bench";

/// Prepares everything and measures. Slowness is shown and is no failure; a wrong byte is one.
pub(crate) fn run() -> Result<()> {
    step("system packages", || system_packages::ensure(&Image::ALL))?;
    let target = step("guest target", || guest_target::ensure(None))?;
    let images = Image::ensure_all()?;
    // Both at once, so that both get the same features and share all dependencies.
    step("build", || {
        let mut build = workspace::cargo("build")?;
        build.args(["--release", "--package", "proctor", "--package", "proctor-tests"]);
        run_quietly(build.args(["--bin", HOST, "--bin", BENCH]))
    })?;
    let programs = step("build of the test programs", || {
        guest_programs::build_test_programs(&target)
    })?;
    let mut bench = Command::new(workspace::program("release", BENCH)?);
    bench.env("PROCTOR_BIN", workspace::program("release", HOST)?);
    bench.envs(images).env("PROCTOR_PROGRAMS", programs);
    // A project in Rust is built as the programs were.
    bench.envs(target.environment());
    step("measurements", || show(&mut bench))
}
