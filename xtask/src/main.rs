//! `cargo xtask`: builds what Proctor's tests and demonstrations need, and runs them.
//!
//! Status goes to standard error; what a caller may want to use goes to standard output. Everything that is slow to
//! make is kept in the user's cache directory, see [`cache`].

mod apt;
mod cache;
mod error;
mod guest_target;
mod images;
mod process;
mod progress;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds what Proctor's tests and demonstrations need, and runs them"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make the target of guest programs usable and print the environment that their builds need
    GuestTarget(guest_target::Arguments),
    /// Build the test machines and print the image's directory
    Images(images::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::GuestTarget(arguments) => guest_target::run(&arguments).map(|()| ExitCode::SUCCESS),
        Task::Images(arguments) => images::run(&arguments).map(|()| ExitCode::SUCCESS),
    };
    result.unwrap_or_else(|error| {
        eprintln!("xtask: {error}");
        ExitCode::FAILURE
    })
}
