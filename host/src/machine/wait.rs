//! Waits: something is looked at again and again until it is as wanted.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::command::{action, check, describe_output};
use super::handle::Machine;
use crate::error::{Cause, CommandResult, InterruptedWait, Result};
use crate::limits::{
    CUT_OFF_TOLD, GATHERING, GUEST_LOOK, GUEST_LOOKS, LOOKS_TO_PAUSES, LimitName, PATTERN_SEARCH, PROBE_PAUSE_LONGEST,
    PROBE_PAUSE_SHORTEST, SHORTEST_WAIT,
};
use crate::polling::Polling;

/// A limit, and when it passes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    limit: LimitName,
    budget: Duration,
    deadline: Instant,
}

impl Bound {
    /// A limit that runs from now on.
    pub(super) fn from_now(limit: LimitName, budget: Duration) -> Self {
        Self::since(Instant::now(), limit, budget)
    }

    /// The timeout that a test gave with a call, beside other limits.
    pub(super) fn own(timeout: Option<Duration>) -> Option<Self> {
        timeout.map(|timeout| Self::from_now(LimitName::Argument, timeout))
    }

    /// Whichever of the two passes first.
    pub(super) fn or_sooner(self, other: Option<Self>) -> Self {
        other.filter(|other| other.deadline < self.deadline).unwrap_or(self)
    }

    /// A limit that has run since then.
    pub(super) fn since(began: Instant, limit: LimitName, budget: Duration) -> Self {
        let deadline = began + budget;
        Self {
            limit,
            budget,
            deadline,
        }
    }

    /// What is left of it.
    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    pub(super) fn limit(&self) -> LimitName {
        self.limit
    }

    pub(super) fn budget(&self) -> Duration {
        self.budget
    }

    /// Whether it is the test's own.
    pub(super) fn is_own(&self) -> bool {
        self.limit == LimitName::Argument
    }

    /// The error that it has passed.
    pub(super) fn passed(&self, last_seen: Option<String>) -> Cause {
        Cause::TimedOut {
            limit: self.limit,
            budget: self.budget,
            last_seen,
        }
    }
}

/// A wait: how long it may take, and when its present look began.
#[derive(Debug)]
pub(super) struct Wait {
    bound: Bound,
    began: Instant,
    look_began: Instant,
    /// What was seen last by a look that came to its end.
    seen: Option<String>,
    /// What else its error is to tell.
    note: String,
    gathers: bool,
    polling: Polling,
    /// For who stops the test meanwhile.
    told: LastSeen,
}

/// As [`Wait::interrupted`], of a wait that began then and may have no bound of the caller's.
pub(super) async fn interrupted(polling: &Polling, began: Instant, bound: Option<Bound>) -> Cause {
    tokio::time::sleep_until((began + SHORTEST_WAIT).into()).await;
    polling.due().await;
    if bound.is_some_and(|bound| bound.left() < SHORTEST_WAIT) {
        std::future::pending::<()>().await;
    }
    polling.interrupt(bound.map(|bound| InterruptedWait {
        limit: bound.limit,
        budget: bound.budget,
        left: bound.left(),
    }))
}

/// What a wait has seen last, for others. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct LastSeen(Arc<Mutex<Option<String>>>);

/// What bounds the wait that is in progress, for what it waits for in turn: a boot. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct CurrentWait(Arc<Mutex<Option<Bound>>>);

impl CurrentWait {
    pub(super) fn set(&self, bound: Option<Bound>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bound;
    }

    pub(super) fn get(&self) -> Option<Bound> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LastSeen {
    fn set(&self, seen: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen.to_owned());
    }

