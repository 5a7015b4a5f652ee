//! A file on a machine that is there for one copy.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::error::Cause;
use crate::limits::{COPY_MESSAGE_BYTES, TEMPORARY_REMOVAL};
use crate::machine::launch::Running;
use crate::machine::shell::Streams;
use crate::marker::random_word;

/// A file in the machine's directory for such files. Dropping this removes it as soon as the shell is free, also where the
/// copy's time was up or nobody waited for the copy any more. The host names it, so that it is known before it is made.
#[derive(Debug)]
pub(super) struct TemporaryFile {
    running: Option<Arc<Running>>,
    word: String,
}

impl TemporaryFile {
    /// One that is not there yet. Errors: the host has no random numbers.
    pub(super) fn new(running: Arc<Running>) -> Result<Self, Cause> {
        let name = random_word().map_err(|error| Cause::Host(format!("no random numbers: {error}")))?;
        Ok(Self {
            running: Some(running),
            word: format!("\"${{TMPDIR:-/tmp}}/proctor-copy-{name}\""),
        })
    }

    /// Its path as a word of a command.
    pub(super) fn word(&self) -> &str {
        &self.word
    }

    /// Bash that makes it, for its owner alone, where there is none of that name.
    pub(super) fn make(&self) -> String {
        format!("umask 077; set -C; : > {}; set +C; ", self.word)
    }

    /// Removes it, and waits so long for that.
    pub(super) async fn remove(mut self, left: Duration) {
        if let Some(removing) = self.removing() {
            // What failed before is the news.
            let _ = tokio::time::timeout(left, removing).await;
        }
    }

    fn removing(&mut self) -> Option<JoinHandle<()>> {
        let running = self.running.take()?;
        let command = format!("rm -f -- {}", self.word);
        // Without a runtime the machine is about to end, too.
        let runtime = Handle::try_current().ok()?;
        Some(runtime.spawn(async move {
            let deadline = Instant::now() + TEMPORARY_REMOVAL;
            let shell = &running.shell;
            let run = shell.run(&command, deadline, COPY_MESSAGE_BYTES, Streams::default());
            // Nobody is there to be told.
            let _ = running.unless_down(run).await;
        }))
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        drop(self.removing());
    }
}
