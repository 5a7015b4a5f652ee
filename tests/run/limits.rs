//! Every limit that can be set is passed by somebody, who is stopped in time and told why; the next test passes.

mod cases;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use proctor::limits::Limits;
use proctor_tests::{LATE, processes, write_script};

use self::cases::{By, CASES, Case};
use crate::generated::Generated;
use crate::hostile::elapsed;
use crate::invocation::Ended;
use crate::refusals;
use crate::scene::{Scene, program};

/// The limits that a whole run or its components pass.
const OTHERS: [&str; 5] = [
    "run-timeout",
    "build-timeout",
    "load-timeout",
    "table-elements",
    "instances",
];
/// The test that follows.
const NEXT: &str = "the next";

#[test]
fn every_limit_is_passed_here() {
    let defined: BTreeSet<&str> = Limits::DEFINITIONS.iter().map(|definition| definition.name).collect();
    let passed: BTreeSet<&str> = CASES.iter().map(|case| case.name).chain(OTHERS).collect();
    assert_eq!(defined, passed);
    assert_eq!(passed.len(), CASES.len() + OTHERS.len());
}

/// The start script of the machine that a limit's test wants.
fn machine(scene: &Scene, limit: &str) -> PathBuf {
    let screen = || {
        let file = scene.path().join("screen.ppm");
        std::fs::write(&file, [&b"P6\n64 64\n255\n"[..], &[7; 3 * 64 * 64]].concat()).unwrap();
        format!("--fake-screen '{}'", file.display())
    };
    let options = match limit {
        "boot-timeout" => "--fake-handshake never".to_owned(),
        "monitor-timeout" => "--fake-qmp mute".to_owned(),
        "text-recognition-timeout" | "picture-size" => screen(),
        _ => String::new(),
    };
    let script = scene.machine("machine", &options);
    if limit == "launch-timeout" {
        write_script(&script, "#!/bin/sh\nexec sleep 1000\n");
    }
    script
}

/// The arguments that set a limit.
fn set(scene: &Scene, name: &str, value: &str, by: By) -> Vec<PathBuf> {
    match by {
        By::Flag => vec![format!("--{name}").into(), value.into()],
        By::Name => vec!["--limit".into(), format!("{name}={value}").into()],
        By::Configuration => {
            let file = scene.path().join("run.toml");
            std::fs::write(&file, format!("[limits]\n{name} = \"{value}\"\n")).unwrap();
            vec!["--config".into(), file]
        }
    }
}

/// The files that tests may copy.
fn data(scene: &Scene) -> PathBuf {
    let data = scene.path().join("data");
    std::fs::create_dir_all(data.join("tree")).unwrap();
    std::fs::write(data.join("large"), vec![7; 2 << 20]).unwrap();
    for name in ["tree/one", "tree/other"] {
        std::fs::write(data.join(name), name).unwrap();
    }
    format!("data={}", data.display()).into()
}

/// Stops the process of the scene's machine, so that its guest is silent.
fn hang(scene: &Scene) {
    let machines: Vec<i32> = processes::of_run(scene.path())
        .into_iter()
        .filter(|(_, command)| command.contains("fake-machine"))
        .map(|(process, _)| process)
        .collect();
    // The first process of the guest is a child of the machine's.
    let is_guest = |process: &i32| {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        parent.is_some_and(|parent| machines.contains(&parent.trim().parse().unwrap()))
    };
    let machine = machines.iter().find(|process| !is_guest(process)).unwrap();
    kill(Pid::from_raw(*machine), Signal::SIGSTOP).unwrap();
}

fn check(case: &Case) {
    let scene = Scene::new();
    let test = format!("passes {}", case.name);
    let mut arguments = vec![
        "run".into(),
        program("hostile-limits"),
        "--allow-read".into(),
        data(&scene),
    ];
    arguments.extend(["--test", &test, "--test", NEXT].map(PathBuf::from));
    arguments.extend(set(&scene, case.name, case.value, case.by));
    arguments.extend(["--start-scripts".into(), machine(&scene, case.name)]);
    let mut proctor = scene.proctor();
    if case.name == "text-recognition-timeout" {
        let programs = scene.path().join("bin");
        std::fs::create_dir(&programs).unwrap();
        write_script(&programs.join("tesseract"), "#!/bin/sh\nexec sleep 1000\n");
        let path = std::env::var("PATH").unwrap();
        proctor.env("PATH", format!("{}:{path}", programs.display()));
    }
    let mut invocation = scene.start_as(proctor, arguments);
    if case.name == "guest-silence" {
        invocation.wait_for("ready after");
        hang(&scene);
    }
    // Panics where anything is left behind.
    let ended = invocation.wait();
    let report = ended.report();
    assert_eq!(report.verdict(NEXT), "PASS", "{}", ended.stderr);
    if let [("", warning)] = case.says {
        assert_eq!(report.verdict(&test), "PASS");
        assert_eq!(
            ended.stderr.matches(&format!("warning: {warning}")).count(),
            1,
            "{}",
            ended.stderr
        );
        ended.expect(0);
        return;
    }
    // A machine that has never come up says nothing about what is tested.
    let (verdict, status) = match case.name {
        "boot-timeout" | "launch-timeout" => ("ERROR", 2),
        _ => ("FAIL", 1),
    };
    assert_eq!(report.verdict(&test), verdict, "{}", ended.stderr);
    for (field, text) in case.says {
        report.failure(&test).says(field, text);
    }
    assert!(!report.failure(&test).field("elapsed").is_empty());
    if let Some(limit) = case.time {
        check_time(case.name, limit, call_time(&ended, &test));
    }
    ended.expect(status);
}

