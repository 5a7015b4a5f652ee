//! From the host to a machine.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;

use super::guest_path::GuestPath;
use super::source::{Opened, Passed, read_small};
use super::stream::PieceWriter;
use crate::error::{Cause, CommandResult, Result};
use crate::grants::{Grants, Readable};
use crate::limits::{
    COPY_MESSAGE_BYTES, QUOTED_ARGUMENT_BYTES, QUOTED_COMMAND_BYTES, SMALL_FILE_BYTES, WAITING_PIECES,
    WAITING_STRETCHES,
};
use crate::machine::command::Attempt;
use crate::machine::shell::{NEED_PORT, NO_PORT, Streams};
use crate::machine::wait::Wait;
use crate::machine::{Machine, action_of};
use crate::text;

/// Bash's status where there is no such program.
const NO_PROGRAM: i32 = 127;
/// The bits that bash gives a new file.
const FILE_BITS: u32 = 0o666;
/// A file written out for `printf %b` may be so much longer; otherwise `head` is quicker.
const WRITTEN_OUT: usize = 2 * SMALL_FILE_BYTES as usize;
/// Bash for when the file `$t` could not be written whole, on a full disk for example: a part of it would pass for it.
/// The space is given back first, for a link's file stays. A file that could not even be opened has not been touched.
pub(super) const TAKE_BACK: &str = "{ r=$?; if { [[ -f $t ]] && : > \"$t\"; } 2> /dev/null; then \
    [[ -L $t ]] || rm -f -- \"$t\" || :; fi; exit $r; }";
/// Bash that makes the directory `$t` and keeps in mind whether there was one.
pub(super) const MAKE_DIRECTORY: &str = "c=1; [[ ! -d $t ]] || c=; mkdir -p -- \"$t\"";
/// Bash for when that could not be filled. `tar` does not always tell why it could not write: what is tried then does.
pub(super) const REMOVE_DIRECTORY: &str = "{ r=$?; p=$t/.proctor-$$-$RANDOM; printf %65536s > \"$p\" || :; \
    rm -f -- \"$p\" || :; [[ ! $c ]] || rm -rf -- \"$t\" || :; exit $r; }";

/// A copy to a machine under way.
pub(super) struct CopyIn {
    pub(super) source: Arc<Readable>,
    pub(super) target: GuestPath,
    pub(super) wait: Wait,
    pub(super) passed: Passed,
    /// What the copy is called where it fails on the machine.
    pub(super) label: String,
}

impl Machine {
    /// Copies a file or a directory of the host to exactly this path on the machine, with its modes, as root's; the
    /// directories above it are made. A directory that is there already gets what it has not. Links in a directory are
    /// copied as links. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: the source is not granted, not there, of another kind or too large; the machine cannot write it or lacks
    /// `tar` (for a directory) or `head`; as [`Machine::execute`].
    pub async fn copy_from_host(
        &self,
        grants: &Grants,
        source: &str,
        target: &str,
        timeout: Option<Duration>,
    ) -> Result {
        let work = async {
            let (copy, opened) = self.prepare_copy(grants, source, target, timeout).await?;
            match opened {
                Opened::File { file, size, mode } => self.send_file(&copy, (file, size, mode)).await,
                Opened::Directory(directory) => self.send_directory(&copy, directory).await,
            }
        };
        self.call(action_of("copy-from-host", &[source, target]), work).await
    }

    pub(super) async fn prepare_copy(
        &self,
        grants: &Grants,
        source: &str,
        target: &str,
        timeout: Option<Duration>,
    ) -> Result<(CopyIn, Opened), Cause> {
        let label = format!("write `{}`", text::quote(target, QUOTED_ARGUMENT_BYTES));
        let target = GuestPath::new(target)?;
        let source = Arc::new(grants.readable(source)?);
        let opened = self.open_source(&source).await?;
        self.connected().await?;
        let copy = CopyIn {
            source,
            target,
            wait: self.wait_from_now(timeout),
            passed: Passed::default(),
            label,
        };
        Ok((copy, opened))
    }

