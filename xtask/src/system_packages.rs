//! Programs that must be installed on the machine itself.

use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};
use crate::process::run;
use crate::progress::say;

/// The programs that builds and tests start, and Debian's packages of them.
const PROGRAMS: [(&str, &str); 6] = [
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("vde_switch", "vde2"),
    ("strip", "binutils"),
    ("xz", "xz-utils"),
    ("dpkg-deb", "dpkg"),
    ("tesseract", "tesseract-ocr"),
];

/// Installs what is missing. Who is not root is told what to install.
pub(crate) fn ensure() -> Result<()> {
    let missing = missing();
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
    let missing = self::missing();
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

fn missing() -> Vec<&'static str> {
    let directories: Vec<_> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    let found = |program: &str| directories.iter().any(|directory| is_program(&directory.join(program)));
    PROGRAMS
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
    fn a_program_is_an_executable_file() {
        assert!(is_program(Path::new("/bin/sh")));
        assert!(!is_program(Path::new("/etc/passwd")));
        assert!(!is_program(Path::new("/bin")));
        assert!(!is_program(Path::new("/nonexistent")));
    }
}
