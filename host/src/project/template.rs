//! New projects.

use std::path::{Path, PathBuf};

use super::carried;
use super::error::BuildError;
use super::language::Language;
use super::{OWN_DIRECTORY, Project};

/// In a template's text and names this stands for the project's name.
const NAME: &str = "{{name}}";
/// The longest name of a project, in bytes: it becomes a file's name, with an ending.
const NAME_BYTES: usize = 64;

/// Names that packages have on which a project depends, or that tools keep for themselves.
const RESERVED: [&str; 6] = ["proctor", "proctor-sdk", "proctor_sdk", "test", "core", "std"];

/// What a new project may be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Template {
    /// C
    C,
    /// Go
    Go,
    /// JavaScript
    #[value(name = "js", alias = "javascript")]
    JavaScript,
    /// TypeScript
    #[value(name = "ts", alias = "typescript")]
    TypeScript,
    /// Python
    Python,
    /// Rust
    Rust,
}

impl std::fmt::Display for Template {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::C => Language::C.fmt(formatter),
            Self::Go => Language::Go.fmt(formatter),
            Self::JavaScript => Language::JavaScript.fmt(formatter),
            Self::TypeScript => formatter.write_str("TypeScript"),
            Self::Python => Language::Python.fmt(formatter),
            Self::Rust => Language::Rust.fmt(formatter),
        }
    }
}

impl Template {
    fn directory(self) -> &'static str {
        match self {
            Self::C => "c/template",
            Self::Go => "go/template",
            Self::JavaScript => "js/template-js",
            Self::TypeScript => "js/template-ts",
            Self::Python => "python/template",
            Self::Rust => "rust/template",
        }
    }
}

/// Why there is no new project.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// The name cannot be one.
    #[error(
        "`{0}` is no name for a project: at most {NAME_BYTES} lower-case letters, digits, `-` and `_`, a letter first, and no package's name such as `proctor`"
    )]
    Name(String),
    /// There is something already.
    #[error("{} is there already; choose another name, or remove it", .0.display())]
    Exists(PathBuf),
    /// It could not be written.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Writes a new project of a template, with one test that works, to the directory `path`, whose last part is the project's
/// name. Errors: the name cannot be one, or there is something already.
pub fn new(template: Template, path: &Path) -> Result<Project, NewError> {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    if !is_name(&name) {
        return Err(NewError::Name(name));
    }
    if path.symlink_metadata().is_ok() {
        return Err(NewError::Exists(path.to_owned()));
    }
    for (file, content) in carried::files(template.directory()) {
        let content = String::from_utf8_lossy(&content).replace(NAME, &name);
        carried::write_if_changed(&path.join(file.replace(NAME, &name)), content.as_bytes())?;
    }
    let project = Project::find(path)?;
    // What an editor looks for is there before the first build.
    carried::unpack(project.language, &path.join(OWN_DIRECTORY))?;
    Ok(project)
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    name.len() <= NAME_BYTES
        && !RESERVED.contains(&name)
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && name.bytes().all(allowed)
}
