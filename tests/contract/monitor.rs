//! The monitor, as tests that may command it see it.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::grants::Grants;
use proctor::limits::Limits;
use proctor_tests::{Bench, LATE, path_from_environment, write_script};

fn granted() -> Grants {
    Grants {
        monitor: true,
        ..Grants::default()
    }
}

#[tokio::test]
async fn nothing_is_commanded_that_is_not_granted() {
    let bench = Bench::fake("");
    bench.machine.start(false, None).await.unwrap();
    let none = Grants::default();
    let machine = &bench.machine;
    for error in [
        machine
            .send_monitor_command(&none, "info status", None)
            .await
            .unwrap_err(),
        machine
            .send_qmp_command(&none, "query-status", None, None)
            .await
            .unwrap_err(),
        machine.wait_for_qmp_event(&none, None, None, None).await.unwrap_err(),
    ] {
        assert!(
            matches!(
                error.cause,
                Cause::Denied {
                    capability: "allow-monitor",
                    ..
                }
            ),
            "{error}"
        );
        assert!(error.to_string().contains("run with --allow-monitor"), "{error}");
    }
}

#[tokio::test]
async fn answers_and_errors_are_returned() {
    let bench = Bench::fake("");
    let (machine, grants) = (&bench.machine, granted());
    let error = machine
        .send_monitor_command(&grants, "info status", None)
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
    machine.start(false, None).await.unwrap();
    let printed = machine
        .send_monitor_command(&grants, "info status", None)
        .await
        .unwrap();
    assert_eq!(printed, "VM status: running\r\n");
    for (command, says) in [
        ("frobnicate", "unknown command"),
        ("set_link nothing on", "Error: Device 'nothing'"),
        ("hostfwd_add garbage", "Invalid host forwarding rule 'garbage'"),
        ("drive_add x y", "Must specify either driver or file"),
        ("info frobnicate", "unknown command"),
    ] {
        let error = machine.send_monitor_command(&grants, command, None).await.unwrap_err();
        assert!(matches!(error.cause, Cause::Monitor(_)), "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    let answer = machine
        .send_qmp_command(&grants, "query-status", Some("{}"), None)
        .await
        .unwrap();
    assert!(answer.contains("\"status\":\"running\""), "{answer}");
    let error = machine
        .send_qmp_command(&grants, "frobnicate", None, None)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("frobnicate: The command frobnicate has not been found"),
        "{error}"
    );
    for arguments in ["", "[]", "{", "1"] {
        let error = machine
            .send_qmp_command(&grants, "stop", Some(arguments), None)
            .await
            .unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    }
    let error = machine
        .send_monitor_command(&grants, "info\nquit", None)
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    bench.check_usable().await;
}

#[tokio::test]
async fn what_info_prints_is_never_an_error() {
    let bench = Bench::new(&Limits::default(), &[], |directory| {
        let path = directory.join("run-machine-vm");
        let fake = path_from_environment("PROCTOR_FAKE_MACHINE");
        let text = format!(
            "#!/bin/sh\nexec '{}' -- -name 'Error: not found' \"$@\"\n",
            fake.display()
        );
        write_script(&path, &text);
        path
    });
    let machine = &bench.machine;
    machine.start(false, None).await.unwrap();
    let printed = machine
        .send_monitor_command(&granted(), "info name", None)
        .await
        .unwrap();
    assert_eq!(printed, "Error: not found\r\n");
}

#[tokio::test]
async fn events_are_waited_for_and_each_is_told_once() {
    let bench = Bench::fake("");
    let (machine, grants) = (&bench.machine, granted());
    machine.start(false, None).await.unwrap();
    for command in ["stop", "cont", "stop", "cont"] {
        machine.send_qmp_command(&grants, command, None, None).await.unwrap();
    }
    let wait = |name, limit| machine.wait_for_qmp_event(&grants, name, None, limit);
    for name in ["STOP", "STOP", "RESUME"] {
        let event = wait(Some(name), None).await.unwrap();
        assert!(
            event.contains(&format!("\"event\":\"{name}\"")) && event.contains("timestamp"),
            "{event}"
        );
    }
    // The first RESUME lies before the second STOP.
    let start = Instant::now();
    let limit = Duration::from_millis(300);
    let error = wait(Some("RESUME"), Some(limit)).await.unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    assert!(
        error.to_string().contains("none of them this; the last: RESUME"),
        "{error}"
    );
    assert!(
        start.elapsed() >= limit && start.elapsed() < LATE,
        "{:?}",
        start.elapsed()
    );
    let filter = machine
        .wait_for_qmp_event(&grants, None, Some("[1]"), None)
        .await
        .unwrap_err();
    assert!(matches!(filter.cause, Cause::InvalidArgument(_)), "{filter}");
    let late = async {
        tokio::time::sleep(limit).await;
        machine.send_qmp_command(&grants, "stop", None, None).await.unwrap();
    };
    let (event, ()) = tokio::join!(wait(None, None), late);
    assert!(event.unwrap().contains("STOP"));
}

#[tokio::test]
async fn the_machines_end_ends_a_wait_for_an_event() {
    let bench = Bench::fake("");
    let (machine, grants) = (&bench.machine, granted());
    machine.start(false, None).await.unwrap();
    let start = Instant::now();
    let end = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        machine.crash(None).await.unwrap();
    };
    let (error, ()) = tokio::join!(machine.wait_for_qmp_event(&grants, Some("NEVER"), None, None), end);
    let error = error.unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
}
