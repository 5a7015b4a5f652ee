//! Bad input: one sentence with what to do, exit status 2, and nothing is started.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use proctor_tests::write_script;

use crate::invocation::Ended;
use crate::scene::{Scene, program};

/// Arguments that need not all be texts or all be paths.
macro_rules! arguments {
    ($($argument:expr),* $(,)?) => { [$(OsString::from($argument)),*] };
}

/// Panics unless it was refused by one sentence that says all of these.
pub fn check(ended: Ended, says: &[&str]) {
    let ended = ended.expect(2);
    let sentences: Vec<&str> = ended
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    let [sentence] = sentences[..] else {
        panic!("{} sentences in:\n{}", sentences.len(), ended.stderr)
    };
    for text in says {
        assert!(sentence.contains(text), "{text:?} is not in: {sentence}");
    }
    ended
        .does_not_say("booting")
        .does_not_say("TEST ")
        .does_not_say("vde_switch pid");
    assert!(ended.stdout.is_empty(), "{}", ended.stdout);
}

/// Panics unless these arguments are refused by one sentence that says all of these.
pub fn refused(scene: &Scene, arguments: impl IntoIterator<Item = OsString>, says: &[&str]) {
    check(scene.run(arguments), says);
    assert!(!scene.path().join("started").exists(), "a machine was started");
}

/// Writes a start script that tells when it is started.
fn script(scene: &Scene, directory: &str, name: &str) -> PathBuf {
    let directory = scene.path().join(directory);
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name);
    write_script(
        &path,
        &format!("#!/bin/sh\ntouch '{}'\n", scene.path().join("started").display()),
    );
    path
}

/// A file that is refused as a test, built from its text.
fn refused_component(scene: &Scene, name: &str) -> PathBuf {
    let text = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("programs/refused/{name}.wat"));
    let path = scene.path().join(format!("{name}.wasm"));
    std::fs::write(&path, wat::parse_file(text).unwrap()).unwrap();
    path
}

