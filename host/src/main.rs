//! The `proctor` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    proctor::cli::main()
}
