//! A machine's serial console and its virtual terminals.

use crate::bindings::proctor::driver::console;
use crate::cause::here;
use crate::polling::pass_within;
use crate::{Machine, Result};

/// # Serial console and virtual terminals
///
/// Patterns are regular expressions of the `regex` crate, without look-around and back references; `^` and `$` match at
/// line ends. One that is wrong is an [`InvalidArgument`](crate::ErrorKind::InvalidArgument).
impl Machine {
    /// Waits until the serial console's text matches: all lines since where the last match of this function ended, at first
    /// all since the machine's start, the last line perhaps not complete yet. Returns what matched.
    ///
    /// # Errors
    ///
    /// [`MachineDown`](crate::ErrorKind::MachineDown) as soon as the machine stops;
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells the last lines.
    #[track_caller]
    pub fn wait_for_console_text(&self, pattern: impl AsRef<str>) -> Result<String> {
        pass_within(self.timeout(), |timeout| {
            console::wait_for_console_text(self.resource(), pattern.as_ref(), timeout)
        })
        .map_err(here())
    }

    /// All lines of the serial console since the machine was last started, the last one perhaps not complete yet; the last
    /// 16 MB of them.
    ///
    /// # Errors
    ///
    /// None so far.
    #[track_caller]
    pub fn get_console_log(&self) -> Result<String> {
        console::get_console_log(self.resource()).map_err(here())
    }

    /// Types into the serial console. The machine may not have read it when this returns.
    ///
    /// # Errors
    ///
    /// See [`Machine`]; [`TimedOut`](crate::ErrorKind::TimedOut) where nobody on the machine reads.
    #[track_caller]
    pub fn send_console(&self, text: impl AsRef<str>) -> Result {
        pass_within(self.timeout(), |timeout| {
            console::send_console(self.resource(), text.as_ref(), timeout)
        })
        .map_err(here())
    }

    /// What a virtual terminal shows, `1` for `/dev/tty1`: its lines without their trailing blanks.
    ///
    /// # Errors
    ///
    /// See [`Machine`]; [`Unsupported`](crate::ErrorKind::Unsupported) where the machine has no such terminal.
    #[track_caller]
    pub fn get_tty_text(&self, tty: impl AsRef<str>) -> Result<String> {
        pass_within(self.timeout(), |timeout| {
            console::get_tty_text(self.resource(), tty.as_ref(), timeout)
        })
        .map_err(here())
    }

    /// Waits until what a virtual terminal shows matches. Returns what matched.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells what it showed last.
    #[track_caller]
    pub fn wait_until_tty_matches(&self, tty: impl AsRef<str>, pattern: impl AsRef<str>) -> Result<String> {
        pass_within(self.timeout(), |timeout| {
            console::wait_until_tty_matches(self.resource(), tty.as_ref(), pattern.as_ref(), timeout)
        })
        .map_err(here())
    }

    /// Writes what a virtual terminal shows to the log.
    ///
    /// # Errors
    ///
    /// As [`get_tty_text`](Self::get_tty_text).
    #[track_caller]
    pub fn dump_tty_contents(&self, tty: impl AsRef<str>) -> Result {
        pass_within(self.timeout(), |timeout| {
            console::dump_tty_contents(self.resource(), tty.as_ref(), timeout)
        })
        .map_err(here())
    }
}
