//! VLANs: switches that start, that do not, and that die.

use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::time::Instant;

use proctor::event::{Events, Reporter};
use proctor::limits::{LimitName, VLAN_START};
use proctor::run_directory::RunDirectory;
use proctor::vlan::Vlan;
use proctor_tests::{LATE, Record, processes, separate_process, timed_out_by, write_script};

struct Scene {
    run: RunDirectory,
    record: Record,
    events: Events,
    _reporter: Reporter,
}

fn scene() -> Scene {
    let record = Record::default();
    let (reporter, events) = Reporter::start(vec![Box::new(record.clone())]).unwrap();
    Scene {
        run: RunDirectory::create(false, None).unwrap(),
        record,
        events,
        _reporter: reporter,
    }
}

/// Has the named test run in a process of its own, with this script of `sh` as `vde_switch`, or without any. Returns
/// whether this is that process.
fn with_switch(test: &str, script: Option<&str>) -> bool {
    let Some(mut own) = separate_process(test) else {
        return true;
    };
    let programs = tempfile::tempdir().unwrap();
    let mut path = programs.path().as_os_str().to_owned();
    if let Some(script) = script {
        write_script(&programs.path().join("vde_switch"), &format!("#!/bin/sh\n{script}\n"));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
    }
    let output = own.env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    false
}

#[tokio::test]
async fn a_switch_starts_serves_and_goes() {
    let scene = scene();
    let vlan = Vlan::start(3, &scene.run, &scene.events).await.unwrap();
    assert!(vlan.is_up() && vlan.number() == 3);
    let directory = scene.run.vlan(3);
    assert!(directory.join("ctl").exists());
    UnixStream::connect(directory.join("ctl"))
        .unwrap()
        .write_all(&[0; 4])
        .unwrap();
    let other = Vlan::start(4, &scene.run, &scene.events).await.unwrap();
    assert_eq!(processes::of_run(scene.run.path()).len(), 2);
    vlan.stop().await;
    assert!(other.is_up());
    assert_eq!(processes::of_run(scene.run.path()).len(), 1);
    drop(other);
    processes::wait_until_gone(scene.run.path()).await;
    assert!(!scene.record.has("ended by itself"));
    let path = scene.run.path().to_owned();
    drop(scene);
    processes::wait_until("the run's directory is left", || !path.exists()).await;
}

#[tokio::test]
async fn a_switch_that_dies_is_told() {
    let scene = scene();
    let vlan = Vlan::start(5, &scene.run, &scene.events).await.unwrap();
    let (process, _) = processes::of_run(scene.run.path()).remove(0);
    std::process::Command::new("kill")
        .args(["-9", &process.to_string()])
        .status()
        .unwrap();
    scene.record.wait_for("vde_switch ended by itself").await;
    assert!(
        scene.record.has("signal: 9") && scene.record.has("cut off"),
        "{:?}",
        scene.record.messages()
    );
    assert!(!vlan.is_up());
    vlan.stop().await;
}

#[tokio::test]
async fn a_missing_switch_is_told_with_what_to_do() {
    if with_switch("vlan::a_missing_switch_is_told_with_what_to_do", None) {
        let scene = scene();
        let error = Vlan::start(1, &scene.run, &scene.events).await.unwrap_err();
        assert!(error.to_string().contains("apt-get install vde2"), "{error}");
        assert!(error.to_string().contains("start VLAN 1"), "{error}");
    }
}

#[tokio::test]
async fn a_switch_that_does_not_start_is_quoted() {
    let script = "echo 'tap0: no such device' >&2; exit 4";
    if with_switch("vlan::a_switch_that_does_not_start_is_quoted", Some(script)) {
        let scene = scene();
        let start = Instant::now();
        let error = Vlan::start(1, &scene.run, &scene.events).await.unwrap_err();
        assert!(start.elapsed() < VLAN_START, "{:?}", start.elapsed());
        let text = error.to_string();
        assert!(
            text.contains("exit status: 4") && text.contains("tap0: no such device"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_silent_switch_passes_its_limit_and_is_killed() {
    let script = "trap '' TERM HUP; echo 'thinking'; sleep 1000 & wait; sleep 1000";
    if with_switch("vlan::a_silent_switch_passes_its_limit_and_is_killed", Some(script)) {
        let scene = scene();
        let start = Instant::now();
        let error = Vlan::start(1, &scene.run, &scene.events).await.unwrap_err();
        assert!(start.elapsed() < VLAN_START + LATE, "{:?}", start.elapsed());
        assert!(timed_out_by(&error, LimitName::VlanStart), "{error}");
        assert!(error.to_string().contains("thinking"), "{error}");
        processes::wait_until_gone(scene.run.path()).await;
    }
}

#[tokio::test]
async fn a_switch_that_prints_without_end_is_read_without_end() {
    let script = "mkdir -p \"$2\"; : > \"$2/ctl\"; echo '1000 Success'; exec yes 'a line of the switch'";
    if with_switch(
        "vlan::a_switch_that_prints_without_end_is_read_without_end",
        Some(script),
    ) {
        let scene = scene();
        let vlan = Vlan::start(1, &scene.run, &scene.events).await.unwrap();
        scene.record.wait_for("a line of the switch").await;
        vlan.stop().await;
        processes::wait_until_gone(scene.run.path()).await;
    }
}

/// A switch that serves until it is told to end, after what it prints.
const SERVE: &str = "exec sleep 1000";

#[tokio::test]
async fn a_switch_that_babbles_before_it_answers_starts() {
    // More than is quoted of what it prints, and the answer across two writes.
    let script = format!(
        "mkdir -p \"$2\"; : > \"$2/ctl\"; head -c 20000 /dev/zero | tr '\\0' 'x'; \
         printf '1000 Suc'; sleep 0.1; echo cess; {SERVE}"
    );
    if with_switch("vlan::a_switch_that_babbles_before_it_answers_starts", Some(&script)) {
        let scene = scene();
        let vlan = Vlan::start(1, &scene.run, &scene.events).await.unwrap();
        vlan.stop().await;
        processes::wait_until_gone(scene.run.path()).await;
    }
}

#[tokio::test]
async fn a_switch_whose_socket_comes_after_its_last_word_starts() {
    let script = format!("mkdir -p \"$2\"; echo '1000 Success'; sleep 0.2; : > \"$2/ctl\"; {SERVE}");
    if with_switch(
        "vlan::a_switch_whose_socket_comes_after_its_last_word_starts",
        Some(&script),
    ) {
        let scene = scene();
        let vlan = Vlan::start(1, &scene.run, &scene.events).await.unwrap();
        assert!(scene.run.vlan(1).join("ctl").exists());
        vlan.stop().await;
        processes::wait_until_gone(scene.run.path()).await;
    }
}

#[tokio::test]
async fn a_directory_that_the_switch_cannot_make_is_told() {
    let scene = scene();
    std::fs::write(scene.run.vlan(1), "in the way").unwrap();
    let error = Vlan::start(1, &scene.run, &scene.events).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("vde_switch did not start") && text.contains("printed: "),
        "{text}"
    );
    processes::wait_until_gone(scene.run.path()).await;
}
