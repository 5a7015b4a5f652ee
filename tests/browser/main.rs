//! The HTML report of a run, in a real browser.

// A test that panics has failed, as it should.
#![allow(clippy::unwrap_used)]

mod attacks;
mod browser;
mod huge;
mod keyboard;
mod links;
mod page;
mod reading;
mod search;
mod themes;
mod without_script;
