//! Components that take long to compile: a limit and signals end that, too, and the cache spares it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use proctor_tests::LATE;

use crate::generated::Generated;
use crate::scene::Scene;

/// A component that takes much longer to compile than anything may be late.
fn slow(scene: &Scene) -> PathBuf {
    let step = "(local.set 0 (i64.xor (i64.mul (local.get 0) (local.get 1)) (i64.rotl (local.get 0) (local.get 1))))";
    let function = format!("(func (param i64 i64) (result i64) {} (local.get 0))", step.repeat(500));
    let module = format!("(module {})", function.repeat(90));
    Generated::new(&["one"])
        .modules(&module, 200)
        .write(&scene.path().join("slow.wasm"))
}

/// `proctor` with a cache of its own.
fn proctor(scene: &Scene) -> Command {
    let mut proctor = scene.proctor();
    proctor.env("XDG_CACHE_HOME", scene.path().join("cache"));
    proctor
}

#[test]
fn a_signal_is_heard_while_a_component_is_compiled() {
    let scene = Scene::new();
    let slow = slow(&scene);
    for (signal, status) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let mut invocation = scene.start_as(proctor(&scene), [Path::new("run"), &slow]);
        invocation.wait_for("loading");
        // The file has been read and its compilation begun.
        std::thread::sleep(Duration::from_secs(1));
        let start = Instant::now();
        invocation.signal(signal);
        let ended = invocation.wait().expect(status);
        assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
        ended.says(&format!("error: interrupted by {signal}"));
    }
}

#[test]
fn the_load_limit_and_the_run_limit_hold_while_a_component_is_compiled() {
    const LIMIT: Duration = Duration::from_secs(1);
    let scene = Scene::new();
    let slow = slow(&scene);
    for (flag, status, says) in [
        (
            "--load-timeout",
            2,
            "slow.wasm\": the load limit (--load-timeout) of 1.00 s passed while it was compiled",
        ),
        (
            "--run-timeout",
            1,
            "timed out: the run limit (--run-timeout) of 1.00 s passed",
        ),
    ] {
        let arguments = [Path::new("run"), &slow, Path::new(flag), Path::new("1s")];
        let ended = scene.start_as(proctor(&scene), arguments).wait().expect(status);
        ended.says(says);
        let elapsed = ended.elapsed;
        assert!(elapsed >= LIMIT && elapsed < LIMIT + LATE, "{flag}: {elapsed:?}");
    }
}

/// Compiled components in a cache, by their paths.
fn compiled(cache: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut directories = vec![cache.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "cwasm") {
                let bytes = std::fs::read(&path).unwrap();
                found.insert(path, bytes);
            }
        }
    }
    found
}

#[test]
fn a_component_is_compiled_once() {
    let scene = Scene::new();
    let cache = scene.path().join("cache");
    let list = |component: &Path| {
        let ended = scene.start_as(proctor(&scene), [Path::new("list"), component]).wait();
        ended.expect(0).stdout
    };
    let one = Generated::new(&["one"]).write(&scene.path().join("one.wasm"));
    let other = Generated::new(&["other"]).write(&scene.path().join("other.wasm"));

    assert_eq!(list(&one), "one\n");
    let of_one = compiled(&cache);
    assert_eq!(of_one.len(), 1, "{:?}", of_one.keys());
    assert_eq!(list(&other), "other\n");
    let of_both = compiled(&cache);
    assert_eq!(of_both.len(), 2, "{:?}", of_both.keys());

    // The one is given the other's code: who lists the other's tests then has not compiled anything.
    let mut code = of_both.iter().filter(|(path, _)| !of_one.contains_key(*path));
    std::fs::write(of_one.keys().next().unwrap(), code.next().unwrap().1).unwrap();
    assert_eq!(list(&one), "other\n");
}
