//! A JUnit report, for CI systems: a suite for each component, a case for each test.
//!
//! | Module | Holds |
//! |---|---|
//! | `report` | [`Junit`]: reads events, writes the file at the end |
//! | `attempt` | what is gathered of one attempt at a test |
//! | `output` | what a case shows beside its failure: log, consoles, attachments |
//! | `suites` | the cases of a run, as the file has them |

mod attempt;
mod output;
mod report;
mod suites;

#[cfg(test)]
mod tests;

pub use output::Place;
pub use report::Junit;
