//! Machines: launched from start scripts, driven over their monitor, their serial console and their shell.
//!
//! A plain asynchronous API that knows nothing of WebAssembly.

mod arguments;
mod command;
mod console;
mod files;
mod handle;
mod launch;
mod monitor;
mod network;
mod power;
mod shell;
mod start_script;
mod wait;

pub(crate) use command::action;
pub(crate) use files::copy_action;
pub use handle::Machine;
pub use start_script::{StartScript, StartScriptError};
