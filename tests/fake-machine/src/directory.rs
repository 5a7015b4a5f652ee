//! What the machine keeps in its state directory for the guest.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process;

use crate::port;

/// The search path where the environment has none.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Ports are terminals here, to which the real one writes no archives.
const TAR: &str = r#"#!/usr/bin/env bash
PATH=${PATH#*:}
[ -t 1 ] || exec tar "$@"
set -o pipefail
tar "$@" | cat
"#;

/// The directories below `$TMPDIR`.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) devices: PathBuf,
    pub(crate) system: PathBuf,
    pub(crate) home: PathBuf,
    /// The shell's working directory.
    pub(crate) scratch: PathBuf,
    programs: PathBuf,
    /// Where pressed keys are recorded.
    pub(crate) keys: PathBuf,
    /// Where link changes are recorded.
    pub(crate) links: PathBuf,
    /// Where the process that stays behind is recorded.
    pub(crate) stray: PathBuf,
}

impl Directory {
    /// Makes the directories and the power commands.
    pub(crate) fn prepare() -> io::Result<Self> {
        let missing = || io::Error::other("TMPDIR must name the machine's state directory");
        let root = PathBuf::from(env::var_os("TMPDIR").ok_or_else(missing)?).canonicalize()?;
        let directory = Self {
            devices: root.join("dev"),
            system: root.join("sys"),
            home: root.join("home"),
            scratch: root.join("tmp"),
            programs: root.join("bin"),
            keys: root.join("keys"),
            links: root.join("links"),
            stray: root.join("stray"),
        };
        port::prepare(&directory.devices, &directory.system)?;
        for made in [&directory.home, &directory.scratch, &directory.programs] {
            fs::create_dir_all(made)?;
        }
        let signal = |name| format!("#!/bin/sh\nexec kill -{name} {}\n", process::id());
        let programs = [
            ("poweroff", signal("USR1")),
            ("reboot", signal("USR2")),
            ("tar", TAR.into()),
        ];
        for (name, script) in programs {
            let program = directory.programs.join(name);
            fs::write(&program, script)?;
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        }
        Ok(directory)
    }

    /// The environment of the guest's shell.
    pub(crate) fn environment(&self, locale: Option<&str>) -> Vec<(&'static str, OsString)> {
        let mut path = OsString::from(&self.programs);
        path.push(":");
        path.push(env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into()));
        let mut variables = vec![
            ("USER", "root".into()),
            ("HOME", (&self.home).into()),
            ("PAGER", "".into()),
            ("DISPLAY", ":0.0".into()),
            ("PATH", path),
            ("PROCTOR_DEV", (&self.devices).into()),
            ("PROCTOR_SYS", (&self.system).into()),
            ("PROCTOR_X11", self.scratch.join(".X11-unix").into()),
        ];
        variables.extend(
            locale
                .into_iter()
                .flat_map(|name| [("LC_ALL", name.into()), ("LANG", name.into())]),
        );
        variables
    }
}
