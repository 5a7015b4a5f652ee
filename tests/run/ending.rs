//! However a run ends, nothing of it is left, and the exit status says how.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::invocation::{Ended, Invocation};
use crate::scene::{Scene, run_of};

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
    assert!(ended.elapsed < Duration::from_secs(30), "{:?}", ended.elapsed);
}

#[test]
fn one_signal_ends_a_run_in_good_order() {
    for (signal, status, name) in [(Signal::SIGINT, 130, "SIGINT"), (Signal::SIGTERM, 143, "SIGTERM")] {
        let scene = Scene::new();
        let invocation = waiting(&scene, "");
        ended_by(&invocation, signal);
        let ended = invocation.wait().expect(status);
        check_in_time(&ended);
        ended.says(&format!("interrupted by {name}")).says("1 test:");
    }
}

#[test]
fn a_second_signal_ends_a_run_at_once() {
    let scene = Scene::new();
    // The machine does not go when it is asked to: the first signal alone takes seconds.
    let invocation = waiting(&scene, "--fake-ignore-sigterm");
    ended_by(&invocation, Signal::SIGINT);
    std::thread::sleep(Duration::from_millis(300));
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
