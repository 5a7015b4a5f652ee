//! Which call of a test is in progress, for whoever stops the test.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::seconds;

/// Shared between a test's store and what supervises it: the store cannot be looked into while the test runs.
#[derive(Debug, Clone)]
pub struct Progress(Arc<Mutex<InProgress>>);

#[derive(Debug)]
struct InProgress {
    /// The call; nothing while the test's own code runs.
    call: Option<String>,
    since: Instant,
    /// Whether it waits for somebody, however long that takes.
    rests: bool,
}

/// What is in progress where no call is.
const OWN_CODE: &str = "the test's own code";

/// What is in progress where somebody is to type.
const TYPING: &str = "the prompt";

impl InProgress {
    fn since_now(call: Option<String>, rests: bool) -> Self {
        Self {
            call,
            since: Instant::now(),
            rests,
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(InProgress::since_now(None, false))))
    }
}

impl Progress {
    fn lock(&self) -> MutexGuard<'_, InProgress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, call: Option<String>) {
        *self.lock() = InProgress::since_now(call, false);
    }

    /// It waits for whoever types.
    pub(super) fn rest(&self) {
        *self.lock() = InProgress::since_now(Some(TYPING.into()), true);
    }

    /// A call began.
    pub(super) fn begin(&self, action: String) {
        self.set(Some(action));
    }

    /// It returned.
    pub(super) fn end(&self) {
        self.set(None);
    }

    /// Whether a call is in progress.
    pub(super) fn in_call(&self) -> bool {
        self.lock().call.is_some()
    }

    /// What is in progress, a call or the test's own code, and for how long.
    pub fn current(&self) -> (String, Duration) {
        let current = self.lock();
        let what = current.call.clone().unwrap_or_else(|| OWN_CODE.into());
        let elapsed = current.since.elapsed();
        (what, if current.rests { Duration::ZERO } else { elapsed })
    }

    /// The same, as text.
    pub fn describe(&self) -> String {
        let (what, elapsed) = self.current();
        format!("{what}, for {}", seconds(elapsed))
    }
}
