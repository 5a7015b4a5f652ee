//! Tests of whole machines, in Rust, for `proctor`.
//!
//! A test is a function that gets the [`Driver`] of a set of machines. A crate of tests is built for `wasm32-wasip2` as a
//! `cdylib` and run with `proctor run`.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use proctor_sdk::{Driver, Result, ensure, subtest};
//!
//! /// A file that the server offers reaches the client.
//! #[proctor_sdk::test(timeout = "2m")]
//! fn download(driver: Driver) -> Result<()> {
//!     let server = driver.machine("server")?;
//!     let client = driver.machine("client")?;
//!     driver.start_all()?;
//!
//!     subtest("the server offers a file", || {
//!         server.succeed("mkdir -p /srv && echo hello > /srv/index.html && busybox httpd -h /srv")?;
//!         Ok(())
//!     })?;
//!     subtest("the client fetches it", || {
//!         let fetch = client.command("busybox wget -q -O - http://192.168.1.1/");
//!         let page = fetch.timeout(Duration::from_secs(30)).wait_until_succeeds()?;
//!         ensure!(page.trim() == "hello", "the client got {page:?}");
//!         Ok(())
//!     })
//! }
//! ```
//!
//! # Failing
//!
//! A test fails when it returns an error or panics. An [`Error`] knows what was asked of which machine, how long it took,
//! what came of it and at which place of the test; `?` turns every other error into one and adds the place.
//! [`bail!`] and [`ensure!`] make errors of texts.
//!
//! A panic ends the component at once, as the target does not unwind: its message and place are reported, open subtests
//! are marked as failed, and destructors do not run. The host cleans up.

#[allow(
    clippy::all,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "generated code"
)]
mod bindings {
    wit_bindgen::generate!({ path: "../../wit", world: "test" });
}

mod cause;
mod command;
mod console;
mod driver;
mod duration;
mod error;
mod files;
mod keyboard;
pub mod log;
mod machine;
mod machine_parts;
mod monitor;
mod network;
mod output;
mod panic;
mod polling;
mod registry;
mod retry;
mod screen;
mod span;
mod units;
mod vlan;

pub use proctor_sdk_macros::test;

pub use command::{Command, CommandResult};
pub use driver::Driver;
pub use error::{Error, ErrorKind};
pub use log::show_serial;
pub use machine::Machine;
pub use machine_parts::MachineParts;
pub use monitor::EventFilter;
pub use output::Output;
pub use polling::{ConditionGuard, Outcome, PollingCondition, PollingConditionBuilder};
pub use retry::retry;
pub use span::{group, subtest};
pub use units::Units;
pub use vlan::Vlan;

/// What everything that can fail returns, tests included.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// The examples of the documents are those of this crate, too: they compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../../../README.md")]
struct Documents;

/// For the code that `#[proctor_sdk::test]` writes.
#[doc(hidden)]
pub mod __private {
    pub use inventory::submit;

    pub use crate::registry::{Registration, refuse_to_run_without_machines};
}
