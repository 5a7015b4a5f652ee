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
}

/// What is in progress where no call is.
const OWN_CODE: &str = "the test's own code";

impl Default for Progress {
    fn default() -> Self {
        let (call, since) = (None, Instant::now());
        Self(Arc::new(Mutex::new(InProgress { call, since })))
    }
}

impl Progress {
    fn lock(&self) -> MutexGuard<'_, InProgress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, call: Option<String>) {
        let since = Instant::now();
        *self.lock() = InProgress { call, since };
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
        (what, current.since.elapsed())
    }

    /// The same, as text.
    pub fn describe(&self) -> String {
        let (what, elapsed) = self.current();
        format!("{what}, for {}", seconds(elapsed))
    }
}
