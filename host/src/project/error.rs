//! Why a project could not be built.

use std::path::PathBuf;
use std::process::ExitStatus;

use super::language::Language;

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
        source: std::io::Error,
    },
}

fn said(output: &str) -> String {
    match output.trim() {
        "" => String::new(),
        output => format!(":\n{output}"),
    }
}
