//! `proctor report`: makes reports of the record of a run.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};

use super::arguments::{Failure, say};
use super::report_files::{ReportFiles, directory_of, identity};
use crate::report::json_lines;
use crate::report::schema::EVENT_SCHEMA;

/// Which record, and what to make of it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The record of a run: events.jsonl in its output directory; `-` is standard input
    #[arg(value_name = "RECORD", required_unless_present = "schema")]
    record: Option<PathBuf>,

    #[command(flatten)]
    files: ReportFiles,

    /// Print the JSON Schema of a record's lines instead
    #[arg(long, exclusive = true)]
    schema: bool,
}

/// What is read, and what to call it.
fn open(path: &Path) -> Result<(Box<dyn BufRead>, String), Failure> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(io::stdin().lock()), "standard input".into()));
    }
    let file = File::open(path).map_err(|error| Failure::usage(format!("cannot read {path:?}: {error}")))?;
    Ok((Box::new(BufReader::new(file)), format!("{path:?}")))
}

pub(super) fn main(arguments: Arguments) -> Result<u8, Failure> {
    let Some(path) = arguments.record else {
        let mut out = io::stdout();
        let written = out.write_all(EVENT_SCHEMA.as_bytes()).and_then(|()| out.flush());
        return written.map(|()| 0).map_err(Failure::usage);
    };
    let (record, name) = open(&path)?;
    // A record lies in the output directory of its run, wherever that has been moved to.
    let output = Some(directory_of(&path)).filter(|_| path.as_os_str() != "-");
    let mut reports = arguments.files.open(output, &[identity(&path)])?;
    if reports.is_empty() {
        return Err(Failure::usage(
            "no report is asked for; name a file for one, for example: --html report.html",
        ));
    }
    let read = json_lines::read(record, |event| {
        reports.iter_mut().for_each(|report| report.event(&event));
    });
    // What was read is worth a report, whatever came after it.
    reports.iter_mut().for_each(|report| report.finish());
    match read {
        Ok(true) => {}
        Ok(false) => say(format_args!(
            "warning: {name} ends in the middle of an event: the run was cut off there"
        )),
        Err(error) => return Err(Failure::usage(format!("{name}: {error}"))),
    }
    // It has been said why.
    Ok(if arguments.files.have_failed() { 2 } else { 0 })
}
