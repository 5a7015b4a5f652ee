//! The program `proctor` as a user runs it, against fake machines.

// A test that panics has failed, as it should.
#![allow(clippy::unwrap_used)]

mod arguments;
mod configuration;
mod documentation;
mod ending;
mod generated;
mod hostile;
mod hostile_text;
mod html;
mod interface;
mod invocation;
mod limits;
mod listing;
mod loading;
mod nixos_test_driver;
mod patience;
mod polling;
mod programs;
mod projects;
mod questions;
mod refusals;
mod refused_components;
mod report;
mod report_command;
mod report_files;
mod sandbox;
mod scene;
mod script_errors;
mod scripts;
mod session;
mod standing;
