//! The program `proctor` as a user runs it, against fake machines.

// A test that panics has failed, as it should.
#![allow(clippy::unwrap_used)]

mod ending;
mod hostile;
mod interface;
mod invocation;
mod listing;
mod patience;
mod programs;
mod refusals;
mod report;
mod scene;
