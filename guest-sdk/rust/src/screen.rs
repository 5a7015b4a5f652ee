//! What a machine shows on its screen.

use crate::bindings::proctor::driver::screen;
use crate::cause::here;
use crate::polling::pass_within;
use crate::{Machine, Result};

/// # Screen
///
/// Reading text from the screen needs the program tesseract on the computer that runs the test; where it is missing,
/// [`Unsupported`](crate::ErrorKind::Unsupported) says so at once. Patterns are as for the serial console.
impl Machine {
    /// Saves a picture of the screen as a PNG file beneath the output directory. A name without a suffix gets `.png`.
    /// Returns the file's path below the output directory.
    ///
    /// # Errors
    ///
    /// See [`Machine`]; [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where the name leads out of the directory.
    #[track_caller]
    pub fn screenshot(&self, name: impl AsRef<str>) -> Result<String> {
        pass_within(self.timeout(), |timeout| {
            screen::screenshot(self.resource(), name.as_ref(), timeout)
        })
        .map_err(here())
    }

    /// The text on the screen.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn get_screen_text(&self) -> Result<String> {
        pass_within(self.timeout(), |timeout| {
            screen::get_screen_text(self.resource(), timeout)
        })
        .map_err(here())
    }

    /// The text on the screen as read from the picture as it is, enhanced, enhanced and negated.
    ///
    /// # Errors
    ///
    /// See [`Machine`].
    #[track_caller]
    pub fn get_screen_text_variants(&self) -> Result<Vec<String>> {
        pass_within(self.timeout(), |timeout| {
            screen::get_screen_text_variants(self.resource(), timeout)
        })
        .map_err(here())
    }

    /// Waits until the text on the screen matches in one of its variants. Returns what matched.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells the text that was read last.
    #[track_caller]
    pub fn wait_for_text(&self, pattern: impl AsRef<str>) -> Result<String> {
        pass_within(self.timeout(), |timeout| {
            screen::wait_for_text(self.resource(), pattern.as_ref(), timeout)
        })
        .map_err(here())
    }

    /// Waits until the machine runs an X server and a graphical session has begun. That systemd tells, where the machine
    /// has its journal; for a session that is none of systemd's, wait for a window.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells what is missing.
    #[track_caller]
    pub fn wait_for_x(&self) -> Result {
        pass_within(self.timeout(), |timeout| screen::wait_for_x(self.resource(), timeout)).map_err(here())
    }

    /// The titles of all windows of the X server.
    ///
    /// # Errors
    ///
    /// [`CommandFailed`](crate::ErrorKind::CommandFailed) where there is no X server;
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where the machine has no `xwininfo`.
    #[track_caller]
    pub fn get_window_names(&self) -> Result<Vec<String>> {
        pass_within(self.timeout(), |timeout| {
            screen::get_window_names(self.resource(), timeout)
        })
        .map_err(here())
    }

    /// Waits until there is a window whose title matches. Returns the title.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells the titles seen last;
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where the machine has no `xwininfo`.
    #[track_caller]
    pub fn wait_for_window(&self, pattern: impl AsRef<str>) -> Result<String> {
        pass_within(self.timeout(), |timeout| {
            screen::wait_for_window(self.resource(), pattern.as_ref(), timeout)
        })
        .map_err(here())
    }
}
