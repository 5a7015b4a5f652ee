//! The examples, run as their readers would.

use std::path::{Path, PathBuf};
use std::process::Command;

use proctor_tests::{mini_script, path_from_environment, systemd_script, tesseract_is_installed};

/// All examples: each has a test here.
const EXAMPLES: [&str; 3] = ["power.wasm", "two-machines.wasm", "web-service.wasm"];

/// Runs an example on machines whose start scripts `machines` writes into a directory, and returns the output directory.
/// Panics where it fails.
fn run(example: &str, machines: impl FnOnce(&Path) -> Vec<PathBuf>, arguments: &[&str]) -> tempfile::TempDir {
    assert!(EXAMPLES.contains(&example));
    // Short: the sockets of a run lie below it.
    let scratch = tempfile::Builder::new().prefix("p").tempdir().unwrap();
    let output = tempfile::tempdir().unwrap();
    let ended = Command::new(path_from_environment("PROCTOR_BIN"))
        .env("TMPDIR", scratch.path())
        .env_remove("XDG_RUNTIME_DIR")
        .env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
        .arg("run")
        .arg(path_from_environment("PROCTOR_EXAMPLES").join(example))
        .args(["--no-serial", "--timeout", "10m", "--output-directory"])
        .arg(output.path())
        .args(arguments)
        .arg("--start-scripts")
        .args(machines(scratch.path()))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{example}: {}\n{log}", ended.status);
    output
}

#[test]
fn every_example_is_run() {
    let entries = std::fs::read_dir(path_from_environment("PROCTOR_EXAMPLES")).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, EXAMPLES);
}

#[test]
fn two_machines() {
    let machines = |directory: &Path| {
        vec![
            mini_script(directory, "server", 1, "1"),
            mini_script(directory, "client", 2, "1"),
        ]
    };
    run("two-machines.wasm", machines, &["--vlans", "1"]);
}

#[test]
fn power() {
    let machines = |directory: &Path| vec![mini_script(directory, "machine", 1, "")];
    let output = run("power.wasm", machines, &["--param", "cuts=2"]);
    let times = std::fs::read_to_string(output.path().join("boot-times")).unwrap();
    assert_eq!(times.lines().count(), 2, "{times}");
}

#[test]
fn web_service() {
    let machines = |directory: &Path| vec![systemd_script(directory, "--screen")];
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/rust/web-service/site");
    let grant = format!("site={}", site.display());
    let mut arguments = vec!["--allow-read", &grant, "--allow-forward-port"];
    let screen = tesseract_is_installed();
    if !screen {
        arguments.extend(["--test", "nginx"]);
    }
    let output = run("web-service.wasm", machines, &arguments);
    // A single test has no directory of its own.
    let of_test = |name: &str| output.path().join(if screen { name } else { "" });
    let log = std::fs::read_to_string(of_test("nginx_serves_a_site").join("logs/access.log")).unwrap();
    assert!(log.contains("GET /pictures/dot.svg"), "{log}");
    if screen {
        let picture = image::open(of_test("alice_reads_a_letter").join("letter.png")).unwrap();
        assert_eq!((picture.width(), picture.height()), (1280, 800));
    }
}
