//! What a test gets hold of: nothing of this computer, unless the run grants it; and a component that wants more than a
//! test may is not even compiled.

use std::ffi::OsString;
use std::path::PathBuf;

use proctor_tests::LATE;

use crate::listing::{Listed, tests_of};
use crate::programs::{Expected, check_with};
use crate::refusals::refused;
use crate::scene::{Scene, run_of};

#[test]
fn wasi_hands_nothing_out() {
    let expected: [Expected<'_>; 5] = [
        ("asks_for_random_bytes_without_end", &[("message", "exceeds limit")]),
        (
            "asks_for_insecure_random_bytes_without_end",
            &[("message", "exceeds limit")],
        ),
        (
            "writes_zeros_without_end",
            &[("message", "cannot write more zeroes than")],
        ),
        ("waits_for_nothing", &[("message", "empty poll list")]),
        (
            "holds_clocks_without_end",
            &[(
                "message",
                "the handle limit (--limit handles) of 10000 passed: the test holds so many",
            )],
        ),
    ];
    check_with("wasi", tests_of("wasi"), &[], &[], 1, &expected);
}

/// A component that imports interfaces.
fn importing(scene: &Scene, imports: &[&str], rest: &str) -> PathBuf {
    let imports: String = imports
        .iter()
        .map(|import| format!("(import \"{import}\" (instance))"))
        .collect();
    let path = scene.path().join("importing.wasm");
    std::fs::write(&path, wat::parse_str(format!("(component {imports} {rest})")).unwrap()).unwrap();
    path
}

#[test]
fn a_component_that_imports_anything_else_is_refused_with_the_list() {
    let scene = Scene::new();
    let foreign = [
        "wasi:http/outgoing-handler@0.2.3",
        "wasi:keyvalue/store@0.2.0",
        "wasi:nn/tensor@0.2.0",
        "wasi:cli/run@0.3.0",
        "wasi:clocks/monotonic-clock@0.1.0",
        "proctor:driver/teleport@0.1.0",
        "proctor:driver/shell@0.2.0",
        "evil:host/memory@1.0.0",
        "evil:host/memory",
        "wasi:cli/environment",
    ];
    let offered = ["wasi:cli/environment@0.2.3", "proctor:driver/log@0.1.0"];
    let component = importing(&scene, &[&foreign[..], &offered].concat(), "");
    let list = foreign.map(|import| format!("`{import}`")).join(", ");
    let says = [
        "imports what this host does not offer: ",
        &list,
        "proctor:driver@0.1 and WASI 0.2 and nothing else",
    ];
    for subcommand in ["run", "list", "check"] {
        refused(&scene, [OsString::from(subcommand), component.clone().into()], &says);
    }
    for import in offered {
        let ended = scene.run([PathBuf::from("list"), component.clone()]).expect(2);
        ended.does_not_say(&format!("`{import}`"));
    }
}

#[test]
fn a_refused_component_is_not_compiled() {
    let scene = Scene::new();
    // This would take the compiler minutes.
    let step = "(local.set 0 (i64.xor (i64.mul (local.get 0) (local.get 1)) (i64.rotl (local.get 0) (local.get 1))))";
    let function = format!("(func (param i64 i64) (result i64) {} (local.get 0))", step.repeat(500));
    let module = format!("(core module {})", function.repeat(10)).repeat(200);
    let component = importing(&scene, &["evil:host/memory@1.0.0"], &module);
    let ended = scene.run([PathBuf::from("run"), component]).expect(2);
    ended.says("`evil:host/memory@1.0.0`");
    assert!(ended.elapsed < LATE, "{:?}", ended.elapsed);
}

#[test]
fn many_and_long_imports_are_told_cut() {
    let scene = Scene::new();
    let names: Vec<String> = (0..1_000)
        .map(|number| format!("evil:host/i{number}-{}", "x".repeat(5_000)))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let component = importing(&scene, &names, "");
    let ended = scene.run([PathBuf::from("check"), component]).expect(2);
    assert!(ended.stderr.len() < 10_000, "{} bytes", ended.stderr.len());
    ended.says("more bytes]`");
}

#[test]
fn what_a_core_module_imports_is_refused_too() {
    let scene = Scene::new();
    let path = scene.path().join("core.wasm");
    let text = r#"(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))))"#;
    std::fs::write(&path, wat::parse_str(text).unwrap()).unwrap();
    for subcommand in ["run", "list", "check"] {
        refused(
            &scene,
            [OsString::from(subcommand), path.clone().into()],
            &["is a core WebAssembly module"],
        );
    }
}

/// The tests of a program that want a grant, or those that want to be refused.
fn granted(name: &str, wanted: bool) -> Vec<Listed> {
    tests_of(name)
        .into_iter()
        .filter(|test| test.is("granted") == wanted)
        .collect()
}

#[test]
fn each_capability_is_refused_by_default_and_granted_by_its_flag() {
    let cases = [
        ("monitor", "--allow-monitor", "command monitors"),
        ("network", "--allow-forward-port", "forward ports"),
        ("network", "--allow-forward", "forward ports"),
    ];
    for (name, flag, summary) in cases {
        let scene = Scene::new();
        let scripts = ["client", "machine", "server"].map(|name| scene.machine(name, ""));
        let tests = granted(name, true);
        let wanted: Vec<&str> = tests.iter().flat_map(|test| ["--test", &test.name]).collect();
        assert!(!tests.is_empty());
        let machines = if name == "monitor" {
            &scripts[1..2]
        } else {
            &scripts[..]
        };
        let without = scene.run(run_of(name, machines, &wanted)).expect(1);
        without.says("granted: nothing");
        let report = without.report();
        for test in &tests {
            report.failure(&test.name).says("message", "denied: ");
            let said = report.failure(&test.name).field("message").to_owned();
            let flag = flag
                .replace("--allow-forward-port", "--allow-forward")
                .replace("--allow-forward", "--allow-forward-port");
            assert!(said.contains(&flag), "{said}");
        }
        let with = scene
            .run(run_of(name, machines, &[&[flag, "--quiet"], &wanted[..]].concat()))
            .expect(0);
        // Even where little is to be said.
        with.says(&format!("granted: {summary}"));
    }
}
