//! The command line: raw arguments in, an exit status out. One file per subcommand.

mod arguments;
mod guard;
mod list;
mod run;

pub use arguments::main;
