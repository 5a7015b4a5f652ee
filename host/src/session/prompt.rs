//! The end of whoever types. Its methods block: it is used by a thread of its own.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use tokio::sync::mpsc;

use super::{Completion, Inspection, Interrupt, Request};
use crate::limits::{INTERRUPT_LOOK, SESSION_ANSWER, STATEMENT_BYTES};

/// Whether the interpreter is busy: until the other end is dropped.
#[derive(Debug)]
pub struct Busy(Receiver<()>);

impl Busy {
    pub(super) fn new() -> (SyncSender<()>, Self) {
        let (open, receiver) = sync_channel(1);
        (open, Self(receiver))
    }
}

/// What is typed goes in here.
#[derive(Debug)]
pub struct Prompt {
    requests: mpsc::Sender<Request>,
    busy: Option<Busy>,
    interrupt: Arc<Interrupt>,
}

impl Prompt {
    pub(super) fn new(requests: mpsc::Sender<Request>, busy: Busy, interrupt: Arc<Interrupt>) -> Self {
        Self {
            requests,
            busy: Some(busy),
            interrupt,
        }
    }

    /// Waits until the interpreter has done what it was to do. `stubborn` is called once where an interrupt is not heeded.
    /// Returns whether the session goes on.
    pub fn wait(&mut self, stubborn: &mut dyn FnMut()) -> bool {
        let mut said = false;
        if let Some(Busy(busy)) = self.busy.take() {
            while busy.recv_timeout(INTERRUPT_LOOK) == Err(RecvTimeoutError::Timeout) {
                if !said && self.interrupt.is_overdue() {
                    said = true;
                    stubborn();
                }
            }
        }
        !self.requests.is_closed()
    }

    /// Has statements executed. Returns whether the session goes on.
    pub fn execute(&mut self, text: String) -> bool {
        self.begin(|open| Request::Execute(text, open))
    }

    /// Has all that there is executed. Returns whether the session goes on.
    pub fn execute_all(&mut self, text: String) -> bool {
        self.begin(|open| Request::ExecuteAll(text, open))
    }

    fn begin(&mut self, request: impl FnOnce(SyncSender<()>) -> Request) -> bool {
        let (open, busy) = Busy::new();
        self.busy = Some(busy);
        self.requests.blocking_send(request(open)).is_ok()
    }

    /// How a text may go on, where that is known in time.
    pub fn complete(&self, text: &str) -> Option<Completion> {
        self.ask(|reply| Request::Complete(text.into(), reply))
    }

    /// What to make of a text, where that is known in time and it is not too long.
    pub fn inspect(&self, text: &str) -> Option<Inspection> {
        if text.len() > STATEMENT_BYTES {
            return None;
        }
        self.ask(|reply| Request::Inspect(text.into(), reply))
    }

    fn ask<T>(&self, request: impl FnOnce(SyncSender<T>) -> Request) -> Option<T> {
        let (reply, answer) = sync_channel(1);
        // Where it has not taken the last yet it is not asked for more.
        self.requests.try_send(request(reply)).ok()?;
        let answer = answer.recv_timeout(SESSION_ANSWER).ok();
        if answer.is_none() {
            // A name may be looked up in something that takes for ever.
            self.interrupt.nudge();
        }
        answer
    }
}
