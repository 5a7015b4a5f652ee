//! Over the machine's shell alone, in pieces, as text.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::mpsc;

use super::guest_path::GuestPath;
use super::source::Opened;
use super::stream::PieceWriter;
use super::to_machine::{CopyIn, around_file, in_thread};
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
        self.append_pieces(copy, &copy.target, (&begin, &end), produce).await
    }

    pub(super) async fn send_directory_via_shell(
        &self,
        copy: &CopyIn,
        directory: cap_std::fs::Dir,
    ) -> Result<(), Cause> {
        let made = self.attempt("mktemp", copy.wait.left()).await?;
        let archive = String::from_utf8_lossy(&made.result.stdout).trim().to_owned();
        copy.check(made)?;
        let archive = GuestPath::new(&archive)?;
        let (source, limits) = (Arc::clone(&copy.source), self.inner().limits.clone());
        let passed = Arc::clone(&copy.passed);
        let produce = move |sender: mpsc::Sender<Vec<u8>>| {
            source.write_archive(&directory, PieceWriter::new(sender), &limits, &passed)
        };
        let file = archive.quoted();
        let around = (format!("t={file}; "), String::new());
        let sent = self
            .append_pieces(copy, &archive, (&around.0, &around.1), produce)
            .await;
        if sent.is_ok() {
            let target = copy.target.quoted();
            let unpack = format!(
                "exec 2>&1; t={target}; a={file}; trap 'rm -f -- \"$a\"' EXIT; mkdir -p -- \"$t\"; \
                 tar -x -p -f \"$a\" -C \"$t\""
            );
            return copy.check(self.attempt(&unpack, copy.wait.left()).await?);
        }
        // What failed is the news.
        let _ = self.attempt(&format!("rm -f -- {file}"), copy.wait.left()).await;
        sent
    }

    /// Writes to a file on the machine what a thread produces. The first command makes it: it begins
    /// and ends as is told.
    async fn append_pieces(
        &self,
        copy: &CopyIn,
        file: &GuestPath,
        (begin, end): (&str, &str),
        produce: impl FnOnce(mpsc::Sender<Vec<u8>>) -> Result<(), Cause> + Send + 'static,
    ) -> Result<(), Cause> {
        let (sender, mut receiver) = mpsc::channel::<Vec<u8>>(WAITING_PIECES);
        let producing = in_thread(move || produce(sender));
        let file = file.quoted();
        let sending = async move {
            let mut begin = format!("{begin}: > \"$t\"{end}; ");
            while let Some(bytes) = receiver.recv().await {
                for piece in bytes.chunks(SHELL_PIECE_BYTES) {
                    let text = STANDARD.encode(piece);
                    let command = format!("exec 2>&1; {begin}printf %s '{text}' | base64 -d >> {file}");
                    copy.check(self.attempt(&command, copy.wait.left()).await?)?;
                    begin.clear();
                }
            }
            if begin.is_empty() {
                return Ok(());
            }
            copy.check(self.attempt(&format!("exec 2>&1; {begin}"), copy.wait.left()).await?)
        };
        let (produced, sent) = tokio::join!(producing, sending);
        produced.and(sent)
    }
}