/// The time of the call that failed, or of the test that was stopped in its own code.
fn call_time(ended: &Ended, test: &str) -> Duration {
    let report = ended.report();
    match report.failure(test).field("elapsed").split_once(" s; the test ") {
        Some((seconds, _)) => Duration::from_secs_f64(seconds.parse().unwrap()),
        None => elapsed(ended, test),
    }
}

fn check_time(name: &str, limit: Duration, taken: Duration) {
    println!("{name}: {limit:?}, took {taken:?}");
    assert!(taken >= limit && taken < limit + LATE, "{name} of {limit:?}: {taken:?}");
}

/// Checks the cases of every fourth limit, so that several are checked at a time.
fn check_part(part: usize) {
    CASES.iter().skip(part).step_by(3).for_each(check);
}

#[test]
fn who_passes_a_limit_is_stopped_and_told_1() {
    check_part(0);
}

#[test]
fn who_passes_a_limit_is_stopped_and_told_2() {
    check_part(1);
}

#[test]
fn who_passes_a_limit_is_stopped_and_told_3() {
    check_part(2);
}

#[test]
fn the_run_limit_ends_the_run() {
    const LIMIT: Duration = Duration::from_secs(2);
    for by in [By::Flag, By::Name, By::Configuration] {
        let scene = Scene::new();
        let mut arguments = vec!["run".into(), program("hostile-limits")];
        arguments.extend(["--test", "passes run-timeout", "--test", NEXT].map(PathBuf::from));
        arguments.extend(set(&scene, "run-timeout", "2s", by));
        let ended = scene.run(arguments).expect(1);
        let report = ended.report();
        assert_eq!(report.verdict("passes run-timeout"), "STOP");
        report
            .failure("passes run-timeout")
            .says(
                "message",
                "timed out: the run limit (--run-timeout) of 2.00 s passed (after ",
            )
            .says("in progress", "the test's own code");
        assert!(
            report.summary.contains("1 not run") || report.summary.contains("2 not run"),
            "{}",
            report.summary
        );
        println!("run-timeout: {LIMIT:?}, took {:?}", ended.elapsed);
        assert!(
            ended.elapsed >= LIMIT && ended.elapsed < LIMIT + LATE,
            "{:?}",
            ended.elapsed
        );
    }
}

#[test]
fn the_load_limit_ends_an_endless_start_function() {
    let scene = Scene::new();
    let endless = Generated::new(&["one"])
        .fields("(func $endless (loop $again (br $again))) (start $endless)")
        .write(&scene.path().join("endless.wasm"));
    let says = [
        "endless.wasm",
        "the load limit (--load-timeout) of 1.00 s passed while it was instantiated (after ",
    ];
    for by in [By::Flag, By::Name, By::Configuration] {
        let mut arguments = vec!["run".into(), endless.clone()];
        arguments.extend(set(&scene, "load-timeout", "1s", by));
        let ended = scene.run(arguments);
        println!("load-timeout: 1s, took {:?}", ended.elapsed);
        assert!(ended.elapsed < LATE, "{:?}", ended.elapsed);
        refusals::check(ended, &says);
    }
}

#[test]
fn what_passes_a_limit_while_it_is_loaded_leaves_the_others_alone() {
    let scene = Scene::new();
    let endless = Generated::new(&["one"])
        .fields("(func $endless (loop $again (br $again))) (start $endless)")
        .write(&scene.path().join("endless.wasm"));
    let good = Generated::new(&["good"]).write(&scene.path().join("good.wasm"));
    let arguments = ["run".into(), endless.clone(), good, endless];
    let limit = ["--load-timeout", "1s"].map(PathBuf::from);
    let ended = scene.run(arguments.into_iter().chain(limit)).expect(2);
    let report = ended.report();
    assert_eq!(report.verdict("good::good"), "PASS");
    for name in [scene.path().join("endless"), scene.path().join("endless (2)")] {
        report
            .failure(name.to_str().unwrap())
            .says("message", "the load limit (--load-timeout) of 1.00 s passed");
    }
}

