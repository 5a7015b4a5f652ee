//! Time that is spent waiting for machines to boot: the first boot of each does not count against the test's limit, and none
//! against that of an evaluation.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Measures set-up time, and all boots. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct SetupClock {
    first: Clock,
    all: Clock,
}

/// Something waits for a boot as long as this lives.
#[derive(Debug)]
pub struct Waiting {
    _first: Option<Running>,
    _all: Running,
}

impl SetupClock {
    /// A boot is waited for from now on, until the answer is dropped: a machine's first, which is set-up, or another.
    /// Overlapping waits count once.
    pub fn wait(&self, first: bool) -> Waiting {
        Waiting {
            _first: first.then(|| self.first.run()),
            _all: self.all.run(),
        }
    }

    /// All set-up time so far.
    pub fn total(&self) -> Duration {
        self.first.total()
    }

    /// All that was spent on boots so far.
    pub fn boots(&self) -> Duration {
        self.all.total()
    }
}

#[derive(Debug, Clone, Default)]
struct Clock(Arc<Mutex<Time>>);

#[derive(Debug, Default)]
struct Time {
    total: Duration,
    running: usize,
    since: Option<Instant>,
}

/// The clock runs as long as this lives.
#[derive(Debug)]
struct Running(Clock);

impl Clock {
    fn lock(&self) -> std::sync::MutexGuard<'_, Time> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) -> Running {
        let mut time = self.lock();
        time.running += 1;
        time.since.get_or_insert_with(Instant::now);
        drop(time);
        Running(self.clone())
    }

    fn total(&self) -> Duration {
        let time = self.lock();
        time.total + time.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut time = self.0.lock();
        time.running = time.running.saturating_sub(1);
        if time.running == 0
            && let Some(since) = time.since.take()
        {
            time.total += since.elapsed();
        }
    }
}
