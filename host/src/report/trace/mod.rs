//! A time line in Chrome's trace event format, which Perfetto and `chrome://tracing` open.
//!
//! A lane for each test, with its spans and calls; for each machine, with its states, the calls on it and its serial
//! console; and for each VLAN.
//!
//! | Module | Holds |
//! |---|---|
//! | `report` | [`Trace`]: which event becomes what on which lane |
//! | `lanes` | the lanes, and what is open on each |

mod lanes;
mod report;

#[cfg(test)]
mod tests;

pub use report::Trace;
