//! Contract tests: the engine against a fake machine, in milliseconds each.

mod launch;
mod shell;
mod shell_limits;
mod shell_loss;
mod shell_single_console;
