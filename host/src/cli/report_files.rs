//! Files of reports that a user asks for, of a run that begins or of one that was.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::arguments::Failure;
use crate::event::Report;
use crate::report::html::Html;

/// The reports, each with its file.
#[derive(Debug, clap::Args)]
pub(super) struct ReportFiles {
    /// Write a page for a browser
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl ReportFiles {
    /// The reports, their files open, of a run with this output directory. Errors: a file that cannot be written.
    pub(super) fn open(&self, output: &Path) -> Result<Vec<Box<dyn Report>>, Failure> {
        let mut reports: Vec<Box<dyn Report>> = Vec::new();
        if let Some(path) = &self.html {
            reports.push(Box::new(html(create(path)?, path, output)));
        }
        Ok(reports)
    }
}

fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| Failure::usage(format!("cannot write {path:?}: {error}")))
}

/// A page for a browser, in a file that is open.
pub(super) fn html(file: File, path: &Path, output: &Path) -> Html<File> {
    let shown = path.to_owned();
    Html::new(file, directory_of(path), output, move |error| {
        super::arguments::say(format_args!(
            "warning: {shown:?} is not whole, it cannot be written: {error}"
        ));
    })
}

/// The directory in which a file is.
pub(super) fn directory_of(file: &Path) -> &Path {
    match file.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    }
}
