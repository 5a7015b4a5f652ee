//! `check`, `wit` and `symbols`: what a component wants, and what there is to be had.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::refusals::refused;
use crate::scene::{Scene, program};

#[test]
fn check_tells_what_a_component_may_call_and_wants() {
    let scene = Scene::new();
    let arguments = [
        OsString::from("check"),
        program("monitor").into(),
        program("stdio").into(),
    ];
    let ended = scene.run(arguments).expect(0);
    for part in [
        "program-monitor.wasm fits this host; tests: 3\n",
        "  may call machine: name, start\n",
        "  wants --allow-monitor for monitor.send-monitor-command, monitor.send-qmp-command, monitor.wait-for-qmp-event\n",
        "program-stdio.wasm fits this host; tests: ",
        "  wants no grant\n",
    ] {
        assert!(ended.stdout.contains(part), "{part:?} is not in:\n{}", ended.stdout);
    }
}

#[test]
fn check_refuses_what_does_not_fit() {
    let scene = Scene::new();
    refused(
        &scene,
        ["check".into()],
        &["no test is given", "proctor check test.wasm"],
    );
    let says = ["/bin/sh", "is not a WebAssembly component"];
    refused(&scene, ["check".into(), "/bin/sh".into()], &says);
    // The others are looked at all the same.
    let ended = scene.run([
        "check".into(),
        PathBuf::from("/bin/sh"),
        program("stdio"),
        "/missing".into(),
    ]);
    let ended = ended.expect(2);
    assert!(
        ended.stdout.contains("program-stdio.wasm fits this host"),
        "{}",
        ended.stdout
    );
    for part in says.into_iter().chain(["/missing"]) {
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
    }
}

#[test]
fn wit_prints_and_writes_the_interface() {
    let scene = Scene::new();
    let printed = scene.run(["wit"]).expect(0).stdout;
    assert_eq!(printed.matches("package proctor:driver@").count(), 1);
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let written = scene.path().join("interface");
    scene
        .run([OsString::from("wit"), "--output".into(), written.clone().into()])
        .expect(0);
    let mut files = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            std::fs::read_to_string(written.join(path.file_name().unwrap())).unwrap(),
            text
        );
        let (_, body) = text.split_once('\n').unwrap();
        assert!(printed.contains(body), "{path:?}");
        files += 1;
    }
    assert_eq!(std::fs::read_dir(&written).unwrap().count(), files);
    let says = ["cannot write the interface into \"/proc/x\""];
    refused(&scene, ["wit".into(), "--output".into(), "/proc/x".into()], &says);
}

#[test]
fn symbols_lists_what_a_test_can_call() {
    let printed = Scene::new().run(["symbols"]).expect(0).stdout;
    let line = |name: &str| printed.lines().find(|line| line.split(' ').next() == Some(name));
    assert!(
        line("units.wait-for-unit")
            .unwrap()
            .ends_with("  Waits until a unit is active.")
    );
    assert!(
        line("network.forward-port")
            .unwrap()
            .ends_with("(wants --allow-forward-port)")
    );
    assert!(line("log.span").is_some() && line("tests.run").is_none());
}
