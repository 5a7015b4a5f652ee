//! From a machine to the output directory.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;

use super::extract::{Extracted, extract};
use super::guest_path::GuestPath;
use super::place::Place;
use super::source::Passed;
use super::stream::PieceReader;
use super::temporary::TemporaryFile;
use super::to_machine::{check_status, in_thread};
use crate::error::{Cause, CommandResult, Result};
use crate::event::{Level, Source};
use crate::limits::{
    COPY_MESSAGE_BYTES, END_FOLLOWS, KILL_GRACE, OUTPUT_PATH_BYTES, QUOTED_ARGUMENT_BYTES, SHELL_PIECE_BYTES,
    WAITING_PIECES,
};
use crate::machine::command::Attempt;
use crate::machine::shell::{NEED_PORT, NO_PORT, Streams};
use crate::machine::wait::Wait;
use crate::machine::{Machine, action_of};
use crate::output_directory::OutputDirectory;
use crate::text;

/// The status of a command that finds no such file, and of one that finds something else than a file or directory.
const MISSING: i32 = 65;
const OTHER_KIND: i32 = 66;
/// The status with which `tar` says that something changed while it was read.
const INCOMPLETE: i32 = 1;

/// A copy from a machine under way.
struct CopyOut {
    directory: GuestPath,
    source: GuestPath,
    name: String,
    shown: String,
    wait: Wait,
    passed: Passed,
}

impl Machine {
    /// Copies a file or a directory of the machine into a directory below the output directory, which is made, under the
    /// source's last name. Modes are kept but for set-user-id and the like; links are kept where they lead to something
    /// below the copied directory; these, devices and pipes are otherwise left out, with a warning. Returns the path below
    /// the output directory. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: there is no such file; it holds too much; the directory leads out; the disk is full; the machine lacks
    /// `tar`; as [`Machine::execute`].
    pub async fn copy_from_machine(
        &self,
        output: &OutputDirectory,
        source: &str,
        target_directory: &str,
        timeout: Option<Duration>,
    ) -> Result<PathBuf> {
        let work = self.copy_out(output, source, target_directory, timeout);
        self.call(action_of("copy-from-machine", &[source, target_directory]), work)
            .await
    }

    async fn copy_out(
        &self,
        output: &OutputDirectory,
        source: &str,
        target_directory: &str,
        timeout: Option<Duration>,
    ) -> Result<PathBuf, Cause> {
        let shown = text::quote(source, QUOTED_ARGUMENT_BYTES);
        let source = GuestPath::new(source)?.without_end();
        let Some((directory, name)) = source.split() else {
            return Err(Cause::InvalidArgument(format!(
                "`{shown}` has no last name for the copy"
            )));
        };
        let name = name.to_owned();
        let below = if target_directory.is_empty() {
            name.clone()
        } else {
            [target_directory, &name].join("/")
        };
        if below.len() > OUTPUT_PATH_BYTES {
            let text = format!("a path in the output directory of more than {OUTPUT_PATH_BYTES} bytes");
            return Err(Cause::InvalidArgument(text));
        }
        // What it is called on the machine is the test's choice, too.
        output.check(&below)?;
        let (made, path) = output.create_directory(target_directory)?;
        self.connected().await?;
        let place = Arc::new(Place {
            directory: made,
            path: path.clone(),
            name: name.clone(),
            allowance: Arc::clone(output.allowance()),
        });
        let copy = CopyOut {
            directory,
            source,
            name: name.clone(),
            shown,
            wait: self.wait_from_now(timeout),
            passed: Passed::default(),
        };
        if !self.receive(&copy, &place).await? {
            self.receive_via_shell(&copy, &place).await?;
        }
        Ok(path.join(name))
    }

    /// Runs the command whose archive a thread lays down. Returns whether it found a port.
    async fn receive(&self, copy: &CopyOut, place: &Arc<Place>) -> Result<bool, Cause> {
        let (sender, receiver) = mpsc::channel(WAITING_PIECES);
        let streams = Streams {
            input: None,
            output: Some(sender),
            notices: None,
        };
        let command = format!(
            "{NEED_PORT}LC_ALL=C; {}; r=0; exec {{o}}>&1; m=$(tar -c -f - \"$@\" 2>&1 >&$o) || r=$?; printf %s \"$m\"; exit $r",
            copy.find()
        );
        let mut extracting = std::pin::pin!(self.extracting(copy, place, receiver));
        let mut attempt = std::pin::pin!(self.attempt_with(&command, copy.wait.left(), streams));
        let (attempt, extracted) = tokio::select! {
            biased;
            attempt = &mut attempt => {
                let attempt = attempt?;
                let left = copy.wait.left().max(KILL_GRACE);
                let extracted = tokio::time::timeout(left, extracting).await;
                (attempt, extracted.map_err(|_| copy.late())?)
            }
            extracted = &mut extracting => match extracted {
                Ok(extracted) => (attempt.await?, Ok(extracted)),
                // A command that has ended tells more; one that has not is ended.
                Err(cause) => match tokio::time::timeout(END_FOLLOWS, attempt).await {
                    Ok(attempt) => (attempt?, Err(cause)),
                    Err(_) => return Err(cause),
                },
            }
        };
        if attempt.result.status == NO_PORT {
            return Ok(false);
        }
        self.judge(copy, attempt, extracted)?;
        Ok(true)
    }

