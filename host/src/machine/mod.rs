//! Machines: launched from start scripts, driven over their monitor, their serial console and their shell.
//!
//! A plain asynchronous API that knows nothing of WebAssembly.

mod arguments;
mod command;
mod console;
mod factory;
mod files;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod guest_loop;
mod handle;
mod interaction;
mod keyboard;
mod launch;
mod line_splitter;
mod monitor;
mod network;
mod parts;
mod pattern;
mod pending;
mod picture;
mod ports;
mod power;
mod screen;
mod serial_console;
mod shell;
mod start_options;
mod start_script;
mod status;
mod text_recognition;
mod units;
mod virtual_terminal;
mod wait;
mod windows;

pub(crate) use command::{action, action_of, quoted};
pub use factory::MachineFactory;
pub use handle::Machine;
pub use interaction::{TerminalKind, Typist};
pub use parts::{DISK_OVERLAY, MachineDescription, MachineParts};
pub use ports::UnixSocketKind;
pub(crate) use ports::port_action;
pub use shell::Notice;
pub use start_options::StartEnvironment;
pub use start_script::{StartScript, StartScriptError};
pub use units::Unit;
