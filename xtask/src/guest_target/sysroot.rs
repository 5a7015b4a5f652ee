//! A sysroot of our own: the toolchain's linkers and the target's standard library.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::TARGET;
use super::compiler::Compiler;
use crate::error::{FileContext, Result};
use crate::process::capture;

/// The crates that a standard library is built of; `std` brings all others. Guest programs abort where they panic.
const CRATES: &str = "-Zbuild-std=std,panic_abort";
/// A package with nothing in it, for whose sake cargo builds the standard library.
const EMPTY_PACKAGE: &str = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";
const EMPTY_LIBRARY: &str = "libempty-";
/// The parts of the C library that Rust's own distribution carries with the target.
const C_LIBRARY: [&str; 3] = ["crt1-command.o", "crt1-reactor.o", "libc.a"];
/// Settings of the caller that must not reach the standard library.
const FOREIGN_SETTINGS: [&str; 5] = [
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_TARGET_DIR",
];

/// Where a sysroot has what belongs to the guests' target.
pub(super) fn target_directory(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET)
}

/// Makes `directory` a sysroot that has the tools of the compiler's own.
pub(super) fn link_toolchain(compiler: &Compiler, directory: &Path) -> Result<()> {
    let libraries = directory.join("lib/rustlib");
    fs::create_dir_all(&libraries).while_trying_to("make", &libraries)?;
    let host = compiler.host()?;
    let link = libraries.join(host);
    symlink(compiler.sysroot.join("lib/rustlib").join(host), &link).while_trying_to("make the link", &link)
}

/// Builds the standard library from `source` (the directory `library` of Rust's sources) and puts it, with the C
/// library, into `sysroot`. `cargo` is the command `cargo`, perhaps with an environment.
pub(super) fn build_standard_library(
    mut cargo: Command,
    source: &Path,
    c_library: &Path,
    work: &Path,
    sysroot: &Path,
) -> Result<()> {
    let package = work.join("empty");
    let built = work.join("target");
    let put = |path: PathBuf, content: &str| fs::write(&path, content).while_trying_to("write", &path);
    fs::create_dir_all(package.join("src")).while_trying_to("make", &package)?;
    put(package.join("Cargo.toml"), EMPTY_PACKAGE)?;
    put(package.join("src/lib.rs"), "")?;
    for name in FOREIGN_SETTINGS {
        cargo.env_remove(name);
    }
    cargo
        .args(["build", "--release", "--target", TARGET, CRATES, "--target-dir"])
        .arg(&built)
        .current_dir(&package);
    // Building the standard library is reserved to nightly compilers, which the first variable makes of any.
    cargo
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_TESTS_ONLY_SRC_ROOT", source);
    capture(&mut cargo)?;

    let libraries = target_directory(sysroot).join("lib");
    let self_contained = libraries.join("self-contained");
    fs::create_dir_all(&self_contained).while_trying_to("make", &self_contained)?;
    let products = built.join(TARGET).join("release/deps");
    for entry in fs::read_dir(&products).while_trying_to("read", &products)? {
        let path = entry.while_trying_to("read", &products)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with(EMPTY_LIBRARY) {
            fs::copy(&path, libraries.join(&name)).while_trying_to("copy", &path)?;
        }
    }
    for name in C_LIBRARY {
        let path = c_library.join(name);
        fs::copy(&path, self_contained.join(name)).while_trying_to("copy", &path)?;
    }
    Ok(())
}