    async fn extracting(
        &self,
        copy: &CopyOut,
        place: &Arc<Place>,
        receiver: mpsc::Receiver<Vec<u8>>,
    ) -> Result<Extracted, Cause> {
        let (place, passed) = (Arc::clone(place), Arc::clone(&copy.passed));
        let limits = self.inner().limits.clone();
        in_thread(move || extract(PieceReader::new(receiver), &place, &limits, &passed)).await
    }

    /// How a copy went, from what its command and what its archive came to.
    fn judge(&self, copy: &CopyOut, attempt: Attempt, extracted: Result<Extracted, Cause>) -> Result<(), Cause> {
        if attempt.timed_out {
            return Err(copy.late());
        }
        match attempt.result.status {
            MISSING => {
                let text = format!("there is no `{}` on the machine", copy.shown);
                return Err(Cause::InvalidArgument(text));
            }
            OTHER_KIND => {
                let text = format!("`{}` is neither a file nor a directory", copy.shown);
                return Err(Cause::InvalidArgument(text));
            }
            0 | INCOMPLETE => {}
            _ => {
                let said = extracted.map(|extracted| extracted.said).unwrap_or_default();
                let result = CommandResult {
                    stdout: said,
                    ..attempt.result
                };
                return check_status(result, &format!("read `{}`", copy.shown));
            }
        }
        let status = attempt.result.status;
        let extracted = extracted?;
        let said = text::clean(extracted.said.trim_ascii(), COPY_MESSAGE_BYTES);
        if !extracted.anything {
            let result = CommandResult {
                status: status.max(INCOMPLETE),
                stdout: said.into_bytes(),
                ..attempt.result
            };
            return check_status(result, &format!("read `{}`", copy.shown));
        }
        let incomplete = (status == INCOMPLETE).then(|| format!("tar: {said}"));
        for text in [extracted.left_out.describe(), incomplete].into_iter().flatten() {
            let source = Source::Machine(Arc::from(self.name()));
            let text = format!("the copy of `{}` is not whole: {text}", copy.shown);
            self.inner().events.message(Level::Warning, source, text);
        }
        Ok(())
    }

    /// Has the archive made in a file on the machine, and fetches that piece by piece.
    async fn receive_via_shell(&self, copy: &CopyOut, place: &Arc<Place>) -> Result<(), Cause> {
        let archive = TemporaryFile::new(self.connected().await?)?;
        let word = archive.word();
        let command = format!(
            "a={word}; {}{}; tar -c -f \"$a\" \"$@\" 2>&1",
            archive.make(),
            copy.find()
        );
        let attempt = self.attempt(&command, copy.wait.left()).await?;
        let fetched = if matches!(attempt.result.status, 0 | INCOMPLETE) {
            self.fetch(copy, place, word).await
        } else {
            Ok(Extracted::default())
        };
        archive.remove(copy.wait.left()).await;
        let fetched = fetched.map(|fetched| Extracted {
            said: attempt.result.stdout.clone(),
            ..fetched
        });
        self.judge(copy, attempt, fetched)
    }

    async fn fetch(&self, copy: &CopyOut, place: &Arc<Place>, archive: &str) -> Result<Extracted, Cause> {
        let (sender, receiver) = mpsc::channel(WAITING_PIECES);
        let fetching = async move {
            for number in 0_u64.. {
                let command = format!("dd bs={SHELL_PIECE_BYTES} count=1 skip={number} if={archive} 2>/dev/null");
                let attempt = self.attempt(&command, copy.wait.left()).await?;
                if attempt.timed_out {
                    return Err(copy.late());
                }
                check_status(attempt.result.clone(), "dd")?;
                let bytes = attempt.result.stdout;
                if bytes.is_empty() || sender.send(bytes).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        let (fetched, extracted) = tokio::join!(fetching, self.extracting(copy, place, receiver));
        fetched.and(extracted)
    }
}

impl CopyOut {
    /// Bash that finds the source and sets the arguments that `tar` is to pack. A link is followed.
    fn find(&self) -> String {
        let (source, directory) = (self.source.quoted(), self.directory.quoted());
        let name = text::shell_quote(&format!("./{}", self.name));
        // GNU's tar takes backslashes in names for escapes; others do not know the option that forbids it.
        let escapes = if self.name.contains('\\') {
            "; case $(tar --version 2>&1) in *GNU*) set -- --no-unquote \"$@\" ;; esac"
        } else {
            ""
        };
        format!(
            "s={source}; if [[ -d $s ]]; then cd -P -- \"$s\"; set -- .; \
             elif [[ -f $s ]]; then cd -- {directory}; set -- -h {name}{escapes}; \
             elif [[ -e $s || -L $s ]]; then exit {OTHER_KIND}; else exit {MISSING}; fi"
        )
    }

    fn late(&self) -> Cause {
        let passed = self.passed.load(Ordering::Relaxed);
        self.wait.passed(Some(format!("{passed} bytes had been copied")))
    }
}
