//! Start scripts: the programs that become machines.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::limits::MACHINE_NAME_CHARACTERS;
use crate::text;

/// A start script that exists and can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartScript {
    path: PathBuf,
    name: String,
}

/// Why a start script cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StartScriptError {
    /// There is no such file, or it cannot be looked at.
    #[error("start script {0:?} cannot be read: {1}; give the path of an executable run-NAME-vm")]
    Missing(PathBuf, std::io::Error),
    /// It is a directory or a device.
    #[error(
        "start script {0:?} is not a file; give the path of an executable run-NAME-vm, and tests before --start-scripts"
    )]
    NotAFile(PathBuf),
    /// It may not be executed.
    #[error("start script {0:?} is not executable; make it so with: chmod +x {0:?}")]
    NotExecutable(PathBuf),
    /// It was written for a container.
    #[error("start script {0:?} starts a container; only virtual machines (run-NAME-vm) are supported")]
    Container(PathBuf),
    /// Its machine's name cannot be a file's name.
    #[error(
        "start script {0:?} names its machine {1:?}; a name has 1 to 64 characters, no leading `.`, and none that is not seen"
    )]
    BadName(PathBuf, String),
}

impl StartScript {
    /// Looks at the file. Errors: it cannot be run, or says no usable name.
    pub fn open(path: &Path) -> Result<Self, StartScriptError> {
        let path = std::path::absolute(path).map_err(|error| StartScriptError::Missing(path.into(), error))?;
        let found = std::fs::metadata(&path).map_err(|error| StartScriptError::Missing(path.clone(), error))?;
        if !found.is_file() {
            return Err(StartScriptError::NotAFile(path));
        }
        if found.permissions().mode() & 0o111 == 0 {
            return Err(StartScriptError::NotExecutable(path));
        }
        let shown = path.to_string_lossy();
        if shown.ends_with("-nspawn") {
            return Err(StartScriptError::Container(path));
        }
        let name = machine_name(&shown);
        if !is_usable(&name) {
            return Err(StartScriptError::BadName(path, name));
        }
        Ok(Self { path, name })
    }

    /// The same for a machine of this name, whatever the file is called. Errors: it is no usable name.
    pub fn named(self, name: String) -> Result<Self, StartScriptError> {
        if is_usable(&name) {
            Ok(Self { name, ..self })
        } else {
            Err(StartScriptError::BadName(self.path, name))
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The machine's name.
    pub fn machine_name(&self) -> &str {
        &self.name
    }
}

fn is_usable(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= MACHINE_NAME_CHARACTERS
        && !name.starts_with('.')
        // It stands in every line of the machine's, and is a directory's.
        && !name.contains(['\t', '/'])
        && text::clean(name.as_bytes(), usize::MAX) == name
}

/// The text between the last `run-` and `-vm` at the end of the path; `machine` where it does not match.
/// As the NixOS driver's `run-(.+)-vm$`, but from the last path element: no directory's name is part of it.
pub(super) fn machine_name(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    let matched = file
        .strip_suffix("-vm")
        .and_then(|rest| rest.find("run-").map(|at| &rest[at + 4..]));
    match matched {
        Some(name) if !name.is_empty() => name.into(),
        _ => "machine".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_that_of_the_script() {
        assert_eq!(machine_name("/nix/store/abc-vm/bin/run-server-vm"), "server");
        assert_eq!(machine_name("run-run-x-vm-vm"), "run-x-vm");
        assert_eq!(machine_name("/tmp/run-x/boot"), "machine");
        assert_eq!(machine_name("run--vm"), "machine");
        assert_eq!(machine_name("run-a b$c-vm"), "a b$c");
        assert_eq!(machine_name("my-run-web-vm"), "web");
    }

    #[test]
    fn what_cannot_be_run_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let path = |name: &str| scratch.path().join(name);
        assert!(matches!(
            StartScript::open(&path("none")),
            Err(StartScriptError::Missing(..))
        ));
        assert!(matches!(
            StartScript::open(scratch.path()),
            Err(StartScriptError::NotAFile(..))
        ));
        let make = |name: &str, mode| {
            std::fs::write(path(name), "#!/bin/sh\n").unwrap();
            std::fs::set_permissions(path(name), std::fs::Permissions::from_mode(mode)).unwrap();
            StartScript::open(&path(name))
        };
        assert!(matches!(
            make("run-a-vm", 0o644),
            Err(StartScriptError::NotExecutable(..))
        ));
        assert!(matches!(
            make("run-a-nspawn", 0o755),
            Err(StartScriptError::Container(..))
        ));
        assert!(matches!(make("run-.a-vm", 0o755), Err(StartScriptError::BadName(..))));
        for name in [
            "run-a\nb-vm",
            "run-\u{1b}[31m-vm",
            "run-a\u{202e}b-vm",
            "run-\u{200b}-vm",
        ] {
            assert!(
                matches!(make(name, 0o755), Err(StartScriptError::BadName(..))),
                "{name:?}"
            );
        }
        assert_eq!(make("run-web server-vm", 0o755).unwrap().machine_name(), "web server");
    }
}
