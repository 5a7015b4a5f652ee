//! Waits: a command is repeated until it ends as it should.

use std::time::{Duration, Instant};

use super::command::{action, check, describe_output};
use super::handle::Machine;
use crate::error::{Cause, CommandResult, Result};
use crate::limits::{PROBE_PAUSE_FIRST, PROBE_PAUSE_LONGEST};

impl Machine {
    /// Repeats a command until it succeeds. One attempt may take what is left of the timeout.
    /// Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::execute`]; a passed timeout, with the last attempt's status and output.
    pub async fn wait_until_succeeds(&self, command: &str, timeout: Option<Duration>) -> Result<CommandResult> {
        self.wait_until(action("wait-until-succeeds", command), command, timeout, |status| {
            status == 0
        })
        .await
    }

    /// Repeats a command until it fails. Otherwise as [`Machine::wait_until_succeeds`].
    pub async fn wait_until_fails(&self, command: &str, timeout: Option<Duration>) -> Result<CommandResult> {
        self.wait_until(action("wait-until-fails", command), command, timeout, |status| {
            status != 0
        })
        .await
    }

    async fn wait_until(
        &self,
        action: String,
        command: &str,
        timeout: Option<Duration>,
        wanted: impl Fn(i32) -> bool,
    ) -> Result<CommandResult> {
        let work = async {
            check(command)?;
            self.connected().await?;
            let (limit, budget) = self.budget(timeout);
            let deadline = Instant::now() + budget;
            let mut pause = PROBE_PAUSE_FIRST;
            let mut ended = None;
            loop {
                let attempt = self
                    .attempt(command, deadline.saturating_duration_since(Instant::now()))
                    .await?;
                if !attempt.timed_out && wanted(attempt.result.status) {
                    return Ok(attempt.result);
                }
                let left = deadline.saturating_duration_since(Instant::now());
                let CommandResult { status, stdout, .. } = attempt.result;
                let output = describe_output(&stdout);
                if attempt.timed_out {
                    let running = format!("an attempt that was still running, {output}");
                    let last_seen = Some(ended.map_or(running.clone(), |ended| format!("{ended}; after it {running}")));
                    return Err(Cause::TimedOut {
                        limit,
                        budget,
                        last_seen,
                    });
                }
                let last_seen = format!("an attempt that ended with status {status}, {output}");
                if left.is_zero() {
                    return Err(Cause::TimedOut {
                        limit,
                        budget,
                        last_seen: Some(last_seen),
                    });
                }
                ended = Some(last_seen);
                tokio::time::sleep(pause.min(left)).await;
                pause = (pause * 2).min(PROBE_PAUSE_LONGEST);
            }
        };
        self.call(action, work).await
    }
}
