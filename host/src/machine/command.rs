//! Commands on a machine.

use std::time::{Duration, Instant};

use super::handle::Machine;
use super::shell::{Outcome, Streams};
use super::wait::Bound;
use crate::error::{Cause, CommandResult, InterruptedWait, Result};
use crate::limits::{COMMAND_BYTES, END_FOLLOWS, LimitName, QUOTED_ARGUMENT_BYTES, QUOTED_COMMAND_BYTES};
use crate::text;

/// The status of a command that ran over, as `timeout` has it.
pub(super) const TIMED_OUT: i32 = 124;
/// A status above this is that of a process killed by a signal.
const SIGNALLED: i32 = 128;

/// One function applied to one command, for messages.
pub(crate) fn action(function: &str, command: &str) -> String {
    action_of(function, &[command])
}

/// One function applied to texts, for messages.
pub(crate) fn action_of(function: &str, arguments: &[&str]) -> String {
    let quoted: Vec<String> = arguments.iter().map(|argument| quoted(argument)).collect();
    format!("{function}({})", quoted.join(", "))
}

/// A text as messages quote it.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text::quote(text, QUOTED_ARGUMENT_BYTES))
}

/// How an attempt ended: the command's result, and whether it was killed for running over.
pub(super) struct Attempt {
    pub(super) result: CommandResult,
    pub(super) timed_out: bool,
}

impl Machine {
    /// Runs a command and returns its status and output, whatever they are. A command that runs over is killed with
    /// its children; its status is 124 then. The machine is started, and its boot waited for, where needed.
    /// Default timeout: [`crate::limits::Limits::call`].
    /// Errors: no command, a machine that is down, a shell that died, too much output.
    pub async fn execute(&self, command: &str, timeout: Option<Duration>) -> Result<CommandResult> {
        let work = async { Ok(self.attempt(command, self.budget(timeout).1).await?.result) };
        self.call(action("execute", command), work).await
    }

    /// Runs a command, which must succeed. Errors: as [`Machine::execute`], a failed command, a passed timeout.
    pub async fn succeed(&self, command: &str, timeout: Option<Duration>) -> Result<CommandResult> {
        let work = async {
            let result = self.in_time(command, timeout).await?;
            if result.status == 0 {
                Ok(result)
            } else {
                Err(Cause::CommandFailed(result))
            }
        };
        self.call(action("succeed", command), work).await
    }

    /// Runs a command, which must fail. Errors: as [`Machine::execute`], a successful command, a passed timeout.
    pub async fn fail(&self, command: &str, timeout: Option<Duration>) -> Result<CommandResult> {
        let work = async {
            let result = self.in_time(command, timeout).await?;
            if result.status == 0 {
                Err(Cause::CommandUnexpectedlySucceeded(result))
            } else {
                Ok(result)
            }
        };
        self.call(action("fail", command), work).await
    }

    /// Lets time pass on the machine's clock. Errors: as [`Machine::succeed`].
    pub async fn sleep(&self, duration: Duration) -> Result {
        let seconds = duration.as_secs_f64();
        let work = async {
            self.connected().await?;
            let polling = &self.inner().polling;
            let piece = polling.until_due(duration);
            // What it takes to start the command is not part of the time.
            let limit = Some(piece.saturating_add(self.inner().limits.call));
            let result = self.in_time(&format!("sleep {}", piece.as_secs_f64()), limit).await?;
            if result.status != 0 {
                return Err(Cause::CommandFailed(result));
            }
            let left = duration.saturating_sub(piece);
            if left.is_zero() {
                return Ok(());
            }
            Err(polling.interrupt(Some(InterruptedWait {
                limit: LimitName::Argument,
                budget: duration,
                left,
            })))
        };
        self.call(format!("sleep({seconds} s)"), work).await
    }

    /// A timeout and the limit that it comes from.
    pub(super) fn budget(&self, timeout: Option<Duration>) -> (LimitName, Duration) {
        let inner = self.inner();
        let (limit, budget) = timeout.map_or((LimitName::Call, inner.limits.call), |timeout| {
            (LimitName::Argument, timeout)
        });
        let (limit, budget) = match inner.polling.evaluation_left() {
            Some(left) if left < budget => (LimitName::ConditionRest, left),
            _ => (limit, budget),
        };
        inner.deadline.set(Some(Bound::from_now(limit, budget)));
        (limit, budget)
    }

