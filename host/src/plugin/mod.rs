//! Test components: loaded, bounded and run by wasmtime.
//!
//! Below this, nothing knows of WebAssembly; above it, nothing knows of wasmtime.

mod answer;
mod bindings;
mod checking;
mod compiled;
mod component;
mod engine;
mod host;
mod imports;
mod instance;
pub mod interface;
mod limiter;
mod log_sink;
mod mounts;
mod progress;
mod script;
mod state;
mod trap;

pub use checking::{Check, Finding};
pub use component::{Component, Import, Interpreter, LoadError};
pub use engine::{Engine, EngineError};
pub use instance::{Attempt, Stopped, Test};
pub use mounts::{Mounts, SCRATCH};
pub use progress::Progress;
pub use script::{Script, ScriptError};
