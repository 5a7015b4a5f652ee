//! Which call of a test is in progress, for whoever stops the test.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::seconds;

/// Shared between a test's store and what supervises it: the store cannot be looked into while the test runs.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Mutex<Option<(String, Instant)>>>);

impl Progress {
    fn set(&self, value: Option<(String, Instant)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = value;
    }

    /// A call began.
    pub(super) fn begin(&self, action: String) {
        self.set(Some((action, Instant::now())));
    }

    /// It returned.
    pub(super) fn end(&self) {
        self.set(None);
    }

    /// Whether a call is in progress.
    pub(super) fn in_call(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The call that is in progress, and for how long.
    pub fn call(&self) -> Option<(String, Duration)> {
        let call = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        call.as_ref().map(|(action, since)| (action.clone(), since.elapsed()))
    }

    /// What is in progress and for how long.
    pub fn describe(&self) -> String {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((action, since)) => format!("{action}, for {}", seconds(since.elapsed())),
            None => "the test's own code".into(),
        }
    }
}
