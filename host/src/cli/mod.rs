//! The command line: raw arguments in, an exit status out. One file per subcommand.

mod arguments;
mod check;
mod guard;
mod list;
mod loading;
mod run;
mod symbols;
mod wit;

pub use arguments::main;
