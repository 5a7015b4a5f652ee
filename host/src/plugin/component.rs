//! Component files: looked at before anything is compiled.

use std::path::{Path, PathBuf};

use wasmparser::{Encoding, Parser, Payload};
use wasmtime::component::InstancePre;

use super::bindings;
use super::engine::Engine;
use super::state::TestState;
use crate::limits::{COMPONENT_BYTES, FOREIGN_IMPORTS, IMPORT_NAME_BYTES, WASMTIME_MESSAGE_BYTES};
use crate::text;

/// A component that fits this host, compiled.
#[derive(Clone)]
pub struct Component {
    pub(super) pre: bindings::TestPre<TestState>,
    pub(super) engine: Engine,
    path: PathBuf,
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Component")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Why a file is no test component for this host.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be read.
    #[error("cannot read test {0:?}: {1}; give the path of a component file (.wasm)")]
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
    /// It has no tests.
    #[error("test {0:?} does not export proctor:driver/tests@0.1.0; build it with one of the SDKs")]
    NoTests(PathBuf),
    /// It does not fit the interface in a finer point.
    #[error("test {0:?} does not fit this host: {1}")]
    Misfit(PathBuf, String),
}

impl Component {
    /// Reads, checks and compiles a component. Compiling a large one takes seconds, unless the cache has it.
    pub fn load(engine: &Engine, path: &Path) -> Result<Self, LoadError> {
        let bytes = read(path)?;
        check(path, &bytes)?;
        let misfit = |error: wasmtime::Error| {
            LoadError::Misfit(
                path.into(),
                text::clean(format!("{error:#}").as_bytes(), WASMTIME_MESSAGE_BYTES),
            )
        };
        let component = wasmtime::component::Component::from_binary(&engine.engine, &bytes).map_err(misfit)?;
        let pre: InstancePre<TestState> = engine.linker.instantiate_pre(&component).map_err(misfit)?;
        let pre = bindings::TestPre::new(pre).map_err(misfit)?;
        Ok(Self {
            pre,
            engine: engine.clone(),
            path: path.into(),
        })
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

/// Looks at a component's imports and exports before it is compiled.
fn check(path: &Path, bytes: &[u8]) -> Result<(), LoadError> {
    let invalid = |error: wasmparser::BinaryReaderError| {
        LoadError::NotWasm(
            path.into(),
            text::clean(error.message().as_bytes(), WASMTIME_MESSAGE_BYTES),
        )
    };
    if !bytes.starts_with(b"\0asm") {
        return Err(LoadError::NotWasm(
            path.into(),
            "the file does not begin with \\0asm".into(),
        ));
    }
    let (mut depth, mut foreign, mut has_tests) = (0, Vec::new(), false);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(invalid)? {
            Payload::Version {
                encoding: Encoding::Module,
                ..
            } if depth == 0 => {
                return Err(LoadError::CoreModule(path.into()));
            }
            // Nested modules and components come between their own version and end.
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 1 => {
                for import in imports {
                    let name = import.map_err(invalid)?.name.name;
                    if !is_offered(name) {
                        foreign.push(format!("`{}`", text::clean(name.as_bytes(), IMPORT_NAME_BYTES)));
                    }
                }
            }
            Payload::ComponentExportSection(exports) if depth == 1 => {
                for export in exports {
                    has_tests |= export
                        .map_err(invalid)?
                        .name
                        .name
                        .starts_with("proctor:driver/tests@0.1.");
                }
            }
            _ => {}
        }
    }
    if !foreign.is_empty() {
        foreign.truncate(FOREIGN_IMPORTS);
        return Err(LoadError::Imports(path.into(), foreign.join(", ")));
    }
    if has_tests {
        Ok(())
    } else {
        Err(LoadError::NoTests(path.into()))
    }
}

fn is_offered(import: &str) -> bool {
    const OURS: [&str; 8] = ["types", "driver", "machine", "shell", "files", "network", "vlan", "log"];
    const WASI: [&str; 6] = ["cli", "clocks", "filesystem", "io", "random", "sockets"];
    let Some((name, version)) = import.rsplit_once('@') else {
        return false;
    };
    match name.split_once('/') {
        Some(("proctor:driver", interface)) => OURS.contains(&interface) && version.starts_with("0.1."),
        Some((package, _)) => {
            let offered = package
                .strip_prefix("wasi:")
                .is_some_and(|package| WASI.contains(&package));
            offered && version.starts_with("0.2.")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str) -> Result<(), LoadError> {
        check(Path::new("t.wasm"), &wat::parse_str(text).unwrap())
    }

    #[test]
    fn what_is_no_test_is_refused_with_its_reason() {
        assert!(matches!(
            check(Path::new("t"), b"#!/bin/sh"),
            Err(LoadError::NotWasm(..))
        ));
        assert!(matches!(
            check(Path::new("t"), b"\0asm\x0d\0\x01\0\xff"),
            Err(LoadError::NotWasm(..))
        ));
        assert!(matches!(check_text("(module)"), Err(LoadError::CoreModule(_))));
        assert!(matches!(check_text("(component)"), Err(LoadError::NoTests(_))));
        let foreign = check_text(
            r#"(component (import "wasi:http/types@0.2.0" (instance)) (import "proctor:driver/x@0.2.0" (instance))
               (import "wasi:io/error@0.2.3" (instance)) (import "proctor:driver/log@0.1.0" (instance)))"#,
        );
        let message = foreign.unwrap_err().to_string();
        assert!(
            message.contains("`wasi:http/types@0.2.0`, `proctor:driver/x@0.2.0`;"),
            "{message}"
        );
    }

    #[test]
    fn nested_components_may_import_what_they_like() {
        let text = r#"(component (component (import "a:b/c@1.0.0" (instance))) (core module))"#;
        assert!(matches!(check_text(text), Err(LoadError::NoTests(_))));
    }
}
