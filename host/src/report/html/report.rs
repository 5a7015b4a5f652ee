//! [`Html`]: collects a run's events and writes the page when nothing more comes.

use std::io;
use std::path::{Path, PathBuf};

use super::collect::Collector;
use super::document;
use super::saved_files::SavedFiles;
use crate::event::{Event, Report};
use crate::report::destination::{Destination, Earlier, Failed};
use crate::report::whole_file::WholeFile;

/// The report as a page for a browser. The file appears when the run is over.
pub struct Html {
    file: WholeFile,
    /// The output directory of the run.
    output: PathBuf,
    /// The directory in which the page will be.
    directory: PathBuf,
    collector: Collector,
    failed: Failed,
}

impl std::fmt::Debug for Html {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Html")
            .field("output", &self.output)
            .finish_non_exhaustive()
    }
}

impl Html {
    /// The page of a run with the output directory `output`: pictures are taken from there when the run has ended, and
    /// links lead there. `earlier` is what becomes of a file in its place. Where writing fails later, `failed` is told.
    /// Errors: no file can be made there.
    pub fn create(destination: Destination, earlier: Earlier, output: &Path, failed: Failed) -> io::Result<Self> {
        let directory = match &destination {
            Destination::File(path) => path.parent().filter(|parent| !parent.as_os_str().is_empty()),
            Destination::StandardOutput => None,
        };
        let directory = directory.unwrap_or(Path::new(".")).to_owned();
        Ok(Self {
            file: WholeFile::prepare(destination, earlier)?,
            output: output.into(),
            directory,
            collector: Collector::default(),
            failed,
        })
    }
}

impl Report for Html {
    fn event(&mut self, event: &Event) {
        self.collector.event(event);
    }

    fn finish(&mut self) {
        let run = std::mem::take(&mut self.collector).finish();
        let files = SavedFiles::new(&self.output, &self.directory);
        if let Err(error) = self.file.write(|mut out| document::write(&run, files, &mut out)) {
            (self.failed)(&error);
        }
    }
}