    /// Runs a command once, which may end as it likes. Errors: as [`Machine::execute`], a passed timeout.
    pub(super) async fn in_time(&self, command: &str, timeout: Option<Duration>) -> Result<CommandResult, Cause> {
        let (limit, budget) = self.budget(timeout);
        let attempt = self.attempt(command, budget).await?;
        if attempt.timed_out {
            let last_seen = Some(describe_output(&attempt.result.stdout));
            return Err(Cause::TimedOut {
                limit,
                budget,
                last_seen,
            });
        }
        Ok(attempt.result)
    }

    /// Runs a command once.
    pub(super) async fn attempt(&self, command: &str, budget: Duration) -> Result<Attempt, Cause> {
        self.attempt_with(command, budget, Streams::default()).await
    }

    /// Runs a command once, with streams into it and out of it.
    pub(super) async fn attempt_with(
        &self,
        command: &str,
        budget: Duration,
        streams: Streams,
    ) -> Result<Attempt, Cause> {
        check(command)?;
        let running = self.connected().await?;
        let ended = |status, stdout, timed_out| {
            Ok(Attempt {
                result: CommandResult {
                    command: command.into(),
                    status,
                    stdout,
                },
                timed_out,
            })
        };
        // Whoever looks again when its time is over sees nothing, and takes no time for it.
        if budget.is_zero() {
            return ended(TIMED_OUT, Vec::new(), true);
        }
        let most = self.inner().limits.command_output;
        let outcome = running
            .unless_down(running.shell.run(command, Instant::now() + budget, most, streams))
            .await?;
        // Whatever kills a command may be the machine's end: then that is the news.
        let suspect = match &outcome {
            Some(Outcome::Ended { status, .. }) => *status > SIGNALLED,
            Some(Outcome::Lost { restored, .. }) => !restored,
            _ => false,
        };
        if suspect && tokio::time::timeout(END_FOLLOWS, running.end.wait()).await.is_ok() {
            return Err(running.down().await);
        }
        match outcome {
            Some(Outcome::Ended { status, output }) => ended(status, output, false),
            Some(Outcome::TimedOut { output }) => ended(TIMED_OUT, output, true),
            Some(Outcome::TooLarge) => Err(Cause::OutputTooLarge {
                command: command.into(),
                limit: most,
            }),
            Some(Outcome::Lost { reason, restored }) => Err(Cause::ShellLost {
                command: command.into(),
                reason,
                restored,
            }),
            Some(Outcome::Silent) => Err(Cause::TimedOut {
                limit: LimitName::GuestSilence,
                budget: self.inner().limits.guest_silence,
                last_seen: Some("the guest's shell gives no sign of life".into()),
            }),
            Some(Outcome::Broken(reason)) => Err(Cause::Unsupported(reason)),
            None => Err(running.gone(command).await),
        }
    }
}

/// Refuses what cannot be a command, before anything is started for it.
pub(super) fn check(command: &str) -> Result<(), Cause> {
    if command.contains('\0') {
        return Err(Cause::InvalidArgument("a command cannot contain a NUL byte".into()));
    }
    if command.len() > COMMAND_BYTES {
        let text = format!(
            "a command of {} bytes; at most {COMMAND_BYTES} are allowed",
            command.len()
        );
        return Err(Cause::InvalidArgument(text));
    }
    Ok(())
}

/// The end of an output, for a message.
pub(super) fn describe_output(stdout: &[u8]) -> String {
    let from = stdout.len().saturating_sub(QUOTED_COMMAND_BYTES);
    let tail = stdout.get(from..).unwrap_or_default();
    let cut = if from > 0 { "... " } else { "" };
    format!(
        "output {:?}",
        format!(
            "{cut}{}",
            text::clean_lines(tail.trim_ascii_end(), QUOTED_COMMAND_BYTES)
        )
    )
}
