//! The engine that compiles and runs components, and its ticking clock.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Config, WasmBacktraceDetails};

use super::bindings;
use super::compiled::Compiled;
use super::host::filesystem;
use super::state::TestState;
use crate::limits::{BACKTRACE_FRAMES, EPOCH_TICK, HOST_STACK, LARGEST_STACK, LimitName, Limits, Value};
use crate::user_directories::cache_directory;

/// Why there is no engine: a fault of ours or of the machine that we run on, but for the first.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// More than a test's stack may be.
    #[error("{} of {} is too much: at most {}", LimitName::Stack, Value::Size(*.0 as u64), Value::Size(LARGEST_STACK as u64))]
    Stack(usize),
    /// wasmtime refuses its configuration.
    #[error("cannot set up wasmtime: {0:#}")]
    Wasmtime(wasmtime::Error),
    /// There is no thread for the clock.
    #[error("cannot start the clock thread: {0}")]
    Clock(std::io::Error),
}

/// Compiles components and holds what all tests share. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(super) engine: wasmtime::Engine,
    pub(super) linker: Arc<Linker<TestState>>,
    /// Where compiled components are kept.
    compiled: Option<Compiled>,
    _clock: Arc<Clock>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// Sets up the engine under the limit of tests' stacks. `cache` is where compiled components are kept; `None` keeps none.
    pub fn new(cache: Option<PathBuf>, limits: &Limits) -> Result<Self, EngineError> {
        if limits.stack > LARGEST_STACK {
            return Err(EngineError::Stack(limits.stack));
        }
        let mut config = Config::new();
        config
            .epoch_interruption(true)
            .max_wasm_stack(limits.stack)
            .async_stack_size(limits.stack.saturating_add(HOST_STACK));
        config.wasm_backtrace_details(WasmBacktraceDetails::Enable);
        config.wasm_backtrace_max_frames(NonZeroUsize::new(BACKTRACE_FRAMES + 1));
        let engine = wasmtime::Engine::new(&config).map_err(EngineError::Wasmtime)?;
        let mut linker = Linker::new(&engine);
        let linked = wasmtime_wasi::p2::add_to_linker_async(&mut linker)
            .and_then(|()| filesystem::guard(&mut linker))
            .and_then(|()| bindings::Interpreter::add_to_linker::<_, HasSelf<TestState>>(&mut linker, |state| state));
        linked.map_err(EngineError::Wasmtime)?;
        let clock = Arc::new(Clock::start(&engine).map_err(EngineError::Clock)?);
        Ok(Self {
            engine,
            linker: Arc::new(linker),
            // Without a cache everything works, only more slowly.
            compiled: cache.and_then(Compiled::in_directory),
            _clock: clock,
        })
    }

    /// Compiles a component, unless that is done already. Where it is not, that is told first. Errors: it does not fit.
    pub(super) fn compile(&self, bytes: &[u8], compiling: impl FnOnce()) -> wasmtime::Result<Component> {
        match &self.compiled {
            Some(compiled) => compiled.load(&self.engine, bytes, compiling),
            None => {
                compiling();
                Component::from_binary(&self.engine, bytes)
            }
        }
    }

    /// Where compiled components are kept by default: below `$XDG_CACHE_HOME` or `~/.cache`.
    pub fn default_cache() -> Option<PathBuf> {
        cache_directory("compiled")
    }
}

/// Advances the engine's epoch, by which running tests are interrupted. A thread of its own: a task would be starved
/// by the very test that it should interrupt.
struct Clock {
    stop: Arc<AtomicBool>,
}

impl Clock {
    fn start(engine: &wasmtime::Engine) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, engine) = (Arc::clone(&stop), engine.weak());
        std::thread::Builder::new().name("epoch".into()).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                std::thread::sleep(EPOCH_TICK);
                let Some(engine) = engine.upgrade() else { return };
                engine.increment_epoch();
            }
        })?;
        Ok(Self { stop })
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
