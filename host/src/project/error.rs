//! Why a project could not be built.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use super::language::Language;
use crate::error::seconds;
use crate::limits::LimitName;

/// The result of building.
pub type Result<T> = std::result::Result<T, BuildError>;

/// Why a project could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Nothing in a directory says what it is.
    #[error(
        "{} is no test component and no project: it has none of {}; `proctor new --lang LANGUAGE NAME` makes a project",
        .0.display(),
        Language::ALL.map(|language| language.markers().join(", ")).join(", ")
    )]
    NoProject(PathBuf),
    /// A directory has scripts, and nothing says that they are a project.
    #[error("{} is no project, but has scripts in Python; tests in the style of the NixOS test driver are named one by one: {}/*.py", .0.display(), .0.display())]
    Scripts(PathBuf),
    /// A directory is several projects.
    #[error("{} is a project of several languages: it has {}; give each a directory of its own", .directory.display(), .markers.join(" and "))]
    SeveralProjects {
        /// The directory.
        directory: PathBuf,
        /// What tells of each language.
        markers: Vec<&'static str>,
    },
    /// A program that a language needs is not on this computer.
    #[error("building {language} tests needs {what}, and {found}; {how}")]
    MissingTool {
        /// The language.
        language: Language,
        /// What is needed.
        what: &'static str,
        /// What is there instead.
        found: String,
        /// How to get it.
        how: &'static str,
    },
    /// A tool failed, and has said why.
    #[error("{what} failed ({status}){}", said(.output))]
    ToolFailed {
        /// What it was to do.
        what: String,
        /// How it ended.
        status: ExitStatus,
        /// What it said, where that has not been shown yet.
        output: String,
    },
    /// It took too long.
    #[error(
        "{name} of {limit} passed while the project was built (after {elapsed}); does the code outside of its tests end?",
        name = LimitName::Build, limit = seconds(*.limit), elapsed = seconds(*.elapsed)
    )]
    TimedOut {
        /// How long it might have taken.
        limit: Duration,
        /// How long it took.
        elapsed: Duration,
    },
    /// The project is not as it has to be.
    #[error("{0}")]
    Invalid(String),
    /// A file or a directory.
    #[error("cannot {doing} {}: {source}", .path.display())]
    File {
        /// What was to be done with it.
        doing: &'static str,
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Turns the error of a file operation into one that names what was done, with what.
pub(super) trait FileContext<T> {
    /// Names the action, a verb, and the path.
    fn while_trying_to(self, doing: &'static str, path: &Path) -> Result<T>;
}

impl<T> FileContext<T> for io::Result<T> {
    fn while_trying_to(self, doing: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| BuildError::File {
            doing,
            path: path.to_owned(),
            source,
        })
    }
}

fn said(output: &str) -> String {
    match output.trim() {
        "" => String::new(),
        output => format!(":\n{output}"),
    }
}
