//! The Rust compiler that is in use.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::TARGET;
use crate::error::{Error, Result};
use crate::process::capture_text;

/// A compiler and where its libraries are.
pub(super) struct Compiler {
    /// All that it says about its version.
    pub(super) version: String,
    /// The toolchain's directory.
    pub(super) sysroot: PathBuf,
}

impl Compiler {
    /// Asks `rustc`.
    pub(super) fn current() -> Result<Self> {
        let ask = |argument: &[&str]| capture_text(Command::new("rustc").args(argument));
        Ok(Self {
            version: ask(&["-vV"])?,
            sysroot: PathBuf::from(ask(&["--print", "sysroot"])?),
        })
    }

    /// The number of its release, such as `1.95.0`.
    pub(super) fn release(&self) -> Result<&str> {
        self.field("release")
    }

    /// The platform that it runs on.
    pub(super) fn host(&self) -> Result<&str> {
        self.field("host")
    }

    /// Whether its own sysroot has the standard library of the guests' target.
    pub(super) fn has_target(&self) -> bool {
        has_standard_library(&self.sysroot)
    }

    fn field(&self, name: &str) -> Result<&str> {
        self.version
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .ok_or_else(|| Error::Invalid(format!("`rustc -vV` does not say its {name}")))
    }
}

/// Whether a sysroot has the standard library of the guests' target.
pub(super) fn has_standard_library(sysroot: &Path) -> bool {
    let directory = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    directory.read_dir().is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_taken_apart() {
        let version = "rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\n\
                       release: 1.95.0\nLLVM version: 22.1.2";
        let mut compiler = Compiler {
            version: version.to_owned(),
            sysroot: PathBuf::new(),
        };
        assert_eq!(compiler.release().unwrap(), "1.95.0");
        assert_eq!(compiler.host().unwrap(), "x86_64-unknown-linux-gnu");
        compiler.version = "rustc 1.95.0".to_owned();
        assert!(compiler.host().is_err());
    }

    #[test]
    fn a_standard_library_is_a_file_of_the_target() {
        let sysroot = tempfile::tempdir().unwrap();
        assert!(!has_standard_library(sysroot.path()));
        let directory = sysroot.path().join("lib/rustlib/wasm32-wasip2/lib");
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("libstd_detect-0.rlib"), "").unwrap();
        assert!(!has_standard_library(sysroot.path()));
        std::fs::write(directory.join("libstd-0.rlib"), "").unwrap();
        assert!(has_standard_library(sysroot.path()));
    }
}
