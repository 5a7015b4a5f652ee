//! Files of reports that a user asks for, of a run that begins or of one that was.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::arguments::{Failure, say};
use crate::event::Report;
use crate::output_directory::OWN_FILES;
use crate::report::destination::{Destination, Earlier, Failed};
use crate::report::html::Html;
use crate::report::junit::{Junit, Place};
use crate::report::trace::Trace;
use crate::report::xml::Xml;

/// The reports, each with its file.
#[derive(Debug, Default, clap::Args)]
pub(super) struct ReportFiles {
    /// Write a page for a browser
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Write test cases for CI systems, in JUnit's XML
    #[arg(long, alias = "junit-xml", value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Write the log as the NixOS test driver does, in XML
    #[arg(long, value_name = "FILE")]
    xml: Option<PathBuf>,

    /// Write a time line for Perfetto and Chrome, in JSON
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,

    #[arg(skip)]
    failed: Arc<AtomicBool>,
}

/// Reports that are open, and where they go.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) reports: Vec<Box<dyn Report>>,
    /// By [`identity`].
    pub(super) destinations: Vec<PathBuf>,
}

/// What a path means, however it is spelt; the file itself need not exist.
pub(super) fn identity(path: &Path) -> PathBuf {
    let named = || Some(fs::canonicalize(directory_of(path)).ok()?.join(path.file_name()?));
    fs::canonicalize(path)
        .ok()
        .or_else(named)
        .unwrap_or_else(|| path.to_owned())
}

impl ReportFiles {
    /// A file of test cases and nothing else.
    pub(super) fn of_junit(junit: Option<PathBuf>) -> Self {
        Self {
            junit,
            ..Self::default()
        }
    }

    /// The reports of a run that begins, which goes by its environment, too. Errors: as [`ReportFiles::open`].
    pub(super) fn open_for_run(&self, output: &Path) -> Result<Opened, Failure> {
        let log_file = std::env::var_os("LOGFILE").filter(|path| !path.is_empty());
        let taken = OWN_FILES.map(|name| identity(&output.join(name)));
        self.open_with(
            Some(output),
            &taken,
            Earlier::Removed,
            self.xml.clone().or(log_file.map(PathBuf::from)),
        )
    }

    /// The reports of a run with this output directory, their files open. Errors: a file that cannot be written; two reports in one file.
    /// Without one it is where the record says.
    pub(super) fn open(&self, output: Option<&Path>, taken: &[PathBuf]) -> Result<Vec<Box<dyn Report>>, Failure> {
        Ok(self.open_with(output, taken, Earlier::Stays, self.xml.clone())?.reports)
    }

    fn open_with(
        &self,
        output: Option<&Path>,
        taken: &[PathBuf],
        earlier: Earlier,
        xml: Option<PathBuf>,
    ) -> Result<Opened, Failure> {
        let mut opened = Opened::default();
        self.add(&mut opened, xml, taken, |to, failed| Xml::create(to, failed))?;
        self.add(&mut opened, self.junit.clone(), taken, |to, failed| {
            let place = Place {
                output: output.map(|directory| std::path::absolute(directory).unwrap_or_else(|_| directory.into())),
                project: std::env::var_os("CI_PROJECT_DIR").map(PathBuf::from),
            };
            Junit::create(to.clone(), earlier, place, failed)
        })?;
        self.add(&mut opened, self.html.clone(), taken, |to, failed| {
            Html::create(to.clone(), earlier, output.unwrap_or(Path::new(".")), failed)
        })?;
        self.add(&mut opened, self.trace.clone(), taken, |to, failed| {
            Trace::create(to, failed)
        })?;
        Ok(opened)
    }

    /// Opens a report, where there is to be one.
    fn add<R: Report + 'static>(
        &self,
        opened: &mut Opened,
        path: Option<PathBuf>,
        taken: &[PathBuf],
        create: impl FnOnce(&Destination, Failed) -> io::Result<R>,
    ) -> Result<(), Failure> {
        let Some(path) = path else { return Ok(()) };
        let destination = Destination::from(path);
        let identity = match &destination {
            Destination::StandardOutput => PathBuf::from("-"),
            Destination::File(path) => identity(path),
        };
        if opened.destinations.contains(&identity) {
            return Err(Failure::usage(format!("two reports cannot both go to {destination}")));
        }
        if taken.contains(&identity) {
            return Err(Failure::usage(format!(
                "a report cannot go to {destination}: that is the run's own"
            )));
        }
        let report = create(&destination, self.failed(&destination));
        let report = report.map_err(|error| Failure::usage(format!("cannot write {destination}: {error}")))?;
        opened.reports.push(Box::new(report));
        opened.destinations.push(identity);
        Ok(())
    }

    /// Something that was to be written was not.
    pub(super) fn tell_failure(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.failed)
    }

    /// Whether a report could not be written to its end.
    pub(super) fn have_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    fn failed(&self, destination: &Destination) -> Failed {
        let (failed, destination) = (Arc::clone(&self.failed), destination.clone());
        Box::new(move |error| {
            failed.store(true, Ordering::Relaxed);
            say(format_args!(
                "warning: the report in {destination} is not complete, it cannot be written: {error}"
            ));
        })
    }
}

/// The directory in which a file is.
pub(super) fn directory_of(file: &Path) -> &Path {
    match file.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    }
}