    async fn open_source(&self, source: &Arc<Readable>) -> Result<Opened, Cause> {
        let (source, limits) = (Arc::clone(source), self.inner().limits.clone());
        in_thread(move || source.open(&limits)).await
    }

    async fn send_file(&self, copy: &CopyIn, (file, size, mode): (cap_std::fs::File, u64, u32)) -> Result<(), Cause> {
        let (begin, end) = around_file(&copy.target, mode)?;
        let (source, passed) = (Arc::clone(&copy.source), Arc::clone(&copy.passed));
        let small = if size <= SMALL_FILE_BYTES {
            let bytes = in_thread(move || read_small(&source, file, size, &passed)).await?;
            let written_out = write_out(&bytes);
            (written_out.len() <= WRITTEN_OUT).then_some(written_out)
        } else {
            drop(file);
            None
        };
        let receive = match &small {
            Some(bytes) if bytes.is_empty() => ": > \"$t\"".to_owned(),
            Some(bytes) => format!(
                "IFS= read -r -N {} -u 1 b; printf %b \"$b\" > \"$t\" || {TAKE_BACK}",
                bytes.len()
            ),
            None => format!("head -c {size} <&1 > \"$t\" || {TAKE_BACK}"),
        };
        let command = format!("{NEED_PORT}LC_ALL=C; exec 2>&1; {begin}{receive}{end}");
        let source = Arc::clone(&copy.source);
        let (limits, passed) = (self.inner().limits.clone(), Arc::clone(&copy.passed));
        let produce = move |sender: mpsc::Sender<Vec<u8>>| match small {
            Some(bytes) => {
                // The command's end tells why nobody wants it.
                let _ = (!bytes.is_empty()).then(|| sender.blocking_send(bytes));
                Ok(())
            }
            None => match source.open(&limits)? {
                Opened::File { file, .. } => source.write_file(file, size, PieceWriter::new(sender), &passed),
                Opened::Directory(_) => Err(Cause::InvalidArgument(format!("`{}` has changed", source.shown))),
            },
        };
        if self.feed(copy, &command, WAITING_PIECES, produce).await? {
            return Ok(());
        }
        self.send_file_via_shell(copy, mode).await
    }

    async fn send_directory(&self, copy: &CopyIn, directory: cap_std::fs::Dir) -> Result<(), Cause> {
        let command = format!(
            "{NEED_PORT}LC_ALL=C; exec 2>&1 {{i}}<&1; t={}; {MAKE_DIRECTORY}; {{ while IFS= read -r -N 16 -u $i n && \
             [[ $n != 0000000000000000 ]]; do head -c $((16#$n)) <&$i || exit; done | tar -x -p -f - -C \"$t\"; }} || \
             {REMOVE_DIRECTORY}",
            copy.target.quoted()
        );
        let (source, limits) = (Arc::clone(&copy.source), self.inner().limits.clone());
        let passed = Arc::clone(&copy.passed);
        let again = directory
            .try_clone()
            .map_err(|error| copy.source.failed("open", std::path::Path::new(""), &error))?;
        let produce = move |sender: mpsc::Sender<Vec<u8>>| {
            source.write_archive(&directory, PieceWriter::telling(sender), &limits, &passed)
        };
        if self.feed(copy, &command, WAITING_STRETCHES, produce).await? {
            return Ok(());
        }
        self.send_directory_via_shell(copy, again).await
    }

