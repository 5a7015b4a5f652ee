//! The languages that have an SDK.

use std::path::Path;

/// A language that has an SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// C.
    C,
    /// Go.
    Go,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Python.
    Python,
    /// Rust.
    Rust,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::C, Self::Go, Self::JavaScript, Self::Python, Self::Rust];

    /// The files each of which makes a directory a project of this language.
    pub fn markers(self) -> &'static [&'static str] {
        match self {
            Self::C => &["compile_flags.txt"],
            Self::Go => &["go.mod"],
            Self::JavaScript => &["package.json"],
            Self::Python => &["pyproject.toml", "requirements.txt"],
            Self::Rust => &["Cargo.toml"],
        }
    }

    /// Which of these a directory has.
    pub(super) fn marker_in(self, directory: &Path) -> Option<&'static str> {
        let mut markers = self.markers().iter().copied();
        markers.find(|marker| directory.join(marker).is_file())
    }

    /// The directory of its SDK.
    pub(super) fn sdk(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Go => "go",
            Self::JavaScript => "js",
            Self::Python => "python",
            Self::Rust => "rust",
        }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::C => "C",
            Self::Go => "Go",
            Self::JavaScript => "JavaScript",
            Self::Python => "Python",
            Self::Rust => "Rust",
        })
    }
}
