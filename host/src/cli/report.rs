//! `proctor report`: makes reports of the record of a run.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use super::arguments::Failure;
use super::report_files::{ReportFiles, directory_of};
use crate::report::json_lines;

/// Which record, and what to make of it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The record of a run: events.jsonl in its output directory
    #[arg(value_name = "RECORD")]
    record: PathBuf,

    #[command(flatten)]
    files: ReportFiles,
}

pub(super) fn main(arguments: &Arguments) -> Result<u8, Failure> {
    let path = &arguments.record;
    let file = File::open(path).map_err(|error| Failure::usage(format!("cannot read {path:?}: {error}")))?;
    // A record lies in the output directory of its run, wherever that has been moved to.
    let mut reports = arguments.files.open(directory_of(path))?;
    if reports.is_empty() {
        return Err(Failure::usage(
            "no report is asked for; name a file for one, for example: --html report.html",
        ));
    }
    let read = json_lines::read(BufReader::new(file), |event| {
        reports.iter_mut().for_each(|report| report.event(&event));
    });
    // What was read is worth a report, whatever came after it.
    reports.iter_mut().for_each(|report| report.finish());
    match read {
        Ok(true) => Ok(0),
        Ok(false) => {
            super::arguments::say(format_args!(
                "warning: {path:?} ends in the middle of an event: the run was cut off there"
            ));
            Ok(0)
        }
        Err(error) => Err(Failure::usage(format!("{path:?}: {error}"))),
    }
}
