//! The test programs use every function of `wit/`, each in the program of its interface: one that none uses there is a
//! function that nothing tests.

use std::collections::BTreeSet;
use std::path::Path;

use proctor_tests::path_from_environment;
use wit_component::DecodedWasm;
use wit_parser::{InterfaceId, Resolve, WorldId, WorldItem};

use crate::scene::program;

/// Functions that a world imports and exports, as `interface#function`, of the package `proctor:driver` only.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Functions {
    /// As `interface#function`.
    pub imported: BTreeSet<String>,
    exported: BTreeSet<String>,
}

impl Functions {
    /// Those of a world.
    fn of(resolve: &Resolve, world: WorldId) -> Self {
        let world = &resolve.worlds[world];
        let functions = |items: &mut dyn Iterator<Item = &WorldItem>| {
            let interfaces = items.filter_map(|item| match item {
                WorldItem::Interface { id, .. } => Some(*id),
                _ => None,
            });
            interfaces.flat_map(|id| functions_of(resolve, id)).collect()
        };
        Self {
            imported: functions(&mut world.imports.values()),
            exported: functions(&mut world.exports.values()),
        }
    }

    /// Those of a component.
    fn of_component(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        match wit_component::decode(&bytes).unwrap() {
            DecodedWasm::Component(resolve, world) => Self::of(&resolve, world),
            DecodedWasm::WitPackage(..) => panic!("{path:?} holds no code"),
        }
    }

    /// Those of the world `test` of interfaces given as text.
    fn of_text(wit: &str) -> Self {
        let mut resolve = Resolve::default();
        let package = resolve.push_str("test.wit", wit).unwrap();
        let world = resolve.select_world(&[package], Some("test")).unwrap();
        Self::of(&resolve, world)
    }

    /// Those of `wit/`.
    pub fn of_interface() -> Self {
        let mut resolve = Resolve::default();
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
        let (package, _) = resolve.push_dir(directory).unwrap();
        let world = resolve.select_world(&[package], Some("test")).unwrap();
        Self::of(&resolve, world)
    }

    fn add(&mut self, other: Self) {
        self.imported.extend(other.imported);
        self.exported.extend(other.exported);
    }

    /// Those that are not in `used`.
    fn without(&self, used: &Self) -> Self {
        Self {
            imported: self.imported.difference(&used.imported).cloned().collect(),
            exported: self.exported.difference(&used.exported).cloned().collect(),
        }
    }
}

/// The functions of an interface, its resources' methods, constructors and statics among them.
fn functions_of(resolve: &Resolve, interface: InterfaceId) -> Vec<String> {
    let name = resolve.id_of(interface).unwrap_or_default();
    let Some(name) = name.strip_prefix("proctor:driver/") else {
        return Vec::new();
    };
    let functions = resolve.interfaces[interface].functions.keys();
    functions.map(|function| format!("{name}#{function}")).collect()
}

/// A test program and what it imports and exports.
struct Program {
    /// Such as `hostile-polling`.
    name: String,
    /// Whether it is written without the SDK, so that it imports what it calls and nothing else.
    is_raw: bool,
    functions: Functions,
}

/// All test programs.
fn programs() -> Vec<Program> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let directory = path_from_environment("PROCTOR_PROGRAMS");
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let programs = files.filter_map(|path| {
        let name = path.file_name()?.to_str()?;
        let name = name.strip_prefix("program-")?.strip_suffix(".wasm")?.to_owned();
        let manifest = std::fs::read_to_string(sources.join(&name).join("Cargo.toml")).unwrap();
        Some(Program {
            is_raw: !manifest.lines().any(|line| line.starts_with("proctor-sdk")),
            functions: Functions::of_component(&path),
            name,
        })
    });
    programs.collect()
}

/// What every component imports that is made with the SDK and drives a machine, whatever its tests call.
fn always_imported(programs: &[Program]) -> BTreeSet<String> {
    let drives = |imported: &&BTreeSet<String>| imported.iter().any(|function| function.starts_with("machine@"));
    let with_sdk = programs.iter().filter(|program| !program.is_raw);
    let mut imports = with_sdk.map(|program| &program.functions.imported).filter(drives);
    let first = imports.next().unwrap().clone();
    imports.fold(first, |common, imported| {
        common.intersection(imported).cloned().collect()
    })
}

