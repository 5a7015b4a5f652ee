//! [`Html`]: collects a run's events and writes the page when nothing more comes.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::collect::Collector;
use super::document;
use super::saved_files::SavedFiles;
use crate::event::{Event, Report};

/// The report as a page for a browser.
pub struct Html<W: Write> {
    out: W,
    /// The output directory of the run.
    output: PathBuf,
    /// The directory in which the page will be.
    report: PathBuf,
    collector: Collector,
    failed: Box<dyn Fn(&io::Error) + Send>,
}

impl<W: Write> std::fmt::Debug for Html<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Html")
            .field("output", &self.output)
            .finish_non_exhaustive()
    }
}

impl<W: Write> Html<W> {
    /// Writes to a file or the like that is in the directory `report`, about a run with the output directory `output`:
    /// pictures are taken from there when the run has ended, and links lead there. Where writing fails, `failed` is told.
    pub fn new(out: W, report: &Path, output: &Path, failed: impl Fn(&io::Error) + Send + 'static) -> Self {
        Self {
            out,
            output: output.into(),
            report: report.into(),
            collector: Collector::default(),
            failed: Box::new(failed),
        }
    }
}

impl<W: Write + Send> Report for Html<W> {
    fn event(&mut self, event: &Event) {
        self.collector.event(event);
    }

    fn finish(&mut self) {
        let run = std::mem::take(&mut self.collector).finish();
        let files = SavedFiles::new(&self.output, &self.report);
        if let Err(error) = document::write(&run, files, &mut BufWriter::new(&mut self.out)) {
            (self.failed)(&error);
        }
    }
}
