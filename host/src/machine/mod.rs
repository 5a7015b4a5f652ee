//! Machines: launched from start scripts, driven over their monitor, their serial console and their shell.
//!
//! A plain asynchronous API that knows nothing of WebAssembly.

mod arguments;
mod command;
mod console;
mod handle;
mod keyboard;
mod launch;
mod monitor;
mod network;
mod pattern;
mod picture;
mod power;
mod screen;
mod serial_console;
mod shell;
mod start_script;
mod text_recognition;
mod virtual_terminal;
mod wait;
mod windows;

pub(crate) use command::action;
pub use handle::Machine;
pub use start_script::{StartScript, StartScriptError};
