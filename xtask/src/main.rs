//! `cargo xtask`: builds what Proctor's tests and demonstrations need, and runs them.
//!
//! Status goes to standard error; what a caller may want to use goes to standard output. Everything that is slow to
//! make is kept in the user's cache directory, see [`cache`].

mod apt;
mod bench;
mod cache;
mod demo;
mod error;
mod fuzz;
mod guest_programs;
mod guest_target;
mod images;
mod leaked_processes;
mod process;
mod progress;
mod projects;
mod sdk_tests;
mod system_packages;
mod test;
mod workspace;

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
    /// Measure how fast Proctor is on a real machine, beside the same machine without it
    Bench,
    /// Run an example, with everything that it needs
    Demo(demo::Arguments),
    /// Run fuzz targets: random input for whatever reads what machines and tests send
    Fuzz(fuzz::Arguments),
    /// Make the target of guest programs usable and print the environment that their builds need
    GuestTarget(guest_target::Arguments),
    /// Build the test machines and print the image's directory
    Images(images::Arguments),
    /// Run all checks and tests, with everything that they need
    Test(test::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Bench => bench::run(),
        Task::Demo(arguments) => demo::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::GuestTarget(arguments) => guest_target::run(&arguments),
        Task::Images(arguments) => images::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
