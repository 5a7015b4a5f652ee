//! The test programs use every function of `wit/`: one that no program uses is a function that nothing tests.

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

/// What all test programs together use.
fn used() -> Functions {
    let mut used = Functions::default();
    let directory = path_from_environment("PROCTOR_PROGRAMS");
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            used.add(Functions::of_component(&path));
        }
    }
    used
}

#[test]
fn every_function_is_used_by_a_test_program() {
    let unused = Functions::of_interface().without(&used());
    assert_eq!(unused, Functions::default(), "no test program uses these");
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
    let unused = invented.without(&used());
    let imported = [
        "shell@0.1.0#teleport",
        "thing@0.1.0#[constructor]thing",
        "thing@0.1.0#[method]thing.move",
        "thing@0.1.0#[static]thing.find",
    ];
    assert_eq!(unused.imported, BTreeSet::from(imported.map(str::to_owned)));
    assert_eq!(unused.exported, BTreeSet::from(["tests@0.1.0#forget".to_owned()]));
}
