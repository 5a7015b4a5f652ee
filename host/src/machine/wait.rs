//! Waits: something is looked at again and again until it is as wanted.

use std::time::{Duration, Instant};

use super::command::{action, check, describe_output};
use super::handle::Machine;
use crate::error::{Cause, CommandResult, Result};
use crate::limits::{LimitName, PROBE_PAUSE_LONGEST, PROBE_PAUSE_SHORTEST};

/// A wait: how long it may take, and when its present look began.
#[derive(Debug)]
pub(super) struct Wait {
    limit: LimitName,
    budget: Duration,
    deadline: Instant,
    look_began: Instant,
    /// What the last look saw that ended.
    seen: Option<String>,
}

impl Wait {
    /// What is left: how long a look may take.
    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The error that the time is used up.
    pub(super) fn passed(&self, last_seen: Option<String>) -> Cause {
        Cause::TimedOut {
            limit: self.limit,
            budget: self.budget,
            last_seen,
        }
    }

    /// The error that the time was used up in the middle of a look, which is told where there was none before it.
    pub(super) fn cut_off(self, look: &str) -> Cause {
        let seen = self.seen.clone().unwrap_or_else(|| format!("{look} was still running"));
        self.passed(Some(seen))
    }

    /// A look has ended and it was not as wanted but like this: pauses before the next. Looks follow one another quickly
    /// where they are quick: what is waited for is noticed late by about as much as a look takes.
    /// Errors: the time is used up.
    pub(super) async fn not_yet(&mut self, seen: impl Into<String>) -> Result<(), Cause> {
        let left = self.left();
        let seen = seen.into();
        if left.is_zero() {
            return Err(self.passed(Some(seen)));
        }
        self.seen = Some(seen);
        let pause = (self.look_began.elapsed() * 3 / 2).clamp(PROBE_PAUSE_SHORTEST, PROBE_PAUSE_LONGEST);
        tokio::time::sleep(pause.min(left)).await;
        self.look_began = Instant::now();
        Ok(())
    }
}

impl Machine {
    /// A wait that begins now and takes as long as the timeout, or else [`crate::limits::Limits::call`].
    pub(super) fn wait_from_now(&self, timeout: Option<Duration>) -> Wait {
        let (limit, budget) = self.budget(timeout);
        let now = Instant::now();
        Wait {
            limit,
            budget,
            deadline: now + budget,
            look_began: now,
            seen: None,
        }
    }

    /// Repeats a command until it succeeds. One attempt may take `attempt`, and never more than what is left of the
    /// timeout. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::execute`]; a passed timeout, with the last attempt's status and output.
    pub async fn wait_until_succeeds(
        &self,
        command: &str,
        timeout: Option<Duration>,
        attempt: Option<Duration>,
    ) -> Result<CommandResult> {
        let work = self.wait_until(command, timeout, attempt, |status| status == 0);
        self.call(action("wait-until-succeeds", command), work).await
    }

    /// Repeats a command until it fails. Otherwise as [`Machine::wait_until_succeeds`].
    pub async fn wait_until_fails(
        &self,
        command: &str,
        timeout: Option<Duration>,
        attempt: Option<Duration>,
    ) -> Result<CommandResult> {
        let work = self.wait_until(command, timeout, attempt, |status| status != 0);
        self.call(action("wait-until-fails", command), work).await
    }

    async fn wait_until(
        &self,
        command: &str,
        timeout: Option<Duration>,
        attempt_limit: Option<Duration>,
        wanted: impl Fn(i32) -> bool,
    ) -> Result<CommandResult, Cause> {
        check(command)?;
        self.connected().await?;
        let mut wait = self.wait_from_now(timeout);
        let mut ended: Option<String> = None;
        loop {
            let left = wait.left();
            let attempt = self.attempt(command, attempt_limit.unwrap_or(left).min(left)).await?;
            if !attempt.timed_out && wanted(attempt.result.status) {
                return Ok(attempt.result);
            }
            let CommandResult { status, stdout, .. } = attempt.result;
            let output = describe_output(&stdout);
            let seen = if attempt.timed_out {
                let running = format!("an attempt that was still running, {output}");
                ended
                    .as_ref()
                    .map_or(running.clone(), |ended| format!("{ended}; after it {running}"))
            } else {
                let seen = format!("an attempt that ended with status {status}, {output}");
                ended.insert(seen).clone()
            };
            wait.not_yet(seen).await?;
        }
    }
}
