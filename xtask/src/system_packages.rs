//! Programs that must be installed on the machine itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::images::Image;
use crate::process::run;
use crate::progress::say;

/// Programs, and Debian's packages of them.
type Programs = &'static [(&'static str, &'static str)];

/// What builds and tests start.
const PROGRAMS: Programs = &[
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("vde_switch", "vde2"),
    ("strip", "binutils"),
    ("xz", "xz-utils"),
    ("dpkg-deb", "dpkg"),
];
/// What machines with a disk are built and started with, and what reads their screens.
const PROGRAMS_OF_DISKS: Programs = &[
    ("mmdebstrap", "mmdebstrap"),
    ("mkfs.ext4", "e2fsprogs"),
    ("qemu-img", "qemu-utils"),
    ("tesseract", "tesseract-ocr"),
];
/// What tests ask whether reports are valid.
const PROGRAMS_OF_TESTS: Programs = &[("xmllint", "libxml2-utils")];
/// What opens reports.
const PROGRAMS_OF_BROWSER_TESTS: Programs = &[("chromium", "chromium"), ("chromedriver", "chromium-driver")];
/// What fuzz targets are linked with is C++.
const PROGRAMS_OF_FUZZ_TARGETS: Programs = &[("c++", "g++")];
/// Not everybody has these in PATH.
const SYSTEM_DIRECTORIES: [&str; 2] = ["/usr/sbin", "/sbin"];

/// Installs what machines of these images need and is missing. Who is not root is told what to install.
pub(crate) fn ensure(images: &[Image]) -> Result<()> {
    ensure_programs(&programs(images))
}

/// The same for tests, which need more.
pub(crate) fn ensure_for_tests(images: &[Image]) -> Result<()> {
    ensure_programs(&[&programs(images), PROGRAMS_OF_TESTS].concat())
}

fn programs(images: &[Image]) -> Vec<(&'static str, &'static str)> {
    let mut programs = PROGRAMS.to_vec();
    if images.contains(&Image::Systemd) {
        programs.extend_from_slice(PROGRAMS_OF_DISKS);
    }
    programs
}

/// Installs the browser that reports are tested in. Where it cannot be installed its tests are skipped and say so.
pub(crate) fn ensure_browser() {
    if let Err(error) = ensure_programs(PROGRAMS_OF_BROWSER_TESTS) {
        say(&format!("tests of reports in a browser will be skipped: {error}"));
    }
}

/// The same for the build of fuzz targets.
pub(crate) fn ensure_cpp() -> Result<()> {
    ensure_programs(PROGRAMS_OF_FUZZ_TARGETS)
}

fn ensure_programs(programs: &[(&'static str, &'static str)]) -> Result<()> {
    let missing = missing(programs);
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !nix::unistd::geteuid().is_root() {
        return Err(Error::Invalid(format!(
            "packages are missing; install them with: sudo apt-get install {list}"
        )));
    }
    say(&format!("installing {list}"));
    if install(&missing).is_err() {
        // A new machine has no package lists, an old one has lists of packages that are gone.
        run(Command::new("apt-get").args(["update", "--quiet"]))?;
        install(&missing)?;
    }
    let missing = self::missing(programs);
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "programs of {} are not in PATH although it is installed",
        missing.join(", ")
    )))
}

fn install(packages: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .args(packages);
    run(command.env("DEBIAN_FRONTEND", "noninteractive"))
}

fn missing(programs: &[(&'static str, &'static str)]) -> Vec<&'static str> {
    let mut directories: Vec<_> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    directories.extend(SYSTEM_DIRECTORIES.map(PathBuf::from));
    let found = |program: &str| directories.iter().any(|directory| is_program(&directory.join(program)));
    programs
        .iter()
        .filter(|(program, _)| !found(program))
        .map(|(_, package)| *package)
        .collect()
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_told_by_its_package() {
        assert_eq!(
            missing(&[("sh", "dash"), ("no-such-program-here", "its-package")]),
            ["its-package"]
        );
    }

    #[test]
    fn a_program_is_an_executable_file() {
        assert!(is_program(Path::new("/bin/sh")));
        assert!(!is_program(Path::new("/etc/passwd")));
        assert!(!is_program(Path::new("/bin")));
        assert!(!is_program(Path::new("/nonexistent")));
    }
}