/// What the programs use: of each interface, what is used by the program of its name and by that one which treats it
/// badly. What the SDK imports anyway is used where a program without the SDK imports it.
fn used(programs: &[Program]) -> Functions {
    let always = always_imported(programs);
    let mut used = Functions::default();
    for program in programs {
        let interface = program.name.strip_prefix("hostile-").unwrap_or(&program.name);
        let imported = program.functions.imported.iter().filter(|function| {
            function.starts_with(&format!("{interface}@")) && (program.is_raw || !always.contains(*function))
        });
        used.add(Functions {
            imported: imported.cloned().collect(),
            exported: program.functions.exported.clone(),
        });
    }
    used
}

#[test]
fn every_function_is_used_by_a_test_program() {
    let unused = Functions::of_interface().without(&used(&programs()));
    assert_eq!(
        unused,
        Functions::default(),
        "the programs of their interfaces do not use these"
    );
}

#[test]
fn every_function_is_called_with_hostile_arguments() {
    let called = Functions::of_component(&program("hostile-arguments"));
    let forgotten = Functions::of_interface().without(&called);
    assert_eq!(
        forgotten,
        Functions::default(),
        "the program `hostile-arguments` does not call these"
    );
}

#[test]
fn functions_of_all_kinds_are_found() {
    let interface = Functions::of_interface();
    for function in [
        "shell@0.1.0#succeed",
        "machine@0.1.0#[method]machine.start",
        "log@0.1.0#[constructor]span",
    ] {
        assert!(
            interface.imported.contains(function),
            "{function} is not in {interface:#?}"
        );
    }
    let exported = ["tests@0.1.0#list", "tests@0.1.0#run"].map(str::to_owned);
    assert_eq!(interface.exported, BTreeSet::from(exported));
}

#[test]
fn a_function_that_no_program_uses_is_found() {
    let invented = Functions::of_text(
        r#"
        package proctor:driver@0.1.0;
        interface shell { teleport: func(); }
        interface thing { resource thing { constructor(); move: func(); find: static func() -> thing; } }
        interface tests { forget: func(); }
        world test { import shell; import thing; export tests; }
        "#,
    );
    let unused = invented.without(&used(&programs()));
    let imported = [
        "shell@0.1.0#teleport",
        "thing@0.1.0#[constructor]thing",
        "thing@0.1.0#[method]thing.move",
        "thing@0.1.0#[static]thing.find",
    ];
    assert_eq!(unused.imported, BTreeSet::from(imported.map(str::to_owned)));
    assert_eq!(unused.exported, BTreeSet::from(["tests@0.1.0#forget".to_owned()]));
}

#[test]
fn a_function_counts_only_where_it_is_meant_to_be_tested() {
    let mut programs = programs();
    // What the SDK imports by itself shows nothing, and there is such a thing.
    let always = always_imported(&programs);
    for function in ["log@0.1.0#panicked", "polling@0.1.0#[method]condition.end-evaluation"] {
        assert!(always.contains(function), "{function} is not in {always:?}");
    }
    for function in ["log@0.1.0#write", "machine@0.1.0#[method]machine.start"] {
        assert!(!always.contains(function), "{function} is in {always:?}");
    }
    for (program, function) in [
        ("shell", "shell@0.1.0#succeed"),
        ("hostile-log", "log@0.1.0#panicked"),
        ("machine", "machine@0.1.0#[method]machine.reboot"),
        ("hostile-polling", "polling@0.1.0#[method]condition.end-evaluation"),
    ] {
        let index = programs.iter().position(|candidate| candidate.name == program).unwrap();
        let removed = programs.remove(index);
        let unused = Functions::of_interface().without(&used(&programs));
        assert!(
            unused.imported.contains(function),
            "{function} is used without {program}"
        );
        programs.push(removed);
    }
}
