//! The report on a terminal, or on whatever stands in its place.
//!
//! One line an event, in the grammar `time  who  what`, nested by tests and spans; a block for every failed test; one
//! line in the end that says how many passed and failed.
//!
//! | Module | Holds |
//! |---|---|
//! | `live_log` | [`Terminal`]: what is printed for which event |
//! | `call_log` | what is printed of calls: those that return, and those that go on |
//! | `options` | [`TerminalOptions`] |
//! | `nesting` | which tests and spans are open |
//! | `calls` | which calls are in progress, and which of them the reader has seen start |
//! | `failure_block` | one failed test, field by field |
//! | `failures` | the failed tests of the run, and the summary |
//! | `lines` | one line: time, indentation, styled text |
//! | `styles` | which style means what, which colour a machine has |
//! | `workflow` | commands of GitHub Actions' workflows |
//! | `output` | the stream: buffered, and given up when it fails |
//! | `bounds` | every size and count |

mod bounds;
mod call_consoles;
mod call_log;
mod calls;
mod course;
mod failure_block;
mod failures;
mod lines;
mod live_log;
mod nesting;
mod options;
mod output;
mod styles;
mod workflow;

#[cfg(test)]
mod colour_tests;
#[cfg(test)]
mod event_script;
#[cfg(test)]
mod golden_tests;

pub(in crate::report) use failure_block::{FailedTest, plain_text};
pub use live_log::Terminal;
pub use options::TerminalOptions;
