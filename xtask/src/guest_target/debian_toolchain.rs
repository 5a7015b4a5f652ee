//! The fifth way: a second compiler, the one that Debian keeps current for its browsers, for guest programs alone.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::compiler::Compiler;
use super::debian_suite::{SUITE_OF_C_LIBRARY, apt_for_suites, c_library, unpack_packages};
use super::sysroot;
use crate::apt::Apt;
use crate::error::{Error, FileContext, Result};

/// The compiler and its standard library for the machine itself, which macros and build scripts need.
const COMPILER: [&str; 2] = ["rustc-web", "libstd-rust-web-dev"];
/// Its sources.
const SOURCES: &str = "rust-web-src";
/// Starts the compiler with its own libraries.
const WRAPPER: &str = "#!/bin/sh\nroot=$(dirname \"$(readlink -f \"$0\")\")\n\
                       LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu exec \"$root/usr/bin/rustc\" \"$@\"\n";
const MODE_EXECUTABLE: u32 = 0o755;
/// Programs that the compiler links components with. Debian has none that fits; the current toolchain's does.
const LINKERS: [&str; 3] = ["wasm-component-ld", "rust-lld", "gcc-ld"];

/// The program to use as `rustc`, below the directory that [`build`] made.
pub(super) fn wrapper(directory: &Path) -> PathBuf {
    directory.join("rustc")
}

/// Makes a toolchain in `directory`.
pub(super) fn build(compiler: &Compiler, directory: &Path) -> Result<()> {
    let work = tempfile::tempdir().while_trying_to("make", &std::env::temp_dir())?;
    let in_work = |name: &str| -> Result<_> {
        let path = work.path().join(name);
        fs::create_dir(&path).while_trying_to("make", &path)?;
        Ok(path)
    };
    let apt = Apt::new(&in_work("apt")?, None)?;
    apt.update()?;
    let library = apt.dependency("libstd-rust-web-dev", "libstd-rust-web-")?;
    let code_generator = apt.dependency(&library, "libllvm")?;
    let mut packages = COMPILER.map(str::to_owned).to_vec();
    packages.extend([library, code_generator]);
    unpack_packages(&apt, &packages, directory)?;
    let path = wrapper(directory);
    fs::write(&path, WRAPPER).while_trying_to("write", &path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(MODE_EXECUTABLE))
        .while_trying_to("make executable", &path)?;
    link_linkers(compiler, directory)?;

    let sources = in_work("sources")?;
    unpack_packages(&apt, &[SOURCES.to_owned()], &sources)?;
    let c_library = c_library(&apt_for_suites(&in_work("suite")?, &[SUITE_OF_C_LIBRARY])?, &sources)?;
    let mut cargo = Command::new("cargo");
    cargo.env("RUSTC", &path);
    let source = library_directory(&sources)?;
    sysroot::build_standard_library(cargo, &source, &c_library, &in_work("build")?, &directory.join("usr"))
}

fn link_linkers(compiler: &Compiler, directory: &Path) -> Result<()> {
    let tools = Path::new("lib/rustlib").join(compiler.host()?).join("bin");
    let (from, to) = (compiler.sysroot.join(&tools), directory.join("usr").join(&tools));
    fs::create_dir_all(&to).while_trying_to("make", &to)?;
    for name in LINKERS {
        let link = to.join(name);
        symlink(from.join(name), &link).while_trying_to("make the link", &link)?;
    }
    Ok(())
}

/// The directory `library` of the only release in Debian's package of sources.
fn library_directory(sources: &Path) -> Result<PathBuf> {
    let directory = sources.join("usr/src");
    let entries = fs::read_dir(&directory).while_trying_to("read", &directory)?;
    entries
        .flatten()
        .map(|entry| entry.path().join("library"))
        .find(|path| path.join("Cargo.lock").is_file())
        .ok_or_else(|| Error::Invalid(format!("the package {SOURCES} holds no standard library")))
}
