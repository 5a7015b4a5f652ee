//! A machine's keyboard.

use std::time::Duration;

use crate::bindings::proctor::driver::keyboard;
use crate::cause::here;
use crate::duration::milliseconds;
use crate::polling::pass_within;
use crate::{Machine, Result};

/// # Keyboard
///
/// It has an American layout. A key is held for 10 ms, and 10 ms pass after each where no delay is given: a machine that
/// is too slow for that and loses keys needs a longer delay.
impl Machine {
    /// Presses keys together and releases them: a character that can be typed, or names joined by `-`, such as `ret`,
    /// `ctrl-alt-delete`, `shift-a`, `f1`, `0x1c`.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where there is no such key.
    #[track_caller]
    pub fn send_key(&self, key: impl AsRef<str>) -> Result {
        pass_within(self.timeout(), |timeout| {
            keyboard::send_key(self.resource(), key.as_ref(), None, timeout)
        })
        .map_err(here())
    }

    /// The same with another delay after the key.
    ///
    /// # Errors
    ///
    /// As [`send_key`](Self::send_key).
    #[track_caller]
    pub fn send_key_with_delay(&self, key: impl AsRef<str>, delay: Duration) -> Result {
        pass_within(self.timeout(), |timeout| {
            keyboard::send_key(self.resource(), key.as_ref(), Some(milliseconds(delay)), timeout)
        })
        .map_err(here())
    }

    /// Types text: printable ASCII, line feeds (Enter) and tabs.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) before anything is typed, where it holds something else.
    #[track_caller]
    pub fn send_chars(&self, text: impl AsRef<str>) -> Result {
        pass_within(self.timeout(), |timeout| {
            keyboard::send_chars(self.resource(), text.as_ref(), None, timeout)
        })
        .map_err(here())
    }

    /// The same with another delay after each key.
    ///
    /// # Errors
    ///
    /// As [`send_chars`](Self::send_chars).
    #[track_caller]
    pub fn send_chars_with_delay(&self, text: impl AsRef<str>, delay: Duration) -> Result {
        pass_within(self.timeout(), |timeout| {
            keyboard::send_chars(self.resource(), text.as_ref(), Some(milliseconds(delay)), timeout)
        })
        .map_err(here())
    }
}
