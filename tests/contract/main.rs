//! Contract tests: the engine against a fake machine, in milliseconds each.

// A test that panics has failed, as it should.
#![allow(clippy::unwrap_used)]

mod child_processes;
mod cleanup;
mod console;
mod console_text;
mod driver;
mod files_cost;
mod files_from_machine;
mod files_full_disk;
mod files_hostile;
mod files_large;
mod files_to_machine;
mod files_wait;
mod interrupted_waits;
mod kept_state;
mod keyboard;
mod launch;
mod limits;
mod monitor;
mod network;
mod ports;
mod power;
mod reboot;
mod screen;
mod shell;
mod shell_given_up;
mod shell_interference;
mod shell_limits;
mod shell_loss;
mod shell_single_console;
mod shell_standby;
mod timeouts;
mod units;
mod virtual_terminal;
mod vlan;
mod wait;
mod windows;
