//! The command line: raw arguments in, an exit status out. One file per subcommand.

mod arguments;
mod build;
mod check;
mod configuration;
mod guard;
mod interactive;
mod limits;
mod list;
mod loading;
mod machines;
mod new;
mod nixos_test_driver;
mod report;
mod report_files;
mod run;
mod symbols;
mod wit;

pub use arguments::main;