#[test]
fn what_is_no_test() {
    let scene = Scene::new();
    let file = |name: &str, text: &str| {
        let path = scene.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let no_component = "is not a WebAssembly component";
    let cases = [
        (scene.path().join("none.wasm"), ["none.wasm", "No such file", ".wasm"]),
        (
            scene.path().to_owned(),
            ["is no test component and no project", "Cargo.toml", "proctor new"],
        ),
        (file("empty.wasm", ""), [no_component, "empty.wasm", "wasm32-wasip2"]),
        (
            file("text.wasm", "#!/bin/sh\n"),
            [no_component, "text.wasm", "wasm32-wasip2"],
        ),
        (
            file("cut.wasm", "\0asm\r\0\u{1}\0\u{1}"),
            [no_component, "cut.wasm", "wasm32-wasip2"],
        ),
    ];
    for (path, says) in cases {
        for subcommand in ["run", "list"] {
            refused(&scene, arguments![subcommand, &path], &says);
        }
    }
}

#[test]
fn components_that_do_not_fit() {
    let scene = Scene::new();
    for (name, says) in [
        (
            "core-module",
            [
                "is a core WebAssembly module",
                "wasm32-wasip2",
                "wasm-tools component new",
            ],
        ),
        (
            "unknown-import",
            [
                "`proctor:driver/teleport@0.1.0`",
                "imports what this host does not offer",
                "WASI 0.2",
            ],
        ),
        (
            "no-tests",
            ["does not export proctor:driver/tests@0.1.0", "SDKs", "no-tests.wasm"],
        ),
    ] {
        let component = refused_component(&scene, name);
        refused(&scene, arguments!["run", &component], &says);
        // A component that fits does not save one that does not.
        refused(&scene, arguments!["run", program("tests"), &component], &says);
    }
}

#[test]
fn a_component_that_never_lists_its_tests() {
    let scene = Scene::new();
    let says = [
        "program-hostile-list.wasm",
        "the load limit (--load-timeout) of 0.50 s passed",
    ];
    let component = program("hostile-list");
    refused(&scene, arguments!["run", &component, "--load-timeout", "500ms"], &says);
}

#[test]
fn start_scripts_that_cannot_be_run() {
    let scene = Scene::new();
    let not_executable = scene.path().join("run-a-vm");
    std::fs::write(&not_executable, "#!/bin/sh\n").unwrap();
    let cases: [(PathBuf, &[&str]); 5] = [
        (not_executable, &["run-a-vm", "is not executable", "chmod +x"]),
        (
            scene.path().join("run-none-vm"),
            &["run-none-vm", "No such file", "give the path"],
        ),
        (scene.path().to_owned(), &["is not a file", "give the path"]),
        (
            script(&scene, "c", "run-a-nspawn"),
            &["starts a container", "run-NAME-vm"],
        ),
        (script(&scene, "c", "run-.a-vm"), &["\".a\"", "no leading `.`"]),
    ];
    for (path, says) in cases {
        refused(
            &scene,
            arguments!["run", program("tests"), "--start-scripts", &path],
            says,
        );
        // Nor beside a good one.
        let good = script(&scene, "good", "run-good-vm");
        refused(
            &scene,
            arguments!["run", program("tests"), "--start-scripts", good, &path],
            says,
        );
    }
}

#[test]
fn two_start_scripts_of_one_name() {
    let scene = Scene::new();
    let (one, other) = (script(&scene, "one", "run-a-vm"), script(&scene, "other", "run-a-vm"));
    refused(
        &scene,
        arguments!["run", program("tests"), "--start-scripts", one, other],
        &[
            "one/run-a-vm",
            "other/run-a-vm",
            "machine `a`",
            "give each machine a name of its own",
        ],
    );
}

#[test]
fn a_test_swallowed_by_the_start_scripts() {
    let scene = Scene::new();
    let script = script(&scene, "scripts", "run-a-vm");
    let says = ["program-tests.wasm", "among the start scripts", "put the tests first"];
    refused(
        &scene,
        arguments!["run", "--start-scripts", &script, program("tests")],
        &says,
    );
    refused(
        &scene,
        arguments!["run", program("log"), "--start-scripts", &script, program("tests")],
        &says,
    );
    let test = scene.path().join("test.py");
    std::fs::write(&test, "").unwrap();
    refused(
        &scene,
        arguments!["run", "--start-scripts", &script, &test],
        &["test.py", "among the start scripts", "put the tests first"],
    );
}

#[test]
fn a_test_swallowed_by_the_vlans() {
    let scene = Scene::new();
    refused(
        &scene,
        arguments!["run", "--vlans", "1", program("tests")],
        &["program-tests.wasm", "put the tests first"],
    );
}

#[test]
fn no_test_at_all() {
    let scene = Scene::new();
    refused(&scene, arguments!["run"], &["no test", ".wasm"]);
    refused(&scene, arguments!["list"], &["no test", ".wasm"]);
}

#[test]
fn no_test_that_matches() {
    let scene = Scene::new();
    let says = ["no test matches", "nothing is called so", "proctor list"];
    refused(
        &scene,
        arguments!["run", program("tests"), "--test", "nothing is called so"],
        &says,
    );
}

#[test]
fn vlans_that_are_no_numbers() {
    let scene = Scene::new();
    for wrong in ["x", "-1", "1.5", "4294967296", "0x1", ""] {
        refused(
            &scene,
            arguments!["run", program("tests"), "--vlans", "1", wrong],
            &[&format!("VLAN `{wrong}` is not a number"), "--vlans 1 2"],
        );
    }
    let mut proctor = scene.proctor();
    proctor.env("vlans", "1 two");
    check(
        scene.start_as(proctor, arguments!["run", program("tests")]).wait(),
        &["VLAN `two`"],
    );
    let many = (0..=256).map(|number: u32| OsString::from(number.to_string()));
    let arguments = arguments!["run", program("tests"), "--vlans"];
    refused(&scene, arguments.into_iter().chain(many), &["257 VLANs", "256"]);
}

#[test]
fn environments_that_are_no_text() {
    let scene = Scene::new();
    for (variable, flag) in [("startScripts", "--start-scripts"), ("vlans", "--vlans")] {
        let mut proctor = scene.proctor();
        proctor.env(variable, OsStr::from_bytes(b"1 \xff"));
        let ended = scene.start_as(proctor, arguments!["run", program("tests")]).wait();
        let says = format!("the environment variable {variable} is not valid UTF-8: \"1 \\xFF\"");
        check(ended, &[&says, flag]);
    }
}

#[test]
fn output_directories_that_cannot_be_written_to() {
    let scene = Scene::new();
    let file = scene.path().join("file");
    std::fs::write(&file, "").unwrap();
    // Nobody, not even root, makes files in /proc.
    for path in [scene.path().join("none"), file, "/proc".into()] {
        refused(
            &scene,
            arguments!["run", program("tests"), "--output-directory", &path],
            &[&*path.to_string_lossy(), "cannot be written to", "--output-directory"],
        );
    }
}

#[test]
fn limits_that_are_none() {
    let scene = Scene::new();
    let flags = [
        "--timeout",
        "--call-timeout",
        "--boot-timeout",
        "--load-timeout",
        "--run-timeout",
    ];
    for flag in flags {
        for wrong in ["x", "0", "5 parsecs", "NaN", "100years", ""] {
            refused(&scene, arguments!["run", program("tests"), flag, wrong], &[flag]);
        }
    }
    for wrong in ["0", "x", "-1"] {
        refused(
            &scene,
            arguments!["run", program("tests"), format!("--memory={wrong}")],
            &["--memory"],
        );
    }
    for flag in ["--copy-size", "--copy-files"] {
        for wrong in ["0", "x", "-1", "18446744073709551616"] {
            let argument = format!("{flag}={wrong}");
            refused(&scene, arguments!["run", program("tests"), argument], &[flag]);
        }
    }
    refused(
        &scene,
        arguments!["run", program("tests"), "--copy-size=1099511627777"],
        &["--copy-size"],
    );
    refused(
        &scene,
        arguments!["run", program("tests"), "-q", "-v"],
        &["--quiet", "--verbose"],
    );
}

#[test]
fn a_run_directory_that_is_too_long() {
    let scene = Scene::new();
    let long = scene.runs().join("x".repeat(80));
    std::fs::create_dir(&long).unwrap();
    let script = script(&scene, "scripts", "run-a-vm");
    let machine = arguments!["run", program("tests"), "--start-scripts", &script];
    let vlan = arguments!["run", program("tests"), "--vlans", "1"];
    for arguments in [Vec::from(machine), Vec::from(vlan)] {
        let mut proctor = scene.proctor();
        proctor.env("TMPDIR", &long);
        let ended = scene.start_as(proctor, arguments).wait_alone();
        check(
            ended,
            &[
                "has 1",
                "bytes, and the system allows 107",
                "set TMPDIR to a shorter directory",
            ],
        );
        assert!(
            std::fs::read_dir(&long).unwrap().next().is_none(),
            "a run directory is left"
        );
    }
    assert!(!scene.path().join("started").exists(), "a machine was started");
}

#[test]
fn a_switch_that_is_not_installed() {
    let scene = Scene::new();
    let mut proctor = scene.proctor();
    proctor.env("PATH", scene.path());
    let ended = scene
        .start_as(proctor, arguments!["run", program("tests"), "--vlans", "1"])
        .wait();
    check(
        ended,
        &["VLAN 1", "vde_switch is not installed", "apt-get install vde2"],
    );
}

#[test]
fn a_switch_that_does_not_start() {
    let scene = Scene::new();
    write_script(
        &scene.path().join("vde_switch"),
        "#!/bin/sh\necho no ports left; exit 7\n",
    );
    let mut proctor = scene.proctor();
    proctor.env("PATH", format!("{}:/usr/bin:/bin", scene.path().display()));
    let ended = scene
        .start_as(proctor, arguments!["run", program("tests"), "--vlans", "1"])
        .wait();
    check(
        ended,
        &["VLAN 1", "vde_switch did not start", "exit status: 7", "no ports left"],
    );
}

#[test]
fn settings_that_are_none() {
    let scene = Scene::new();
    let component = program("tests");
    let missing = scene.path().join("missing");
    let same = format!("a={}", scene.path().display());
    let cases: [(Vec<OsString>, &[&str]); 6] = [
        (
            arguments!["--limit", "stack-size=2GiB"].into(),
            &["the stack limit (--limit stack-size) of 2 GiB is too much: at most 1 GiB"],
        ),
        (
            arguments!["--allow-read", &missing].into(),
            &["cannot be granted", "missing", "NAME=DIRECTORY"],
        ),
        (
            arguments!["--allow-read", &same, "--allow-read", &same].into(),
            &["two directories are granted as `a`"],
        ),
        (
            arguments!["--param", "x"].into(),
            &["`x` is no parameter", "--param NAME=VALUE"],
        ),
        (
            arguments!["--param", "x=1", "--param", "x=2"].into(),
            &["parameter `x` is given twice"],
        ),
        (
            arguments!["--param", format!("x={}", "y".repeat(65_536))].into(),
            &["the parameters have 65537 bytes; at most 65536 are allowed"],
        ),
    ];
    for (more, says) in cases {
        let mut all: Vec<OsString> = arguments!["run", &component].into();
        all.extend(more);
        refused(&scene, all, says);
    }
}
