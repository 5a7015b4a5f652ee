//! The languages that have an SDK.

/// A language that has an SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Go.
    Go,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Rust.
    Rust,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Go, Self::JavaScript, Self::Rust];

    /// The file that makes a directory a project of this language.
    pub fn marker(self) -> &'static str {
        match self {
            Self::Go => "go.mod",
            Self::JavaScript => "package.json",
            Self::Rust => "Cargo.toml",
        }
    }

    /// The directory of its SDK.
    pub(super) fn sdk(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::JavaScript => "js",
            Self::Rust => "rust",
        }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Go => "Go",
            Self::JavaScript => "JavaScript",
            Self::Rust => "Rust",
        })
    }
}
