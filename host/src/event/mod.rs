//! What happened in a run: one enum, emitted by everything that does something, read by the reports.

mod bus;
mod json;
mod kinds;
mod outcome;
mod queue;

pub use bus::{Events, Report, Reporter};
pub use kinds::*;
pub use outcome::*;
#[cfg(not(fuzzing))]
pub(crate) use queue::weight;
