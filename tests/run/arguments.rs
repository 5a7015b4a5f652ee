//! Every function of the interface answers whatever it is called with: no call traps, hangs or ends the run.

use std::time::Duration;

use proctor_tests::LATE;

use crate::scene::{Scene, run_of};

/// The call limit given here: what is waited for in vain with the longest timeout is on a machine that does not start.
const CALL_LIMIT: &str = "300ms";
/// Some thousand calls, half of them on a machine.
const PATIENCE: Duration = LATE.saturating_mul(16);
const GRANTS: [&str; 3] = ["--allow-monitor", "--allow-create-machine", "--allow-forward"];

/// Runs one of the program's tests, which passes.
fn check(test: &str, grants: &[&str]) {
    let scene = Scene::new();
    let data = scene.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("file"), "content").unwrap();
    let data = format!("data={}", data.display());
    let screen = scene.path().join("screen.ppm");
    std::fs::write(&screen, [&b"P6\n64 64\n255\n"[..], &[7; 3 * 64 * 64]].concat()).unwrap();
    let options = format!("--fake-vlan 1 --fake-screen '{}'", screen.display());
    let scripts = [
        scene.machine("machine", &options),
        scene.machine("dead", "--fake-die start"),
    ];
    let more = [
        "--vlans",
        "1",
        "--quiet",
        "--call-timeout",
        CALL_LIMIT,
        "--allow-read",
        &data,
        "--test",
        test,
    ];
    let ended = scene.run(run_of("hostile-arguments", &scripts, &[&more[..], grants].concat()));
    let report = ended.report();
    assert_eq!(report.verdict(test), "PASS", "{:#?}", report.failures);
    println!("{test}: {:?}", ended.elapsed);
    assert!(ended.elapsed < PATIENCE, "{:?}", ended.elapsed);
    let harmful = |c: char| c.is_control() && !"\n\t".contains(c) || c == '\u{202e}' || c == '\u{2028}';
    let shown = ended.stderr.lines().find(|line| line.contains(harmful));
    assert_eq!(shown, None);
    ended.expect(0);
}

#[test]
fn a_running_machine_is_called_without_grants() {
    check("a_running_machine_is_called", &[]);
}

#[test]
fn a_running_machine_is_called_with_all_grants() {
    check("a_running_machine_is_called", &GRANTS);
}

#[test]
fn a_dead_machine_is_called_without_grants() {
    check("a_dead_machine_is_called", &[]);
}

#[test]
fn a_dead_machine_is_called_with_all_grants() {
    check("a_dead_machine_is_called", &GRANTS);
}

#[test]
fn the_longest_time_is_a_time() {
    check("the_longest_time_is_a_time", &[]);
}
