//! What can go wrong in a task.

use std::io;
use std::path::{Path, PathBuf};

/// Why a task could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A file or directory could not be used.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// What it was tried with.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("cannot start {program}: {source}")]
    Start {
        /// The program's name.
        program: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A program ended with a failure.
    #[error("`{command}` failed ({status}){}{output}", if output.is_empty() { "" } else { ":\n" })]
    Command {
        /// The program and its arguments.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// What it wrote, empty where it wrote to the terminal itself.
        output: String,
    },
    /// A file that people write, or that a package brings, is not as it must be.
    #[error("{0}")]
    Invalid(String),
}

/// Result of a task or a part of one.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Adds to an error of a file operation what was done to which file.
pub(crate) trait FileContext<T> {
    /// Names the action, a verb, and the path.
    fn while_trying_to(self, action: &'static str, path: &Path) -> Result<T>;
}

impl<T> FileContext<T> for io::Result<T> {
    fn while_trying_to(self, action: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| Error::File {
            action,
            path: path.to_owned(),
            source,
        })
    }
}
