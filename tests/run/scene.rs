//! Where one test's invocations of `proctor` happen: directories and machines of their own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use proctor_tests::{LATE, fake_script, path_from_environment, processes};

use crate::invocation::{Ended, Invocation};
use crate::patience::wait_until;

/// Variables that change what `proctor` does; a test sets those that it means.
const VARIABLES: [&str; 12] = [
    "startScripts",
    "vlans",
    "testScript",
    "LOGFILE",
    "CI_PROJECT_DIR",
    "XDG_RUNTIME_DIR",
    "GITHUB_ACTIONS",
    "GITHUB_WORKSPACE",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "RUST_BACKTRACE",
];

/// A scratch directory with room for start scripts, the output directory and the temporary directory of the runs.
#[derive(Debug)]
pub struct Scene {
    scratch: tempfile::TempDir,
}

impl Scene {
    /// A scene without machines.
    pub fn new() -> Self {
        // Short: the sockets of a run lie below it.
        let scratch = tempfile::Builder::new().prefix("p").tempdir().unwrap();
        for name in ["run", "scripts", "output"] {
            std::fs::create_dir(scratch.path().join(name)).unwrap();
        }
        Self { scratch }
    }

    /// The directory of the scene.
    pub fn path(&self) -> &Path {
        self.scratch.path()
    }

    /// Where run directories are made.
    pub fn runs(&self) -> PathBuf {
        self.path().join("run")
    }

    /// Writes the start script of a fake machine with options.
    pub fn machine(&self, name: &str, options: &str) -> PathBuf {
        fake_script(&self.path().join("scripts"), name, options)
    }

    /// `proctor`, set up to work in this scene.
    pub fn proctor(&self) -> Command {
        let mut command = Command::new(path_from_environment("PROCTOR_BIN"));
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command
            .current_dir(self.path().join("output"))
            .env("TMPDIR", self.runs())
            .env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
        command
    }

    /// Starts `proctor` with arguments.
    pub fn start(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Invocation<'_> {
        self.start_as(self.proctor(), arguments)
    }

    /// Starts `proctor`, set up by the caller, with arguments.
    pub fn start_as(
        &self,
        mut command: Command,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Invocation<'_> {
        command.args(arguments);
        Invocation::start(self, command)
    }

    /// Runs `proctor` with arguments. Panics where it leaves anything behind.
    pub fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ended {
        self.start(arguments).wait()
    }

    /// Panics unless within a few seconds no process and no file of any run is left.
    pub fn check_clean(&self) {
        self.check_clean_within(2 * LATE);
    }

    /// Panics unless within so long no process and no file of any run is left.
    pub fn check_clean_within(&self, patience: Duration) {
        self.wait_for_processes(patience);
        wait_until(patience, "run directories are gone", || match self.left() {
            left if left.is_empty() => Ok(()),
            left => Err(format!("left behind: {left:?}")),
        });
    }

    /// Panics unless within so long no process of any run is left.
    pub fn wait_for_processes(&self, patience: Duration) {
        wait_until(patience, "all processes have ended", || {
            // Whatever runs in the scene has its path in its environment.
            match processes::of_run(self.path()) {
                left if left.is_empty() => Ok(()),
                left => Err(format!("left behind: {left:?}")),
            }
        });
    }

    /// Run directories that there are, apart from kept state.
    fn left(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.runs()).unwrap().flatten();
        let paths = entries.map(|entry| entry.path());
        paths
            .filter(|path| !path.to_string_lossy().contains("/proctor-kept-"))
            .collect()
    }
}

/// The component of a test program.
pub fn program(name: &str) -> PathBuf {
    path_from_environment("PROCTOR_PROGRAMS").join(format!("program-{name}.wasm"))
}

/// The arguments of `proctor run` for a program on machines, and more.
pub fn run_of<'a>(program_name: &str, scripts: &'a [PathBuf], more: &'a [&str]) -> Vec<PathBuf> {
    let mut arguments = vec![PathBuf::from("run"), program(program_name)];
    if !scripts.is_empty() {
        arguments.push("--start-scripts".into());
        arguments.extend_from_slice(scripts);
    }
    arguments.extend(more.iter().map(PathBuf::from));
    arguments
}
