//! Over the machine's shell alone, in pieces, as text.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::mpsc;

use super::source::Opened;
use super::stream::PieceWriter;
use super::temporary::TemporaryFile;
use super::to_machine::{CopyIn, MAKE_DIRECTORY, REMOVE_DIRECTORY, TAKE_BACK, around_file, in_thread};
use crate::error::{Cause, Result};
use crate::grants::Grants;
use crate::limits::{SHELL_PIECE_BYTES, WAITING_PIECES};
use crate::machine::{Machine, action_of};

impl Machine {
    /// Copies a file as [`Machine::copy_from_host`] does, over the shell alone: the machine needs no more than bash and
    /// `base64`. Errors: as there; the source is a directory.
    pub async fn copy_from_host_via_shell(
        &self,
        grants: &Grants,
        source: &str,
        target: &str,
        timeout: Option<Duration>,
    ) -> Result {
        let work = async {
            let (copy, opened) = self.prepare_copy(grants, source, target, timeout).await?;
            match opened {
                Opened::File { mode, .. } => self.send_file_via_shell(&copy, mode).await,
                Opened::Directory(_) => {
                    let text = format!(
                        "`{}` is a directory; only a file can be copied like this",
                        copy.source.shown
                    );
                    Err(Cause::InvalidArgument(text))
                }
            }
        };
        self.call(action_of("copy-from-host-via-shell", &[source, target]), work)
            .await
    }

    pub(super) async fn send_file_via_shell(&self, copy: &CopyIn, mode: u32) -> Result<(), Cause> {
        let (begin, end) = around_file(&copy.target, mode)?;
        let (source, passed) = (Arc::clone(&copy.source), Arc::clone(&copy.passed));
        let limits = self.inner().limits.clone();
        let produce = move |sender: mpsc::Sender<Vec<u8>>| match source.open(&limits)? {
            Opened::File { file, size, .. } => source.write_file(file, size, PieceWriter::new(sender), &passed),
            Opened::Directory(_) => Err(Cause::InvalidArgument(format!("`{}` has changed", source.shown))),
        };
        let appended = self
            .append_pieces(copy, (&copy.target.quoted(), &begin, &end), produce)
            .await;
        if let Err((cause, true)) = &appended
            && !matches!(cause, Cause::TimedOut { .. })
        {
            let again = format!("t={}; false || {TAKE_BACK}", copy.target.quoted());
            // What failed is the news.
            let _ = self.attempt(&again, copy.wait.left()).await;
        }
        appended.map_err(|(cause, _)| cause)
    }

    pub(super) async fn send_directory_via_shell(
        &self,
        copy: &CopyIn,
        directory: cap_std::fs::Dir,
    ) -> Result<(), Cause> {
        let archive = TemporaryFile::new(self.connected().await?)?;
        let (source, limits) = (Arc::clone(&copy.source), self.inner().limits.clone());
        let passed = Arc::clone(&copy.passed);
        let produce = move |sender: mpsc::Sender<Vec<u8>>| {
            source.write_archive(&directory, PieceWriter::new(sender), &limits, &passed)
        };
        let before = archive.make();
        let sent = match self.append_pieces(copy, (archive.word(), &before, ""), produce).await {
            Err((cause, _)) => Err(cause),
            Ok(()) => {
                let unpack = format!(
                    "exec 2>&1; t={}; {MAKE_DIRECTORY}; tar -x -p -f {} -C \"$t\" || {REMOVE_DIRECTORY}",
                    copy.target.quoted(),
                    archive.word()
                );
                let attempt = self.attempt(&unpack, copy.wait.left()).await;
                attempt.and_then(|attempt| copy.check(attempt))
            }
        };
        archive.remove(copy.wait.left()).await;
        sent
    }

    /// Writes to a file on the machine what a thread produces. Bash before that makes all ready, and bash
    /// after that sets the file's mode. The error tells whether anything was begun on the machine.
    async fn append_pieces(
        &self,
        copy: &CopyIn,
        (file, before, after): (&str, &str, &str),
        produce: impl FnOnce(mpsc::Sender<Vec<u8>>) -> Result<(), Cause> + Send + 'static,
    ) -> Result<(), (Cause, bool)> {
        let (sender, receiver) = mpsc::channel::<Vec<u8>>(WAITING_PIECES);
        let producing = in_thread(move || produce(sender));
        let name = format!("exec 2>&1; t={file}; ");
        let mut first = Some(format!("{before}: > \"$t\"{after}; "));
        let sending = async {
            // Gone with the first failure, which ends the thread.
            let mut receiver = receiver;
            while let Some(bytes) = receiver.recv().await {
                for piece in bytes.chunks(SHELL_PIECE_BYTES) {
                    let (first, text) = (first.take().unwrap_or_default(), STANDARD.encode(piece));
                    let command = format!("{name}{first}printf %s '{text}' | base64 -d >> \"$t\"");
                    copy.check(self.attempt(&command, copy.wait.left()).await?)?;
                }
            }
            Ok(())
        };
        let (produced, sent) = tokio::join!(producing, sending);
        let done = match (produced.and(sent), first.take()) {
            (Ok(()), Some(first)) => {
                let attempt = self.attempt(&format!("{name}{first}"), copy.wait.left()).await;
                attempt.and_then(|attempt| copy.check(attempt))
            }
            (Err(cause), Some(_)) => return Err((cause, false)),
            (done, None) => done,
        };
        done.map_err(|cause| (cause, true))
    }
}
