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

/// What becomes of a file that stands where a report is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// It is removed at once: in a run's time, what an earlier one left would pass for a report of this one.
    Removed,
    /// It stays until the new one takes its place.
    Stays,
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
