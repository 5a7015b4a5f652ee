//! The examples, run as their readers would.

use std::path::{Path, PathBuf};
use std::process::Command;

use proctor_tests::{mini_script, path_from_environment, say_skipped, systemd_script, tesseract_is_installed};

/// All examples, each in the directory of its language: each has a test here.
const EXAMPLES: [&str; 8] = [
    "c/two-machines",
    "go/two-machines",
    "js/two-machines",
    "python/two-machines",
    "rust/power",
    "rust/two-machines",
    "rust/web-service",
    "ts/two-machines",
];

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
        .arg(component(example))
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

fn component(example: &str) -> PathBuf {
    path_from_environment("PROCTOR_EXAMPLES")
        .join(example)
        .with_extension("wasm")
}

/// The names in a directory, sorted.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_example_is_run() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let all = names(&examples).into_iter().flat_map(|language| {
        let projects = names(&examples.join(&language)).into_iter();
        projects.map(move |project| format!("{language}/{project}"))
    });
    assert_eq!(all.collect::<Vec<_>>(), EXAMPLES);
}

/// The same test in each language, on the same machines. Where a language's tools are not here it is skipped.
fn two_machines(example: &str) {
    let skipped = component(example).with_extension("skipped");
    if let Ok(reason) = std::fs::read_to_string(skipped) {
        say_skipped(&format!(": {}", reason.trim()));
        return;
    }
    let machines = |directory: &Path| {
        vec![
            mini_script(directory, "server", 1, "1"),
            mini_script(directory, "client", 2, "1"),
        ]
    };
    run(example, machines, &["--vlans", "1"]);
}

#[test]
fn two_machines_in_c() {
    two_machines("c/two-machines");
}

#[test]
fn two_machines_in_go() {
    two_machines("go/two-machines");
}

#[test]
fn two_machines_in_javascript() {
    two_machines("js/two-machines");
}

#[test]
fn two_machines_in_python() {
    two_machines("python/two-machines");
}

#[test]
fn two_machines_in_rust() {
    two_machines("rust/two-machines");
}

#[test]
fn two_machines_in_typescript() {
    two_machines("ts/two-machines");
}

#[test]
fn power() {
    let machines = |directory: &Path| vec![mini_script(directory, "machine", 1, "")];
    let output = run("rust/power", machines, &["--param", "cuts=2"]);
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
    let output = run("rust/web-service", machines, &arguments);
    // A single test has no directory of its own.
    let of_test = |name: &str| output.path().join(if screen { name } else { "" });
    let log = std::fs::read_to_string(of_test("nginx_serves_a_site").join("logs/access.log")).unwrap();
    assert!(log.contains("GET /pictures/dot.svg"), "{log}");
    if screen {
        let picture = image::open(of_test("alice_reads_a_letter").join("letter.png")).unwrap();
        assert_eq!((picture.width(), picture.height()), (1280, 800));
    }
}
