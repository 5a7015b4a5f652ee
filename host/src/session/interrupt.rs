//! That whoever types wants what is in progress to end.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::{mpsc, watch};

use crate::limits::INTERRUPT_HEEDED;
use crate::machine::Notice;

/// Pressed by whoever types, heeded by calls and by the interpreter.
#[derive(Debug)]
pub struct Interrupt {
    wanted: watch::Sender<bool>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Whether a session is there to heed it.
    heeded: bool,
    /// Whether nothing is in progress that could end.
    idle: bool,
    /// Who is told instead.
    told: Option<mpsc::Sender<Notice>>,
    pressed: Option<Instant>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self {
            wanted: watch::Sender::new(false),
            state: Mutex::default(),
        }
    }
}

impl Interrupt {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on there is somebody to heed it.
    pub fn begin(&self) {
        self.state().heeded = true;
    }

    /// From now on there is nobody any more.
    pub fn end(&self) {
        self.state().heeded = false;
    }

    /// Nothing is in progress that could end, or something is again.
    pub fn set_idle(&self, idle: bool) {
        self.state().idle = idle;
    }

    /// From now on what runs on a machine is to end instead, or no longer.
    pub fn pass_on(&self, told: Option<mpsc::Sender<Notice>>) {
        self.state().told = told;
    }

    /// What is in progress takes too long, though nobody has said so.
    pub fn nudge(&self) {
        self.wanted.send_replace(true);
    }

    /// Somebody wants what is in progress to end. Whether that will be seen to: not where there is nobody to heed it, nor
    /// where it was wanted before, [`INTERRUPT_HEEDED`] ago or longer, and nobody has heeded it.
    pub fn press(&self) -> bool {
        let mut state = self.state();
        if let Some(told) = &state.told {
            // Where one waits, another would do no more.
            let _ = told.try_send(Notice::Interrupt);
            return true;
        }
        if !state.heeded
            || state
                .pressed
                .is_some_and(|pressed| pressed.elapsed() >= INTERRUPT_HEEDED)
        {
            return false;
        }
        if state.idle {
            return true;
        }
        state.pressed.get_or_insert_with(Instant::now);
        self.wanted.send_replace(true);
        true
    }

    /// Whether it was wanted for so long that who wants it should be told.
    pub fn is_overdue(&self) -> bool {
        let pressed = self.state().pressed;
        pressed.is_some_and(|pressed| pressed.elapsed() >= INTERRUPT_HEEDED)
    }

    /// Whether it was wanted since this was asked last.
    pub fn take(&self) -> bool {
        self.state().pressed = None;
        self.wanted.send_replace(false)
    }

    /// Waits until it is wanted.
    pub async fn wanted(&self) {
        let mut wanted = self.wanted.subscribe();
        // The sender is ours.
        let _ = wanted.wait_for(|wanted| *wanted).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_wanted_once_and_taken_once() {
        let interrupt = Interrupt::default();
        assert!(!interrupt.press(), "nobody is there");
        interrupt.begin();
        assert!(interrupt.press() && interrupt.press());
        assert!(!interrupt.is_overdue());
        assert!(interrupt.take());
        assert!(!interrupt.take());
        interrupt.end();
        assert!(!interrupt.press());
    }

    #[test]
    fn while_it_is_passed_on_nothing_here_ends() {
        let interrupt = Interrupt::default();
        interrupt.begin();
        let (sender, mut told) = mpsc::channel(1);
        interrupt.pass_on(Some(sender));
        assert!(interrupt.press() && interrupt.press());
        assert_eq!(told.try_recv(), Ok(Notice::Interrupt));
        assert!(!interrupt.take());
        interrupt.pass_on(None);
        assert!(interrupt.press() && interrupt.take());
        assert!(told.try_recv().is_err());
    }

    #[test]
    fn where_nobody_heeds_it_the_next_is_for_others() {
        let interrupt = Interrupt::default();
        interrupt.begin();
        assert!(interrupt.press());
        interrupt.state().pressed = Instant::now().checked_sub(INTERRUPT_HEEDED);
        assert!(interrupt.is_overdue());
        assert!(!interrupt.press());
        assert!(interrupt.take());
        assert!(interrupt.press());
    }
}
