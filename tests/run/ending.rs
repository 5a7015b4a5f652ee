//! However a run ends, nothing of it is left, and the exit status says how.

use std::ffi::OsStr;
use std::fs::File;
use std::time::Duration;

use nix::sys::signal::Signal;
use proctor_tests::LATE;

use crate::invocation::{Ended, Invocation};
use crate::scene::{Scene, program, run_of};

/// Starts a test that waits for its machine, on a machine with options, and waits until it does.
fn waiting<'a>(scene: &'a Scene, options: &str) -> Invocation<'a> {
    let scripts = [scene.machine("machine", options)];
    let mut invocation = scene.start(run_of(
        "hostile",
        &scripts,
        &["--test", "waits_in_the_host", "--vlans", "1"],
    ));
    invocation.wait_for("ready after");
    assert!(invocation.run_directory().is_dir());
    invocation
}

fn ended_by(invocation: &Invocation<'_>, signal: Signal) {
    invocation.signal(signal);
}

fn check_in_time(ended: &Ended) {
    assert!(ended.elapsed < 2 * LATE, "{:?}", ended.elapsed);
}

#[test]
fn one_signal_ends_a_run_in_good_order() {
    let signals = [
        (Signal::SIGINT, 130, "SIGINT"),
        (Signal::SIGTERM, 143, "SIGTERM"),
        (Signal::SIGHUP, 129, "SIGHUP"),
    ];
    for (signal, status, name) in signals {
        let scene = Scene::new();
        let invocation = waiting(&scene, "");
        ended_by(&invocation, signal);
        let ended = invocation.wait().expect(status);
        check_in_time(&ended);
        ended.says(&format!("interrupted by {name}")).says("1 test:");
    }
}

#[test]
fn what_was_in_progress_when_a_run_was_ended_is_told() {
    let scene = Scene::new();
    let invocation = waiting(&scene, "");
    ended_by(&invocation, Signal::SIGINT);
    let report = invocation.wait().expect(130).report();
    report
        .failure("waits_in_the_host")
        .says("in progress", "machine: execute(\"sleep 1000\"), for ");
    assert!(
        report.summary.starts_with("1 test: 0 passed, 0 failed, 1 stopped, in"),
        "{}",
        report.summary
    );
}

#[test]
fn the_run_limit_ends_a_run() {
    let scene = Scene::new();
    let scripts = [scene.machine("machine", "")];
    let more = [
        "--test",
        "waits_in_the_host",
        "--test",
        "waits_for_success",
        "--run-timeout",
        "3s",
    ];
    let ended = scene.run(run_of("hostile", &scripts, &more)).expect(1);
    let report = ended.report();
    let [(verdict, test)] = &report.verdicts[..] else {
        panic!("{:?}", report.verdicts)
    };
    assert_eq!(verdict, "STOP");
    report
        .failure(test)
        .says("message", "timed out: the run limit (--run-timeout) of 3.00 s passed")
        .says("in progress", "(\"sleep 1000\"), for ");
    let summary = "2 tests: 0 passed, 0 failed, 1 stopped, 1 not run, in";
    assert!(report.summary.starts_with(summary), "{}", report.summary);
    let limit = Duration::from_secs(3);
    assert!(
        ended.elapsed >= limit && ended.elapsed < limit + LATE,
        "{:?}",
        ended.elapsed
    );
}

#[test]
fn a_full_standard_error_changes_no_exit_status() {
    let scene = Scene::new();
    let passing = program("tests").into_os_string();
    let arguments: [(i32, &[&OsStr]); 4] = [
        (2, &["run".as_ref(), "none.wasm".as_ref()]),
        (2, &["list".as_ref(), "none.wasm".as_ref()]),
        (2, &["run".as_ref(), "--no-such-flag".as_ref()]),
        (0, &["run".as_ref(), &passing, "--test".as_ref(), "described".as_ref()]),
    ];
    for (status, arguments) in arguments {
        let mut proctor = scene.proctor();
        // Nothing can be written to it.
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ended = proctor.args(arguments).stderr(full).status().unwrap();
        assert_eq!(ended.code(), Some(status), "{arguments:?}");
        scene.check_clean();
    }
}

#[test]
fn a_second_signal_ends_a_run_at_once() {
    let scene = Scene::new();
    // The machine does not go when it is asked to: the first signal alone takes seconds.
    let mut invocation = waiting(&scene, "--fake-ignore-sigterm");
    ended_by(&invocation, Signal::SIGINT);
    invocation.wait_for("interrupted by SIGINT");
    ended_by(&invocation, Signal::SIGINT);
    let ended = invocation.wait().expect(130);
    ended.does_not_say("1 test:");
}

#[test]
fn a_killed_host_leaves_nothing() {
    let scene = Scene::new();
    let invocation = waiting(&scene, "--fake-stray session");
    ended_by(&invocation, Signal::SIGKILL);
    // Waiting panics where anything stays behind.
    assert_eq!(invocation.wait().status.code(), None);
}

#[test]
fn a_killed_process_group_leaves_nothing() {
    let scene = Scene::new();
    let invocation = waiting(&scene, "--fake-ignore-sigterm");
    invocation.signal_group(Signal::SIGKILL);
    assert_eq!(invocation.wait().status.code(), None);
}
