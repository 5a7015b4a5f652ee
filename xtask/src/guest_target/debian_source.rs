//! The fourth way: the standard library built from Debian's copy of the compiler's own sources.

use std::path::Path;
use std::process::Command;

use super::compiler::Compiler;
use super::debian_suite::{SUITE_OF_C_LIBRARY, apt_for_suites, c_library, unpack_packages};
use super::sysroot;
use crate::error::{FileContext, Result};

/// A suite that keeps the sources of several releases of Rust.
const SUITE_OF_SOURCES: &str = "trixie-backports";

/// Makes a sysroot in `directory`.
pub(super) fn build(compiler: &Compiler, directory: &Path) -> Result<()> {
    let work = tempfile::tempdir().while_trying_to("make", &std::env::temp_dir())?;
    let in_work = |name: &str| -> Result<_> {
        let path = work.path().join(name);
        std::fs::create_dir(&path).while_trying_to("make", &path)?;
        Ok(path)
    };
    let release = compiler.release()?;
    let apt = apt_for_suites(&in_work("apt")?, &[SUITE_OF_SOURCES, SUITE_OF_C_LIBRARY])?;
    let packages = in_work("packages")?;
    // A compiler reads only libraries of exactly its own version.
    unpack_packages(&apt, &[format!("rust-src={release}+*")], &packages)?;
    let c_library = c_library(&apt, &packages)?;
    let source = packages.join(format!("usr/src/rustc-{release}/library"));
    sysroot::link_toolchain(compiler, directory)?;
    sysroot::build_standard_library(
        Command::new("cargo"),
        &source,
        &c_library,
        &in_work("build")?,
        directory,
    )
}
