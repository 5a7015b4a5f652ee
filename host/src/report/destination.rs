//! Where a user wants a report.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Told once, where a report cannot be written.
pub type Failed = Box<dyn Fn(&io::Error) + Send>;

/// What is written from its beginning to its end.
pub(super) type Stream = Box<dyn io::Write + Send>;

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// To standard output, which `-` stands for.
    StandardOutput,
    /// Into a file, which is made anew.
    File(PathBuf),
}

impl From<PathBuf> for Destination {
    fn from(path: PathBuf) -> Self {
        if path.as_os_str() == "-" {
            Self::StandardOutput
        } else {
            Self::File(path)
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardOutput => f.write_str("standard output"),
            Self::File(path) => write!(f, "{path:?}"),
        }
    }
}
