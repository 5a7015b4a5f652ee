//! A test host for whole machines: boots virtual machines, wires them together and supervises the WebAssembly tests
//! that drive them.
//!
//! Arrows point one way: [`cli`] -> [`runner`] -> [`plugin`] -> [`driver`], [`machine`], [`vlan`] -> [`event`].

mod child;
pub mod cli;
pub mod driver;
pub mod error;
pub mod event;
pub mod grants;
pub mod guard;
pub mod limits;
pub mod machine;
mod marker;
mod orphans;
pub mod output_directory;
pub mod plugin;
pub mod polling;
mod process_tree;
mod removal;
pub mod report;
pub mod run_directory;
pub mod runner;
pub mod setup_clock;
pub mod text;
pub mod vlan;
