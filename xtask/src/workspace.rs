//! This repository: where things stand in it, and its builds.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache;
use crate::error::{Error, Result};
use crate::process::run;

/// The repository's directory.
pub(crate) fn directory() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where builds of the workspace go: `CARGO_TARGET_DIR`, or a directory of the cache where that is not set.
pub(crate) fn target_directory() -> Result<PathBuf> {
    match std::env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty()) {
        // Cargo is started in the repository, its caller may be elsewhere.
        Some(path) => std::path::absolute(&path).map_err(|source| Error::File {
            action: "find",
            path: PathBuf::from(&path),
            source,
        }),
        None => Ok(cache::root()?.join("target")),
    }
}

/// Where builds of guest programs go.
pub(crate) fn guest_target_directory() -> Result<PathBuf> {
    Ok(target_directory()?.join("guests"))
}

/// `cargo SUBCOMMAND`, in the repository, with the right target directory.
pub(crate) fn cargo(subcommand: &str) -> Result<Command> {
    let mut command = Command::new("cargo");
    command
        .arg(subcommand)
        .current_dir(directory())
        .env("CARGO_TARGET_DIR", target_directory()?);
    Ok(command)
}

/// Builds a package of the workspace with the profile for use.
pub(crate) fn build_release(package: &str) -> Result<()> {
    run(cargo("build")?.args(["--release", "--package", package]))
}

/// A program that the profile for development (`debug`) or for use (`release`) made.
pub(crate) fn program(profile: &str, name: &str) -> Result<PathBuf> {
    Ok(target_directory()?.join(profile).join(name))
}
