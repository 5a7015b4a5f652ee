//! QEMU's machine protocol (QMP): every answer read, events kept for whoever waits for them.

mod command;
mod connection;
mod events;
#[cfg(any(test, fuzzing))]
pub(super) mod fuzzing;
mod refusal;

pub(crate) use connection::{Monitor, NO_ANSWER};
pub(crate) use events::EventFilter;
