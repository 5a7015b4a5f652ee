//! Machines: launched from start scripts, driven over their monitor, their serial console and their shell.
//!
//! A plain asynchronous API that knows nothing of WebAssembly.

mod arguments;
mod command;
mod console;
mod factory;
mod handle;
mod launch;
mod monitor;
mod network;
mod parts;
mod ports;
mod power;
mod shell;
mod start_script;
mod units;
mod wait;

pub(crate) use command::action;
pub use factory::MachineFactory;
pub use handle::Machine;
pub use monitor::EventFilter;
pub use parts::MachineParts;
pub use ports::UnixSocketKind;
pub use start_script::{StartScript, StartScriptError};
pub use units::Unit;