#[test]
fn the_load_limit_ends_an_instantiation_for_a_test() {
    let scene = Scene::new();
    // There is a machine for a test, and none while the tests are listed.
    let endless = Generated::new(&["begins without end"])
        .imports(r#"(import "proctor:driver/driver@0.1.0" "machines" (func $machines (param i32)))"#)
        .fields(
            r#"(func (export "_initialize")
                (call $machines (i32.const 32))
                (if (i32.load (i32.const 36)) (then (loop $again (br $again)))))"#,
        )
        .write(&scene.path().join("endless.wasm"));
    let arguments = [
        "run".into(),
        endless,
        program("hostile-limits"),
        "--start-scripts".into(),
        scene.machine("machine", ""),
    ];
    // The other component is compiled before: its code is kept.
    scene.run(["list".into(), program("hostile-limits")]).expect(0);
    let limits = ["--load-timeout", "3s", "--test", "begins without end", "--test", NEXT].map(PathBuf::from);
    let ended = scene.run(arguments.into_iter().chain(limits)).expect(1);
    let (test, report) = ("endless::begins without end", ended.report());
    report
        .failure(test)
        .says(
            "message",
            "timed out: the load limit (--load-timeout) of 3.00 s passed (after ",
        )
        .says("in progress", "instantiation");
    check_time("load-timeout", Duration::from_secs(3), elapsed(&ended, test));
    assert_eq!(report.verdict("program-hostile-limits::the next"), "PASS");
}

#[test]
fn a_table_grows_to_its_limit() {
    for by in [By::Name, By::Configuration] {
        let scene = Scene::new();
        let grows = Generated::new(&["grows"])
            .fields("(table $table 1 funcref)")
            .body("(loop $again (drop (table.grow $table (ref.null func) (i32.const 1))) (br $again))")
            .write(&scene.path().join("grows.wasm"));
        let mut arguments = vec!["run".into(), grows, program("hostile-limits")];
        arguments.extend(["--test", "grows", "--test", NEXT].map(PathBuf::from));
        arguments.extend(set(&scene, "table-elements", "10000", by));
        let ended = scene.run(arguments).expect(1);
        let report = ended.report();
        report
            .failure("grows::grows")
            .says(
                "message",
                "the table limit (--limit table-elements) of 10000 elements passed: the test asked for 10001",
            )
            .says("in progress", "the test's own code");
        assert_eq!(report.verdict("program-hostile-limits::the next"), "PASS");
    }
}

/// A component that makes resources of its own, which no function of the host's sees.
const MAKES_RESOURCES: &str = r#"(component
    (type $resource (resource (rep i32)))
    (core func $new (canon resource.new $resource))
    (core instance $imports (export "new" (func $new)))
    (core module $module
        (import "" "new" (func $new (param i32) (result i32)))
        (func $start (loop $again (drop (call $new (i32.const 0))) (br $again)))
        (start $start))
    (core instance (instantiate $module (with "" (instance $imports)))))"#;

#[test]
fn a_components_own_resources_are_counted() {
    let scene = Scene::new();
    let makes = Generated::new(&["one"])
        .nested(MAKES_RESOURCES)
        .write(&scene.path().join("makes.wasm"));
    for (arguments, most) in [(vec![], "10000"), (set(&scene, "handles", "70", By::Name), "70")] {
        let passed = format!("the handle limit (--limit handles) of {most} passed: the test holds so many");
        let arguments = [vec!["run".into(), makes.clone()], arguments].concat();
        let says = ["makes.wasm", passed.as_str(), "while it was instantiated"];
        refusals::refused(&scene, arguments.into_iter().map(Into::into), &says);
    }
}

#[test]
fn instances_are_counted() {
    let scene = Scene::new();
    let many = Generated::new(&["one"])
        .instances(30)
        .write(&scene.path().join("many.wasm"));
    for by in [By::Name, By::Configuration] {
        let says = [
            "many.wasm",
            "the instance limit (--limit instances) of 30 passed: instance count too high at 31 (after ",
            "while it was instantiated",
        ];
        let limit = set(&scene, "instances", "30", by);
        let arguments = [vec!["run".into(), many.clone()], limit.clone()].concat();
        refusals::refused(&scene, arguments.into_iter().map(Into::into), &says);
        let fits = vec!["run".into(), program("hostile-limits"), "--test".into(), NEXT.into()];
        scene.run([fits, limit].concat()).expect(0);
    }
}
