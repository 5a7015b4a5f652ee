//! Contract tests: the engine against a fake machine, in milliseconds each.

// A test that panics has failed, as it should.
#![allow(clippy::unwrap_used)]

mod child_processes;
mod cleanup;
mod console;
mod driver;
mod files_from_machine;
mod files_to_machine;
mod files_wait;
mod kept_state;
mod launch;
mod limits;
mod network;
mod power;
mod shell;
mod shell_interference;
mod shell_limits;
mod shell_loss;
mod shell_single_console;
mod shell_standby;
mod vlan;
mod wait;
