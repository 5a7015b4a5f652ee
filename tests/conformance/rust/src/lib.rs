//! What every SDK does alike, in Rust: see `tests/conformance/README.md`.

mod commands;
mod driver;
mod failures;
mod interfaces;
mod log;
mod machine;
mod polling;

use std::time::Duration;

/// The limit of waits that are in vain.
const SHORT: Duration = Duration::from_millis(300);
