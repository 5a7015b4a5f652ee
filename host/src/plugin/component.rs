//! Component files: looked at before anything is compiled.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::component::InstancePre;
use wasmtime::component::types::ComponentItem;

use super::bindings;
use super::engine::Engine;
use super::imports::World;
use super::script::{Script, ScriptError};
use super::state::TestState;
use super::{imports, interface};
use crate::event::{Events, Level, Source};
use crate::limits::{COMPONENT_BYTES, FILE_NAME_BYTES, NESTED_COMPONENTS, NESTING_DEPTH, WASMTIME_MESSAGE_BYTES};
use crate::text;

/// A component that fits this host, compiled.
#[derive(Clone)]
pub struct Component {
    pub(super) pre: bindings::InterpreterPre<TestState>,
    script: Option<Arc<Script>>,
    pub(super) engine: Engine,
    path: PathBuf,
}

/// The component that runs scripts. Of one engine: it is loaded once.
#[derive(Debug)]
pub struct Interpreter {
    path: PathBuf,
    loaded: Mutex<Option<Component>>,
}

impl Interpreter {
    /// Of this file, which is not read before there is a script.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            loaded: Mutex::default(),
        }
    }
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Component")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A function of ours that a component imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The interface.
    pub interface: String,
    /// The function.
    pub function: String,
    /// What the run has to grant for it.
    pub capability: Option<&'static str>,
}

impl Component {
    /// Its file, ready to be shown.
    pub fn file(&self) -> String {
        text::clean_path(&self.path, FILE_NAME_BYTES)
    }
}

impl Import {
    fn new(interface: &str, function: &str) -> Self {
        let function = interface::plain_name(function);
        Self {
            interface: interface.into(),
            function: function.into(),
            capability: interface::capability(&format!("{interface}.{function}")),
        }
    }
}

impl std::fmt::Display for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.interface, self.function)
    }
}

/// Why a file is no test component for this host.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error("cannot read test {0:?}: {1}; give the path of a component file (.wasm) or of a project's directory")]
    Read(PathBuf, std::io::Error),
    /// It is too large.
    #[error("test {0:?} has {1} bytes; at most {COMPONENT_BYTES} are allowed")]
    TooLarge(PathBuf, u64),
    /// It is not WebAssembly.
    #[error("test {0:?} is not a WebAssembly component: {1}; build it for the target wasm32-wasip2")]
    NotWasm(PathBuf, String),
    /// It is a core module.
    #[error(
        "test {0:?} is a core WebAssembly module, not a component; build it for the target wasm32-wasip2, or turn it into a component with `wasm-tools component new`"
    )]
    CoreModule(PathBuf),
    /// It wants what we do not have.
    #[error(
        "test {0:?} imports what this host does not offer: {1}; a test may import proctor:driver@0.1 and WASI 0.2 and nothing else"
    )]
    Imports(PathBuf, String),
    /// It holds too many of its kind.
    #[error(
        "test {0:?} holds more than {NESTED_COMPONENTS} modules and components, or nests them more than {NESTING_DEPTH} deep"
    )]
    Nested(PathBuf),
    /// It has no tests.
    #[error("test {0:?} does not export proctor:driver/tests@0.1.0; build it with one of the SDKs")]
    NoTests(PathBuf),
    /// It is a script that cannot be read.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// It does not fit the interface in a finer point.
    #[error("test {0:?} does not fit this host: {1}")]
    Misfit(PathBuf, String),
}

/// Tells what takes seconds, and not again.
fn compiling(what: &str, events: &Events) {
    let text = format!("compiling {what}: this takes some seconds, the first time");
    events.message(Level::Info, Source::Host, text);
}

impl Component {
    /// Whether a file is a component, as it begins. One that cannot be read is none.
    pub fn is_one(path: &Path) -> bool {
        use std::io::Read as _;
        let mut beginning = [0; imports::MAGIC.len()];
        // To open a pipe would wait for who writes to it.
        std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
            && std::fs::File::open(path).is_ok_and(|mut file| file.read_exact(&mut beginning).is_ok())
            && beginning == *imports::MAGIC
    }

    /// Reads, checks and compiles a component. Compiling a large one takes seconds, unless the cache has it, and is told.
    pub fn load(engine: &Engine, path: &Path, events: &Events) -> Result<Self, LoadError> {
        let compiling = || compiling(&text::clean_path(path, FILE_NAME_BYTES), events);
        Self::load_as(engine, path, World::Test, compiling)
    }

    /// Reads a script, which is the one test of an interpreter. That is loaded for the first script of a run.
    pub fn load_script(
        engine: &Engine,
        interpreter: &Interpreter,
        script: &Path,
        events: &Events,
    ) -> Result<Self, LoadError> {
        let script = Script::read(script)?;
        let mut loaded = interpreter.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let component = match &*loaded {
            Some(component) => component.clone(),
            None => {
                let compiling = || compiling("the interpreter of test scripts", events);
                let component = Self::load_as(engine, &interpreter.path, World::Interpreter, compiling)?;
                loaded.insert(component).clone()
            }
        };
        Ok(Self {
            path: script.path().into(),
            script: Some(Arc::new(script)),
            ..component
        })
    }

    fn load_as(engine: &Engine, path: &Path, world: World, compiling: impl FnOnce()) -> Result<Self, LoadError> {
        let bytes = read(path)?;
        imports::check(path, &bytes, world)?;
        let misfit = |error: wasmtime::Error| {
            LoadError::Misfit(
                path.into(),
                text::clean(format!("{error:#}").as_bytes(), WASMTIME_MESSAGE_BYTES),
            )
        };
        let component = engine.compile(&bytes, compiling).map_err(misfit)?;
        let pre: InstancePre<TestState> = engine.linker.instantiate_pre(&component).map_err(misfit)?;
        let pre = bindings::InterpreterPre::new(pre).map_err(misfit)?;
        Ok(Self {
            pre,
            engine: engine.clone(),
            path: path.into(),
            script: None,
        })
    }

    /// The functions of ours that it imports.
    pub fn imports(&self) -> Vec<Import> {
        let engine = &self.engine.engine;
        let component = self.pre.instance_pre().component().component_type();
        let mut imports = Vec::new();
        for (name, item) in component.imports(engine) {
            let Some(interface) = name.strip_prefix("proctor:driver/") else {
                continue;
            };
            let interface = interface.split('@').next().unwrap_or(interface);
            let ComponentItem::ComponentInstance(instance) = item.ty else {
                continue;
            };
            for (function, item) in instance.exports(engine) {
                if matches!(item.ty, ComponentItem::ComponentFunc(_)) {
                    imports.push(Import::new(interface, function));
                }
            }
        }
        imports
    }

    /// The script that is its test, where it is an interpreter.
    pub fn script(&self) -> Option<&Arc<Script>> {
        self.script.as_ref()
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    use std::io::Read as _;
    let failed = |error| LoadError::Read(path.into(), error);
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    // Bounded while reading: a device or a pipe says no size.
    file.take(COMPONENT_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    let length = bytes.len() as u64;
    if length > COMPONENT_BYTES {
        Err(LoadError::TooLarge(path.into(), length))
    } else {
        Ok(bytes)
    }
}
