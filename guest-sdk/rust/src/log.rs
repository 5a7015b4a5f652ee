//! What the test has to say: `log::info!("fetched {count} files")`.

use std::fmt;

use crate::bindings::proctor::driver::log;

/// How important a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Shown when somebody looks closely.
    Debug,
    /// What happens.
    Info,
    /// What may explain a later failure.
    Warning,
    /// What is wrong. Does not fail the test.
    Error,
}

/// Writes a line. The host makes control characters visible and cuts what is longer than a line may be.
pub fn write(level: Level, message: impl fmt::Display) {
    let level = match level {
        Level::Debug => log::Level::Debug,
        Level::Info => log::Level::Info,
        Level::Warning => log::Level::Warning,
        Level::Error => log::Level::Error,
    };
    log::write(level, &message.to_string());
}

/// Whether the serial consoles' lines are shown as they come. They are recorded in any case. On at first.
pub fn show_serial(enabled: bool) {
    log::show_serial(enabled);
}

/// Writes a line for those who look closely, with the arguments of [`format!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __log_debug {
    ($($text:tt)+) => { $crate::log::write($crate::log::Level::Debug, ::core::format_args!($($text)+)) };
}

/// Writes a line about what happens, with the arguments of [`format!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __log_info {
    ($($text:tt)+) => { $crate::log::write($crate::log::Level::Info, ::core::format_args!($($text)+)) };
}

/// Writes a line about what may explain a later failure, with the arguments of [`format!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __log_warning {
    ($($text:tt)+) => { $crate::log::write($crate::log::Level::Warning, ::core::format_args!($($text)+)) };
}

/// Writes a line about what is wrong, with the arguments of [`format!`]. Does not fail the test.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_error {
    ($($text:tt)+) => { $crate::log::write($crate::log::Level::Error, ::core::format_args!($($text)+)) };
}

#[doc(inline)]
pub use crate::{__log_debug as debug, __log_error as error, __log_info as info, __log_warning as warning};
