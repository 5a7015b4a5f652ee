//! Time that a test spends waiting for machines to boot, which does not count against its limit.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Measures set-up time. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct SetupClock(Arc<Mutex<Clock>>);

#[derive(Debug, Default)]
struct Clock {
    total: Duration,
    waiting: usize,
    since: Option<Instant>,
}

/// Something waits for a boot as long as this lives.
#[derive(Debug)]
pub struct Waiting(SetupClock);

impl SetupClock {
    fn lock(&self) -> std::sync::MutexGuard<'_, Clock> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Set-up time passes from now on, until the answer is dropped. Overlapping waits count once.
    pub fn wait(&self) -> Waiting {
        let mut clock = self.lock();
        clock.waiting += 1;
        clock.since.get_or_insert_with(Instant::now);
        drop(clock);
        Waiting(self.clone())
    }

    /// All set-up time so far.
    pub fn total(&self) -> Duration {
        let clock = self.lock();
        clock.total + clock.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut clock = self.0.lock();
        clock.waiting = clock.waiting.saturating_sub(1);
        if clock.waiting == 0
            && let Some(since) = clock.since.take()
        {
            clock.total += since.elapsed();
        }
    }
}
