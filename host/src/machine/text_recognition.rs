//! Text in pictures, read by the program tesseract.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::pipe::Receiver;
use tokio::process::Command;

use crate::child::{ChildGroup, separate_output};
use crate::error::Cause;
use crate::limits::{LimitName, QUOTED_BYTES, SCREEN_TEXT_BYTES};
use crate::marker::Owner;
use crate::run_directory::RunDirectory;
use crate::text;

const PROGRAM: &str = "tesseract";
/// The picture on standard input, the text on standard output, which is looked for everywhere in the picture.
const ARGUMENTS: [&str; 8] = [
    "stdin",
    "stdout",
    "-l",
    "eng",
    "--psm",
    "11",
    "-c",
    "debug_file=/dev/null",
];
/// Numbers the processes: at the end of one, only what it started is killed.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The program, found on this computer.
#[derive(Debug, Clone)]
pub(super) struct Tesseract {
    program: PathBuf,
    directory: PathBuf,
    run: RunDirectory,
    limit: Option<Duration>,
}

impl Tesseract {
    /// Finds it. It will put what temporary files it has into `directory`, and take `limit` for a picture at the most,
    /// where there is one. Errors: it is not installed.
    pub(super) fn find(directory: &Path, run: &RunDirectory, limit: Option<Duration>) -> Result<Self, Cause> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&path)
            .map(|directory| directory.join(PROGRAM))
            .find(|program| program.is_file());
        let missing = "reading text from a screen needs the program tesseract, which is not in PATH; install it, on Debian \
                       and Ubuntu with: sudo apt-get install tesseract-ocr";
        Ok(Self {
            program: program.ok_or_else(|| Cause::Unsupported(missing.into()))?,
            directory: directory.into(),
            run: run.clone(),
            limit,
        })
    }

    /// Reads the text of a picture, without its empty lines. Dropping the future kills the program.
    /// Errors: it fails, or takes too long.
    pub(super) async fn read(&self, picture: &[u8]) -> Result<String, Cause> {
        let reading = self.run(picture);
        let read = match self.limit {
            None => reading.await,
            Some(limit) => tokio::time::timeout(limit, reading)
                .await
                .map_err(|_| Cause::TimedOut {
                    limit: LimitName::TextRecognition,
                    budget: limit,
                    last_seen: Some("tesseract was still reading".into()),
                })?,
        };
        let (status, output, errors) = read.map_err(|error| Cause::Host(format!("cannot run tesseract: {error}")))?;
        if !status.success() {
            let errors = text::clean_lines(errors.trim_ascii(), QUOTED_BYTES);
            return Err(Cause::Host(format!("tesseract failed ({status}): {errors}")));
        }
        let output = text::clean_lines(&output, SCREEN_TEXT_BYTES);
        let lines = output.lines().map(str::trim_end).filter(|line| !line.is_empty());
        Ok(lines.flat_map(|line| [line, "\n"]).collect())
    }

    async fn run(&self, picture: &[u8]) -> std::io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
        let mut command = Command::new(&self.program);
        command
            .args(ARGUMENTS)
            .current_dir(&self.directory)
            .stdin(Stdio::piped());
        // Several read at a time: each need not take all processors.
        command.env("OMP_THREAD_LIMIT", "1").env("TMPDIR", &self.directory);
        let [output, errors] = separate_output(&mut command)?;
        let owner = Owner::Program(NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut group = ChildGroup::spawn(command, &self.run, owner)?;
        let input = group.take_stdin();
        let writing = async {
            if let Some(mut input) = input {
                // One that fails does not read it all, and says why.
                let _ = input.write_all(picture).await;
            }
            Ok(())
        };
        let reading = (read(output, SCREEN_TEXT_BYTES), read(errors, QUOTED_BYTES));
        let ((), output, errors) = tokio::try_join!(writing, reading.0, reading.1)?;
        Ok((group.wait().await?, output, errors))
    }
}

/// Reads all that is printed. Errors: it is more than so many bytes.
async fn read(pipe: Receiver, most: usize) -> std::io::Result<Vec<u8>> {
    let mut printed = Vec::new();
    pipe.take(most as u64 + 1).read_to_end(&mut printed).await?;
    if printed.len() > most {
        return Err(std::io::Error::other(format!("it prints more than {most} bytes")));
    }
    Ok(printed)
}
