//! What a component wants and has, looked at before it is compiled.

use std::path::Path;
use std::sync::LazyLock;

use wasmparser::component_types::ComponentEntityType;
use wasmparser::types::Types;
use wasmparser::{Encoding, Parser, Payload, ValidPayload, Validator, WasmFeatures};

use super::component::LoadError;
use super::interface;
use crate::limits::{FOREIGN_IMPORTS, IMPORT_NAME_BYTES, NESTED_COMPONENTS, NESTING_DEPTH, WASMTIME_MESSAGE_BYTES};
use crate::text;

/// What a test may import, as it was written for the bindings.
const WORLD: &str = include_str!("../../../wit/world.wit");
/// The interfaces of WASI 0.2 that there are, with their packages.
const WASI: [(&str, &[&str]); 6] = [
    (
        "cli",
        &[
            "environment",
            "exit",
            "stdin",
            "stdout",
            "stderr",
            "terminal-input",
            "terminal-output",
            "terminal-stdin",
            "terminal-stdout",
            "terminal-stderr",
        ],
    ),
    ("clocks", &["monotonic-clock", "wall-clock"]),
    ("filesystem", &["types", "preopens"]),
    ("io", &["error", "poll", "streams"]),
    ("random", &["random", "insecure", "insecure-seed"]),
    (
        "sockets",
        &[
            "network",
            "instance-network",
            "tcp",
            "tcp-create-socket",
            "udp",
            "udp-create-socket",
            "ip-name-lookup",
        ],
    ),
];
/// What of it only interpreters of scripts may import.
const INTERPRETERS: [&str; 2] = ["script", "session"];

/// Which of our interfaces a component may import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum World {
    /// Those of tests.
    Test,
    /// Those of interpreters of scripts as well.
    Interpreter,
}

/// What WebAssembly begins with.
pub(super) const MAGIC: &[u8; 4] = b"\0asm";
/// Our functions, `INTERFACE.FUNCTION`. Empty where a bug of ours keeps them from being read: then the engine looks.
static FUNCTIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let functions = interface::functions_of(interface::INTERPRETER).unwrap_or_default();
    functions.into_iter().map(|function| function.name).collect()
});

/// Looks at a component's imports and exports before it is compiled. Its code is not looked at.
pub(super) fn check(path: &Path, bytes: &[u8], world: World) -> Result<(), LoadError> {
    let reason = |error: wasmparser::BinaryReaderError| text::clean(error.message().as_bytes(), WASMTIME_MESSAGE_BYTES);
    let invalid = |error| LoadError::NotWasm(path.into(), reason(error));
    let misfit = |error| LoadError::Misfit(path.into(), reason(error));
    if !bytes.starts_with(MAGIC) {
        return Err(LoadError::NotWasm(
            path.into(),
            "the file does not begin with \\0asm".into(),
        ));
    }
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let (mut depth, mut count, mut names, mut has_tests) = (0, 0, Vec::new(), false);
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(invalid)?;
        match &payload {
            Payload::Version {
                encoding: Encoding::Module,
                ..
            } if depth == 0 => {
                return Err(LoadError::CoreModule(path.into()));
            }
            // Nested modules and components come between their own version and end.
            Payload::Version { .. } => {
                (depth, count) = (depth + 1, count + 1);
                if count > NESTED_COMPONENTS || depth > NESTING_DEPTH {
                    return Err(LoadError::Nested(path.into()));
                }
            }
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 1 => {
                for import in imports.clone() {
                    names.push(import.map_err(invalid)?.name.name);
                }
            }
            Payload::ComponentExportSection(exports) if depth == 1 => {
                for export in exports.clone() {
                    has_tests |= export
                        .map_err(invalid)?
                        .name
                        .name
                        .starts_with("proctor:driver/tests@0.1.");
                }
            }
            _ => {}
        }
        if let ValidPayload::End(types) = validator.payload(&payload).map_err(misfit)?
            && depth == 0
        {
            refuse_foreign(path, &names, &types, world)?;
        }
    }
    if has_tests {
        Ok(())
    } else {
        Err(LoadError::NoTests(path.into()))
    }
}

