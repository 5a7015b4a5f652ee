//! What goes on in a machine while the wait for it breaks off for polling conditions, until that is called again.

use std::sync::PoisonError;
use std::time::Instant;

use super::launch::Running;

/// What cannot be done twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pending {
    /// The guest was told to power off.
    Shutdown,
    /// The keys were pressed on which it reboots, after so many events and under the shell of this number.
    Reboot {
        /// How many events there had been.
        events: u64,
        /// The shell's number.
        generation: u64,
    },
    /// It was told to leave its initial RAM disk.
    SwitchRoot,
}

impl Running {
    /// What is pending, where it is of this kind; it is not any more.
    pub(super) fn take_pending(&self, kind: impl FnOnce(&Pending) -> bool) -> Option<Pending> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.take_if(|pending| kind(pending))
    }

    /// This is pending.
    pub(super) fn set_pending(&self, pending: Pending) {
        *self.pending.lock().unwrap_or_else(PoisonError::into_inner) = Some(pending);
    }

    /// Since when the present boot has been waited for: now, where it has not been.
    pub(super) fn boot_began(&self) -> Instant {
        let generation = self.shell.oblivion().generation();
        let mut boot = self.boot.lock().unwrap_or_else(PoisonError::into_inner);
        boot.take_if(|(after, _)| *after != generation);
        boot.get_or_insert_with(|| (generation, Instant::now())).1
    }

    /// It has been waited for long enough.
    pub(super) fn forget_boot(&self) {
        *self.boot.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