    /// The wait is over.
    pub(super) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Wait {
    /// Its limit.
    pub(super) fn bound(&self) -> Bound {
        self.bound
    }

    /// What is left: how long a look may take.
    pub(super) fn left(&self) -> Duration {
        self.bound.left()
    }

    /// For how long a guest may look by itself: until conditions are due, and not to the very end, for it answers a little
    /// later than it was told.
    pub(super) fn guest_looks(&self) -> Duration {
        self.polling.until_due(self.left().min(GUEST_LOOKS)) * 3 / 4
    }

    /// Whether it is time to gather what its error is to tell. Says so once.
    pub(super) fn begins_gathering(&mut self) -> bool {
        let begins = !self.gathers && self.left() < GATHERING.min(self.bound.budget / 4);
        self.gathers |= begins;
        begins
    }

    /// The error that the time is used up.
    pub(super) fn passed(&self, last_seen: Option<String>) -> Cause {
        self.bound.passed(last_seen.map(|seen| seen + &self.note))
    }

    /// Its error is to tell this, too.
    pub(super) fn add_note(&mut self, note: &str) {
        self.note.push_str(note);
    }

    /// A look has ended and it was not as wanted but like this: pauses before the next. Looks follow one another quickly
    /// where they are quick: what is waited for is noticed late by less than a look takes.
    /// Errors: the time is used up.
    pub(super) async fn not_yet(&mut self, seen: impl Into<String>) -> Result<(), Cause> {
        let pause = self.look_began.elapsed() / LOOKS_TO_PAUSES;
        self.pause(pause.clamp(PROBE_PAUSE_SHORTEST, PROBE_PAUSE_LONGEST), seen.into())
            .await
    }

    /// As [`Wait::not_yet`], where the guest made the pauses between its looks: this is one more of them.
    pub(super) async fn guest_saw(&mut self, seen: impl Into<String>) -> Result<(), Cause> {
        self.pause(GUEST_LOOK, seen.into()).await
    }

    /// A look was cut off like this. What was seen before tells more. Otherwise as [`Wait::not_yet`].
    pub(super) async fn cut_off(&mut self, running: String) -> Result<(), Cause> {
        let seen = match &self.seen {
            // It had hardly begun.
            Some(seen) if self.look_began.elapsed() < CUT_OFF_TOLD => seen.clone(),
            Some(seen) => format!("{seen}; after it {running}"),
            None => running,
        };
        self.not_yet(seen).await
    }

    /// Seeks a pattern in what a look has seen. Ends in time: a little late where it began in time.
    /// Errors: the search's; the time is used up, with what was seen.
    pub(super) async fn search<T>(
        &self,
        search: impl Future<Output = Result<Option<T>, Cause>>,
        seen: impl FnOnce() -> String,
    ) -> Result<Option<T>, Cause> {
        match tokio::time::timeout(self.left().max(PATTERN_SEARCH), search).await {
            Ok(found) => found,
            Err(_) => Err(self.passed(Some(seen()))),
        }
    }

    /// Waits until a polling condition is due, and tells it: what waits is to break off then, and can be called again.
    /// Neither at once, so that conditions that are always due leave it some time, nor in its last moments, in which
    /// another look would see nothing.
    pub(super) async fn interrupted(&self) -> Cause {
        interrupted(&self.polling, self.began, Some(self.bound)).await
    }

    async fn pause(&mut self, pause: Duration, seen: String) -> Result<(), Cause> {
        let left = self.left();
        self.told.set(&seen);
        if left.is_zero() {
            return Err(self.passed(Some(seen)));
        }
        self.seen = Some(seen);
        tokio::select! {
            biased;
            interrupted = self.interrupted() => return Err(interrupted),
            () = tokio::time::sleep(pause.min(left)) => {}
        }
        self.look_began = Instant::now();
        Ok(())
    }
}

impl Machine {
    /// A wait that begins now and takes as long as the timeout, or else [`crate::limits::Limits::call`].
    pub(super) fn wait_from_now(&self, timeout: Option<Duration>) -> Wait {
        let (limit, budget) = self.budget(timeout);
        let bound = Bound::from_now(limit, budget);
        self.inner().wait.set(Some(bound));
        Wait {
            bound,
            began: Instant::now(),
            look_began: Instant::now(),
            seen: None,
            note: String::new(),
            gathers: false,
            polling: self.inner().polling.clone(),
            told: self.inner().seen.clone(),
        }
    }

    /// Does something that is no wait within the timeout, or else [`crate::limits::Limits::call`].
    /// Errors: those of the work; the time is used up, with what is said to be seen then.
    pub(super) async fn bounded<T>(
        &self,
        timeout: Option<Duration>,
        seen: &str,
        work: impl Future<Output = Result<T, Cause>>,
    ) -> Result<T, Cause> {
        let wait = self.wait_from_now(timeout);
        match tokio::time::timeout(wait.left(), work).await {
            Ok(done) => done,
            Err(_) => Err(wait.passed(Some(seen.into()))),
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
        loop {
            let left = wait.left();
            let attempt = self.attempt(command, attempt_limit.unwrap_or(left).min(left)).await?;
            if !attempt.timed_out && wanted(attempt.result.status) {
                return Ok(attempt.result);
            }
            let CommandResult { status, stdout, .. } = attempt.result;
            let output = describe_output(&stdout);
            if attempt.timed_out {
                wait.cut_off(format!("an attempt that was still running, {output}"))
                    .await?;
            } else {
                wait.not_yet(format!("an attempt that ended with status {status}, {output}"))
                    .await?;
            }
        }
    }
}
