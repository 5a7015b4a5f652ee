//! Holding everything that moves, and locks that a panicked thread does not spoil.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A gate that pumps pass before each piece of data; a paused or hung machine shuts it.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    shut: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    /// Returns when the gate is open.
    pub(crate) fn pass(&self) {
        let mut shut = lock(&self.shut);
        while *shut {
            shut = self.changed.wait(shut).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(crate) fn is_shut(&self) -> bool {
        *lock(&self.shut)
    }

    /// Shuts or opens the gate and says whether that changed it.
    pub(crate) fn set_shut(&self, shut: bool) -> bool {
        let before = std::mem::replace(&mut *lock(&self.shut), shut);
        self.changed.notify_all();
        before != shut
    }
}

/// Locks, whatever happened to the thread that held the lock before.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