    /// Runs a command that reads what a thread writes, of which so many pieces may wait. Returns whether it found a port.
    async fn feed(
        &self,
        copy: &CopyIn,
        command: &str,
        waiting: usize,
        produce: impl FnOnce(mpsc::Sender<Vec<u8>>) -> Result<(), Cause> + Send + 'static,
    ) -> Result<bool, Cause> {
        let (sender, receiver) = mpsc::channel(waiting);
        let mut producing = std::pin::pin!(in_thread(move || produce(sender)));
        let streams = Streams {
            input: Some(receiver),
            output: None,
            notices: None,
        };
        let mut attempt = std::pin::pin!(self.attempt_with(command, copy.wait.left(), streams));
        let attempt = tokio::select! {
            biased;
            attempt = &mut attempt => attempt?,
            // A source that cannot be read ends the command, too.
            produced = &mut producing => {
                produced?;
                attempt.await?
            }
        };
        if attempt.result.status == NO_PORT {
            copy.passed.store(0, Ordering::Relaxed);
            return Ok(false);
        }
        copy.check(attempt)?;
        Ok(true)
    }
}

impl CopyIn {
    /// Errors: a command of the copy ran over or failed.
    pub(super) fn check(&self, attempt: Attempt) -> Result<(), Cause> {
        if attempt.timed_out {
            let passed = self.passed.load(Ordering::Relaxed);
            return Err(self
                .wait
                .passed(Some(format!("{passed} bytes had been read on the host"))));
        }
        check_status(attempt.result, &self.label)
    }
}

/// Errors: a command of a copy failed.
pub(super) fn check_status(result: CommandResult, label: &str) -> Result<(), Cause> {
    let from = result.stdout.len().saturating_sub(COPY_MESSAGE_BYTES);
    let said = result.stdout.get(from..).unwrap_or_default();
    match result.status {
        0 => Ok(()),
        NO_PROGRAM => {
            let said = text::clean(said.trim_ascii(), COPY_MESSAGE_BYTES);
            Err(Cause::Unsupported(format!(
                "the machine lacks a program for this: {said}"
            )))
        }
        status => Err(Cause::CommandFailed(CommandResult {
            command: match String::from_utf8_lossy(said).trim() {
                "" => label.into(),
                said => {
                    let said = said.lines().collect::<Vec<_>>().join("; ");
                    format!("{label}: {}", text::clean(said.as_bytes(), QUOTED_COMMAND_BYTES))
                }
            },
            status,
            stdout: said.to_vec(),
        })),
    }
}

/// What a command does before and after it writes the file `$t`, so that that has this mode. A new file gets it by the
/// umask where that is possible: a program takes longer than the rest of a small file.
pub(super) fn around_file(target: &GuestPath, mode: u32) -> Result<(String, String), Cause> {
    let Some((directory, _)) = target.split() else {
        let text = "the target is a directory's name; it must be the file's own".to_owned();
        return Err(Cause::InvalidArgument(text));
    };
    let begin = format!(
        "t={}; d={}; [[ -d $d ]] || mkdir -p -- \"$d\"; c=; [[ ! -e $t ]] || c=1; umask {:04o}; ",
        target.quoted(),
        directory.quoted(),
        !mode & 0o777,
    );
    // What else is written to, a device for example, keeps its own.
    let has_mode = if mode & !FILE_BITS == 0 {
        "! $c || ! -f $t"
    } else {
        "! -f $t"
    };
    Ok((begin, format!("; [[ {has_mode} ]] || chmod {mode:04o} \"$t\"")))
}

/// Writes bytes out so that a variable of bash can hold them, that they pass through any terminal, and that `printf %b`
/// gives them back.
fn write_out(bytes: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'\n' => written.extend_from_slice(br"\n"),
            b'\\' => written.extend_from_slice(br"\\"),
            0..b' ' | 0x7f => written.extend_from_slice(format!("\\0{byte:03o}").as_bytes()),
            byte => written.push(*byte),
        }
    }
    written
}

/// Works on a thread where work may wait for a disk. One that is not waited for any more ends with what it feeds.
pub(super) async fn in_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Cause> + Send + 'static,
) -> Result<T, Cause> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Cause::Host("the host is ending".into())),
        },
    }
}
