//! A test host for whole machines: boots virtual machines, wires them together and supervises the WebAssembly tests
//! that drive them.
//!
//! Arrows point one way: [`cli`] -> [`runner`] -> [`plugin`] -> [`driver`], [`machine`], [`vlan`] -> [`event`]. Apart from
//! them [`project`] makes components of source text.

// Fuzz targets are built without what knows of WebAssembly, which takes most of a build and reads none of the text that
// they send.
#![cfg_attr(fuzzing, allow(dead_code))]

mod child;
#[cfg(not(fuzzing))]
pub mod cli;
pub mod driver;
pub mod error;
pub mod event;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod grants;
pub mod guard;
pub mod limits;
pub mod machine;
mod marker;
mod orphans;
pub mod output_directory;
#[cfg(not(fuzzing))]
pub mod plugin;
pub mod polling;
mod process_tree;
#[cfg(not(fuzzing))]
pub mod project;
mod removal;
pub mod report;
pub mod run_directory;
#[cfg(not(fuzzing))]
pub mod runner;
pub mod session;
pub mod setup_clock;
pub mod text;
#[cfg(not(fuzzing))]
mod user_directories;
pub mod vlan;
