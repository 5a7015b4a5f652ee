//! Components that no compiler makes: too large, too many tests, names that are none, more than a test may have.

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;

use crate::generated::Generated;
use crate::refusals::refused;
use crate::scene::Scene;

/// Panics unless a component is refused by `run` and by `list` with a sentence that says all of these.
fn check(scene: &Scene, component: &Path, says: &[&str]) {
    for subcommand in ["run", "list"] {
        refused(scene, [OsString::from(subcommand), component.into()], says);
    }
}

/// Panics unless what is generated is refused with a sentence that says all of these.
fn check_generated(generated: &Generated<'_>, says: &[&str]) {
    let scene = Scene::new();
    let component = generated.write(&scene.path().join("generated.wasm"));
    let says: Vec<&str> = ["generated.wasm"].iter().chain(says).copied().collect();
    check(&scene, &component, &says);
}

#[test]
fn a_component_with_tests_is_generated() {
    let scene = Scene::new();
    let names = ["one", "two", "with blanks", "mit Umlauten: äöü"];
    let component = Generated::new(&names).write(&scene.path().join("generated.wasm"));
    let ended = scene.run([Path::new("list"), &component]).expect(0);
    assert_eq!(ended.stdout.lines().collect::<Vec<_>>(), names);
    let report = scene.run([Path::new("run"), &component]).expect(0).report();
    assert_eq!(report.verdicts, names.map(|name| ("PASS".to_owned(), name.to_owned())));
}

#[test]
fn a_file_that_is_too_large() {
    const MOST: u64 = 256 << 20;
    let scene = Scene::new();
    let path = scene.path().join("large.wasm");
    let file = File::create(&path).unwrap();
    file.set_len(MOST + 1).unwrap();
    let says = ["large.wasm", "has 268435457 bytes", "at most 268435456 are allowed"];
    check(&scene, &path, &says);
    // One that is as large as may be is looked at.
    file.set_len(MOST).unwrap();
    check(&scene, &path, &["large.wasm", "is not a WebAssembly component"]);
}

#[test]
fn tests_of_another_interface() {
    let text = r#"(component
        (core module $module (func (export "list")))
        (core instance $instance (instantiate $module))
        (func $list (canon lift (core func $instance "list")))
        (instance $tests (export "list" (func $list)) (export "run" (func $list)))
        (export "proctor:driver/tests@0.1.0" (instance $tests)))"#;
    let scene = Scene::new();
    let path = scene.path().join("other.wasm");
    std::fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
    check(
        &scene,
        &path,
        &["other.wasm", "does not fit this host", "interface of this version"],
    );
}

#[test]
fn too_many_tests() {
    let says = ["there are 10001; at most 10000 are allowed"];
    check_generated(&Generated::new(&[]).count(10_001), &says);
}

#[test]
fn two_tests_of_one_name() {
    check_generated(&Generated::new(&["a", "b", "a"]), &["two tests are called `a`"]);
}

#[test]
fn names_that_are_none() {
    let long = "x".repeat(501);
    for name in ["", "\u{1b}[31mred", "two\nlines", "\u{202e}", &long] {
        let says = ["` is no name: 1 to 500 printable characters"];
        check_generated(&Generated::new(&["good", name]), &says);
    }
    let scene = Scene::new();
    let longest = "x".repeat(500);
    let component = Generated::new(&[&longest]).write(&scene.path().join("generated.wasm"));
    scene.run([Path::new("list"), &component]).expect(0);
}

#[test]
fn tables_that_are_too_large() {
    let says = ["the table limit (--limit table-elements) of 1000000 elements passed: the test asked for 1000001"];
    check_generated(&Generated::new(&["one"]).fields("(table 1000001 funcref)"), &says);
    // Several together are, too.
    let fields = "(table 500000 funcref)(table 500001 funcref)";
    check_generated(&Generated::new(&["one"]).fields(fields), &says);
}

#[test]
fn a_table_that_grows_too_large() {
    let scene = Scene::new();
    let component = Generated::new(&["grows"])
        .fields("(table $table 1000000 funcref)")
        .body("(drop (table.grow $table (ref.null func) (i32.const 1)))")
        .write(&scene.path().join("generated.wasm"));
    let ended = scene.run([Path::new("run"), &component]).expect(1);
    let says = "the table limit (--limit table-elements) of 1000000 elements passed: the test asked for 1000001";
    ended.report().failure("grows").says("message", says);
}

#[test]
fn too_many_instances() {
    let says = ["does not fit this host", "instances count exceeds limit of 1000"];
    check_generated(&Generated::new(&["one"]).instances(1_000), &says);
    // What is not counted when it is read is counted when it is instantiated.
    let tables = "(table 0 funcref)".repeat(100);
    check_generated(
        &Generated::new(&["one"]).fields(&tables).instances(10),
        &["the instance limit (--limit instances) of 1000 passed: table count too high at "],
    );
}
