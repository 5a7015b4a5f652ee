//! A script: the text that an interpreter runs as its one test.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::limits::{FILE_NAME_BYTES, SCRIPT_BYTES, TEST_NAME_BYTES};
use crate::text;

/// A script, read.
#[derive(Debug, Clone)]
pub struct Script {
    path: PathBuf,
    pub(super) text: Vec<u8>,
}

/// Why a script cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It cannot be read.
    #[error("cannot read script {0:?}: {1}")]
    Read(PathBuf, std::io::Error),
    /// It is a pipe, a device or a directory.
    #[error("script {0:?} is not a file")]
    NotAFile(PathBuf),
    /// It is too large.
    #[error("script {0:?} has more than {SCRIPT_BYTES} bytes")]
    TooLarge(PathBuf),
}

impl Script {
    /// What stands for a script where there is none.
    pub const NONE: &str = "<session>";

    /// Whether a test is a script, as its name says.
    pub fn is_one(path: &Path) -> bool {
        path.extension().is_some_and(|extension| extension == "py")
    }

    /// Reads a script; [`Script::NONE`] is an empty one. Errors: it cannot be read, or is too large.
    pub fn read(path: &Path) -> Result<Self, ScriptError> {
        let failed = |error| ScriptError::Read(path.into(), error);
        let mut text = Vec::new();
        if path == Path::new(Self::NONE) {
            let path = path.into();
            return Ok(Self { path, text });
        }
        // To open a pipe would wait for who writes to it.
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(ScriptError::NotAFile(path.into()));
        }
        let file = File::open(path).map_err(failed)?;
        file.take(SCRIPT_BYTES + 1).read_to_end(&mut text).map_err(failed)?;
        if text.len() as u64 > SCRIPT_BYTES {
            return Err(ScriptError::TooLarge(path.into()));
        }
        Ok(Self {
            path: path.into(),
            text,
        })
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its file, ready to be shown.
    pub(super) fn file(&self) -> String {
        text::clean_path(&self.path, FILE_NAME_BYTES)
    }

    /// What its test is called: as the file, without the ending.
    pub(super) fn name(&self) -> String {
        if self.path == Path::new(Self::NONE) {
            return "session".into();
        }
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let name = text::clean(stem.as_bytes(), TEST_NAME_BYTES);
        if name.is_empty() { "script".into() } else { name }
    }
}