/// Errors: the component imports what there is not, with the list.
fn refuse_foreign(path: &Path, names: &[&str], types: &Types, world: World) -> Result<(), LoadError> {
    let mut foreign = Vec::new();
    for name in names {
        let shown = |what: &str| format!("`{}`", text::clean(what.as_bytes(), IMPORT_NAME_BYTES));
        let Some(interface) = offered(name, world) else {
            foreign.push(shown(name));
            continue;
        };
        let Some(ComponentEntityType::Instance(id)) = types.component_item_for_import(name).map(|item| item.ty) else {
            continue;
        };
        for (function, item) in &types[id].exports {
            let full = format!("{interface}.{}", interface::plain_name(function));
            let is_function = matches!(item.ty, ComponentEntityType::Func(_));
            if is_function && name.starts_with("proctor:") && !FUNCTIONS.is_empty() && !FUNCTIONS.contains(&full) {
                foreign.push(format!("{} of {}", shown(function), shown(name)));
            }
        }
    }
    if foreign.is_empty() {
        return Ok(());
    }
    foreign.truncate(FOREIGN_IMPORTS);
    Err(LoadError::Imports(path.into(), foreign.join(", ")))
}

/// The name of an interface that there is.
fn offered(import: &str, world: World) -> Option<&str> {
    let (name, version) = import.rsplit_once('@')?;
    let (package, interface) = name.split_once('/')?;
    let (exists, line) = if package == "proctor:driver" {
        let import = format!("import {interface};");
        let exists = WORLD.lines().any(|line| line.trim() == import);
        let allowed = world == World::Interpreter || !INTERPRETERS.contains(&interface);
        (exists && allowed, "0.1.")
    } else {
        let package = package.strip_prefix("wasi:")?;
        let known = WASI.iter().find(|(known, _)| *known == package);
        (known.is_some_and(|(_, known)| known.contains(&interface)), "0.2.")
    };
    (exists && version.starts_with(line)).then_some(interface)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str) -> Result<(), LoadError> {
        check(Path::new("t.wasm"), &wat::parse_str(text).unwrap(), World::Test)
    }

    #[test]
    fn what_is_no_test_is_refused_with_its_reason() {
        assert!(matches!(
            check(Path::new("t"), b"#!/bin/sh", World::Test),
            Err(LoadError::NotWasm(..))
        ));
        assert!(matches!(
            check(Path::new("t"), b"\0asm\x0d\0\x01\0\xff", World::Test),
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
    fn only_what_there_is_can_be_imported_of_the_packages_that_there_are() {
        let function = |name: &str| format!(r#"(instance (export "{name}" (func (param "level" u8))))"#);
        for (import, instance, offered) in [
            ("wasi:cli/teleport@0.2.0", "(instance)".to_owned(), false),
            ("wasi:filesystem/mind-reading@0.2.99", "(instance)".into(), false),
            ("wasi:filesystem/types@0.2.99", "(instance)".into(), true),
            ("wasi:cli/stdout@0.3.0", "(instance)".into(), false),
            ("proctor:driver/log@0.1.0", function("write"), true),
            ("proctor:driver/log@0.1.7", function("x"), false),
            ("proctor:driver/tests@0.1.0", "(instance)".into(), false),
            ("proctor:driver/script@0.1.0", "(instance)".into(), false),
        ] {
            let checked = check_text(&format!(r#"(component (import "{import}" {instance}))"#));
            let expected = if offered {
                matches!(checked, Err(LoadError::NoTests(_)))
            } else {
                matches!(&checked, Err(LoadError::Imports(_, listed)) if listed.contains(import))
            };
            assert!(expected, "{import}: {checked:?}");
        }
    }

    #[test]
    fn a_component_of_too_many_components_is_refused() {
        let beside = |count: usize| format!("(component {})", "(component)".repeat(count));
        let inside = |depth: usize| format!("{}{}", "(component".repeat(depth), ")".repeat(depth));
        for (text, refused) in [
            (beside(NESTED_COMPONENTS - 1), false),
            (beside(NESTED_COMPONENTS), true),
            (inside(NESTING_DEPTH), false),
            (inside(NESTING_DEPTH + 1), true),
        ] {
            assert_eq!(matches!(check_text(&text), Err(LoadError::Nested(_))), refused);
        }
    }

    #[test]
    fn nested_components_may_import_what_they_like() {
        let text = r#"(component (component (import "a:b/c@1.0.0" (instance))) (core module))"#;
        assert!(matches!(check_text(text), Err(LoadError::NoTests(_))));
    }
}
