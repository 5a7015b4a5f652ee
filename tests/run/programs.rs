//! Every test program is run: its unmarked tests pass, and those tagged `fails` fail for the right reason.

use std::collections::BTreeSet;
use std::path::Path;

use proctor_tests::tesseract_is_installed;

use proctor_tests::{path_from_environment, write_script};

use crate::listing::{Listed, tests_of};
use crate::report::Failure;
use crate::scene::{Scene, run_of};

/// What the block of one failing test must say: fields and texts in them.
pub type Expected<'a> = (&'a str, &'a [(&'a str, &'a str)]);

/// Runs all tests of a program on fake machines and VLANs, in so many runs at a time.
fn check(program: &str, machines: &[&str], vlans: &[&str], runs: usize, expected: &[Expected<'_>]) {
    let more: Vec<&str> = ["--vlans"].iter().chain(vlans).copied().collect();
    check_with(program, tests_of(program), machines, &more, runs, expected);
}

/// Runs tests of a program on fake machines, each a name and perhaps a space and its options, with more arguments, in so
/// many runs at a time. Panics unless those tagged
/// `fails` fail as expected and all others pass.
pub fn check_with(
    program: &str,
    tests: Vec<Listed>,
    machines: &[&str],
    arguments: &[&str],
    runs: usize,
    expected: &[Expected<'_>],
) {
    assert!(!tests.is_empty());
    let failing: BTreeSet<&str> = tests
        .iter()
        .filter(|test| test.is("fails"))
        .map(|test| test.name.as_str())
        .collect();
    let known: BTreeSet<&str> = expected.iter().map(|(test, _)| *test).collect();
    assert_eq!(
        failing, known,
        "the tests tagged `fails`, and those whose failure is known here"
    );

    let check_part = |part: usize| {
        let scene = Scene::new();
        let scripts: Vec<_> = machines
            .iter()
            .map(|machine| machine.split_once(' ').unwrap_or((machine, "")))
            .map(|(name, options)| scene.machine(name, options))
            .collect();
        let wanted: Vec<_> = tests.iter().skip(part).step_by(runs).collect();
        let mut more: Vec<&str> = wanted.iter().flat_map(|test| ["--test", &test.name]).collect();
        more.extend(arguments);
        let ended = scene.run(run_of(program, &scripts, &more));
        let report = ended.report();
        for test in &wanted {
            let verdict = if test.is("fails") { "FAIL" } else { "PASS" };
            assert_eq!(
                report.verdict(&test.name),
                verdict,
                "{}\n{:#?}",
                test.name,
                report.failures
            );
        }
        for (test, fields) in expected
            .iter()
            .filter(|(test, _)| wanted.iter().any(|wanted| wanted.name == *test))
        {
            check_failure(report.failure(test), fields);
        }
        let any_fails = report.verdicts.iter().any(|(verdict, _)| verdict == "FAIL");
        ended.expect(any_fails.into());
    };
    std::thread::scope(|scope| {
        let check_part = &check_part;
        let parts: Vec<_> = (0..runs).map(|part| scope.spawn(move || check_part(part))).collect();
        for part in parts {
            if let Err(panic) = part.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

fn check_failure(failure: &Failure, fields: &[(&str, &str)]) {
    for (field, text) in fields {
        failure.says(field, text);
    }
}

/// The tests of a program that have a tag, or have it not.
fn tagged(program: &str, tag: &str, wanted: bool) -> Vec<Listed> {
    let tests = tests_of(program).into_iter();
    tests.filter(|test| test.is(tag) == wanted).collect()
}

#[test]
fn console() {
    check("console", &["machine"], &[], 2, &[]);
}

#[test]
fn driver() {
    let machines = ["client", "server"];
    let parameters = [
        "--param",
        "name=value",
        "--param",
        "equation=1+1=2",
        "--param",
        "empty=",
    ];
    let arguments = [&["--vlans", "1", "2"][..], &parameters].concat();
    check_with(
        "driver",
        tagged("driver", "granted", false),
        &machines,
        &arguments,
        2,
        &[],
    );
    // What is granted is granted to one program whose tests are known.
    let scratch = tempfile::tempdir().unwrap();
    let emulator = scratch.path().join("emulator");
    let fake = path_from_environment("PROCTOR_FAKE_MACHINE");
    write_script(&emulator, &format!("#!/bin/sh\nexec '{}' -- \"$@\"\n", fake.display()));
    let parameter = format!("emulator={}", emulator.display());
    let arguments = ["--allow-create-machine", "--param", &parameter];
    check_with(
        "driver",
        tagged("driver", "granted", true),
        &machines,
        &arguments,
        1,
        &[],
    );
}

#[test]
fn keyboard() {
    check("keyboard", &["machine"], &[], 2, &[]);
}

#[test]
fn files() {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(data.path().join("tree/deep")).unwrap();
    std::fs::write(data.path().join("small"), "small").unwrap();
    std::fs::write(data.path().join("large"), vec![7; 300_000]).unwrap();
    std::fs::write(data.path().join("tree/deep/file"), "deep").unwrap();
    let grant = format!("data={}", data.path().display());
    let arguments = ["--vlans", "--allow-read", &grant];
    check_with("files", tests_of("files"), &["machine"], &arguments, 2, &[]);
}

#[test]
fn copies_have_limits_that_flags_set() {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(data.path().join("tree/deep")).unwrap();
    std::fs::write(data.path().join("small"), "small").unwrap();
    std::fs::write(data.path().join("tree/deep/file"), "deep").unwrap();
    let grant = format!("data={}", data.path().display());
    let test = "files_and_directories_go_to_the_machine";
    for (flag, value, size, text) in [
        (
            "--copy-size",
            "1",
            (1 << 20) + 1,
            "`data/large` holds more than the 1048576 bytes of the copy size limit",
        ),
        (
            "--copy-files",
            "1",
            300_000,
            "`data/tree` holds more than the 1 files of the copied files limit",
        ),
    ] {
        std::fs::write(data.path().join("large"), vec![7; size]).unwrap();
        let scene = Scene::new();
        let scripts = [scene.machine("machine", "")];
        let more = ["--vlans", "--allow-read", &grant, "--test", test, flag, value];
        let ended = scene.run(run_of("files", &scripts, &more));
        let report = ended.report();
        report.failure(test).says("error", text);
        report.failure(test).says("error", flag);
        ended.expect(1);
    }
}

#[test]
fn log() {
    let expected: [Expected<'_>; 2] = [
        (
            "a_failure_passed_on_from_a_subtest_fails_the_test",
            &[
                ("message", "from the inner subtest"),
                ("subtest", "outer > inner"),
                ("place", "log/src/lib.rs:"),
            ],
        ),
        (
            "a_panic_in_a_subtest_fails_the_test",
            &[
                ("message", "from the inner subtest"),
                ("subtest", "outer > inner"),
                ("place", "log/src/lib.rs:"),
                ("backtrace", "program_log::a_panic_in_a_subtest_fails_the_test"),
            ],
        ),
    ];
    check("log", &["machine"], &[], 1, &expected);
    let expected: [Expected<'_>; 2] = [
        ("panics_twice", &[("message", "the last words")]),
        (
            "fails_a_span_twice",
            &[("message", "the last reason"), ("subtest", "twice")],
        ),
    ];
    check("hostile-log", &[], &[], 1, &expected);
}

#[test]
fn machine() {
    let plain = tests_of("machine")
        .into_iter()
        .filter(|test| !test.is("hangs") && !test.is("boots"));
    check_with("machine", plain.collect(), &["machine"], &["--vlans"], 2, &[]);
    check("hostile-machine", &["machine"], &[], 1, &[]);
}

#[test]
fn a_timeout_of_every_method_is_heeded() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("file"), vec![7; 100_000]).unwrap();
    let grant = format!("data={}", data.path().display());
    let arguments = [
        &[
            "--vlans",
            "1",
            "--allow-monitor",
            "--allow-forward-port",
            "--allow-read",
        ][..],
        &[&grant],
    ]
    .concat();
    check_with(
        "machine",
        tagged("machine", "hangs", true),
        &["machine"],
        &arguments,
        1,
        &[],
    );
    let boots = tagged("machine", "boots", true);
    check_with(
        "machine",
        boots,
        &["machine --fake-handshake never"],
        &["--vlans"],
        1,
        &[],
    );
}

#[test]
fn monitor() {
    check_with(
        "monitor",
        tagged("monitor", "granted", false),
        &["machine"],
        &[],
        1,
        &[],
    );
    let granted = tagged("monitor", "granted", true);
    check_with("monitor", granted, &["machine"], &["--allow-monitor"], 1, &[]);
}

#[test]
fn network() {
    let machines = ["client", "server"];
    let vlans = ["--vlans", "1"];
    check_with(
        "network",
        tagged("network", "granted", false),
        &machines,
        &vlans,
        1,
        &[],
    );
    let granted = tagged("network", "granted", true);
    check_with("network", granted, &machines, &["--allow-forward-port"], 1, &[]);
}

/// The options of a fake machine that shows the screen of a real one that begins to boot, for which it needs a directory.
fn boot_screen(directory: &Path) -> String {
    let file = directory.join("screen.ppm");
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("contract/data/boot-screen.png");
    let picture = image::open(picture).unwrap().to_rgb8();
    let header = format!("P6\n{} {}\n255\n", picture.width(), picture.height());
    std::fs::write(&file, [header.as_bytes(), picture.as_raw()].concat()).unwrap();
    format!("--fake-screen '{}'", file.display())
}

#[test]
fn saved_pictures_are_told() {
    let scene = Scene::new();
    let machine = scene.machine("machine", &boot_screen(scene.path()));
    let test = ["--test", "pictures_are_saved_in_the_output_directory"];
    // What stands in the present directory is nothing of the test's.
    let present = scene.path().join("output");
    std::fs::write(present.join("boot.png"), "mine").unwrap();
    let ended = scene.run(run_of("screen", &[machine], &test)).expect(0);
    ended.says("; output: ").says("/proctor-output\n");
    for path in ["boot.png", "pictures/boot.png"] {
        ended.says(&format!("machine  screenshot: {path}\n"));
        assert!(present.join("proctor-output").join(path).exists(), "{path}");
    }
    assert_eq!(std::fs::read_to_string(present.join("boot.png")).unwrap(), "mine");
}

#[test]
fn a_test_that_leaves_nothing_leaves_the_runs_own_files_alone() {
    let scene = Scene::new();
    let arguments = run_of("stdio", &[], &["--test", "standard_input"]);
    scene.run(arguments).expect(0);
    let entries = std::fs::read_dir(scene.path().join("output/proctor-output")).unwrap();
    let mut left: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, proctor::output_directory::OWN_FILES);
}

#[test]
fn what_a_terminal_shows_is_dumped_into_the_log() {
    let scene = Scene::new();
    let machine = scene.machine("machine", "");
    let test = ["--test", "a_virtual_terminal_is_seen"];
    let ended = scene.run(run_of("console", &[machine], &test)).expect(0);
    let mut lines = ended
        .stderr
        .lines()
        .map(|line| line.get(7..).unwrap_or_default().trim());
    assert!(lines.any(|line| line == "machine  /dev/tty2:"), "{}", ended.stderr);
    assert_eq!(
        [lines.next(), lines.next()],
        [Some("login:"), Some("root")],
        "{}",
        ended.stderr
    );
}

#[test]
fn screen() {
    let scratch = tempfile::tempdir().unwrap();
    let mut tests = tests_of("screen");
    if !tesseract_is_installed() {
        tests.retain(|test| !test.is("tesseract"));
    }
    let machine = format!("machine {}", boot_screen(scratch.path()));
    check_with("screen", tests, &[&machine, "headless"], &[], 2, &[]);
}

#[test]
fn shell() {
    check("shell", &["machine"], &[], 6, &[]);
}

#[test]
fn stdio() {
    check("stdio", &[], &[], 1, &[]);
}

#[test]
fn tests() {
    let expected: [Expected<'_>; 6] = [
        (
            "fails_by_its_own_words",
            &[("message", "the words of the test"), ("place", "tests/src/lib.rs:")],
        ),
        (
            "fails_by_a_condition",
            &[("message", "the sum is 4"), ("place", "tests/src/lib.rs:")],
        ),
        (
            "fails_by_a_command",
            &[
                ("message", "command `echo the output; exit 42` failed (exit code 42)"),
                ("place", "tests/src/lib.rs:"),
                ("machine", "machine"),
                ("call", "succeed(\"echo the output; exit 42\")"),
                ("command", "echo the output; exit 42"),
                ("status", "42"),
                ("output", "the output"),
                ("elapsed", " s; the test "),
            ],
        ),
        (
            "fails_by_an_error_of_the_standard_library",
            &[
                ("message", "invalid digit found in string"),
                ("place", "tests/src/lib.rs:"),
            ],
        ),
        (
            "fails_by_an_assertion",
            &[
                ("message", "arithmetic"),
                ("message", "left: 4"),
                ("message", "right: 5"),
                ("place", "tests/src/lib.rs:"),
                ("backtrace", "program_tests::fails_by_an_assertion"),
            ],
        ),
        (
            "fails_by_unwrapping",
            &[
                ("message", "`Result::unwrap()` on an `Err` value"),
                ("message", "failed (exit code 42)"),
                ("message", "output: the output"),
                ("place", "tests/src/lib.rs:"),
                ("backtrace", "program_tests::fails_by_unwrapping"),
            ],
        ),
    ];
    check("tests", &["machine"], &[], 1, &expected);
}

#[test]
fn units() {
    check("units", &["machine"], &[], 1, &[]);
}

#[test]
fn vlan() {
    check("vlan", &["machine"], &["1", "2"], 1, &[]);
}
