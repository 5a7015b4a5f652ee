//! The services of a machine that runs systemd.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::machine::Unit;
use proctor_tests::{Bench, LATE, PATIENCE};

/// Far above what anything here takes.
const AMPLE: Option<Duration> = Some(Duration::from_secs(120));

fn unit(name: &str) -> Unit<'_> {
    Unit { name, user: None }
}

fn user_unit(name: &str) -> Unit<'_> {
    Unit {
        name,
        user: Some("alice"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_waited_for_and_told() {
    let bench = Bench::systemd("");
    let machine = &bench.machine;
    machine.wait_for_unit(unit("multi-user.target"), AMPLE).await.unwrap();

    assert_eq!(machine.start_job(unit("nginx"), None).await.unwrap().status, 0);
    machine.wait_for_unit(unit("nginx"), AMPLE).await.unwrap();
    machine
        .require_unit_state(unit("nginx.service"), "active", None)
        .await
        .unwrap();
    machine.wait_for_open_port(80, None, AMPLE).await.unwrap();
    let properties = machine.get_unit_info(unit("nginx"), None).await.unwrap();
    assert!(
        properties.contains(&("Id".to_owned(), "nginx.service".to_owned())),
        "{properties:?}"
    );
    let found = machine
        .get_unit_property(unit("nginx"), "SubState", None)
        .await
        .unwrap();
    assert_eq!(found, "running");

    // A reload is no restart: the process stays, and heeds its new configuration.
    let process = machine.get_unit_property(unit("nginx"), "MainPID", None).await.unwrap();
    bench
        .text("echo 'server { listen 8080; }' > /etc/nginx/conf.d/more.conf")
        .await;
    assert_eq!(machine.systemctl("reload nginx", None, AMPLE).await.unwrap().status, 0);
    machine.wait_for_unit(unit("nginx"), AMPLE).await.unwrap();
    machine.wait_for_open_port(8080, None, AMPLE).await.unwrap();
    let after = machine.get_unit_property(unit("nginx"), "MainPID", None).await.unwrap();
    assert_eq!(after, process);
    assert_eq!(machine.stop_job(unit("nginx"), None).await.unwrap().status, 0);
    machine
        .wait_for_unit_state(unit("nginx"), "inactive", AMPLE)
        .await
        .unwrap();
    machine.wait_for_closed_port(80, None, AMPLE).await.unwrap();

    let start = Instant::now();
    let _ = machine.start_job(unit("failing"), None).await.unwrap();
    let error = machine.wait_for_unit(unit("failing"), AMPLE).await.unwrap_err();
    let Cause::UnitFailed {
        state,
        message,
        journal,
        ..
    } = &error.cause
    else {
        panic!("{error}")
    };
    assert_eq!(
        (state.as_str(), message.as_str()),
        ("failed", "unit \"failing\" reached state \"failed\"")
    );
    assert!(journal.iter().any(|line| line == "the disk is on fire"), "{journal:?}");
    let error = machine.wait_for_unit(unit("idle"), AMPLE).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("unit \"idle\" is inactive and there are no pending jobs"),
        "{error}"
    );
    let error = machine.wait_for_unit(unit("no-such"), AMPLE).await.unwrap_err();
    assert!(error.to_string().contains("the machine has no such unit"), "{error}");
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());

    // As long a limit as leaves a busy machine the time to tell the journal.
    let minute = "--no-block --unit=minute --description='Service that takes a minute' --property=Type=oneshot --property=RemainAfterExit=yes sleep 60";
    bench.text(&format!("systemd-run {minute} 2>&1")).await;
    let start = Instant::now();
    let limit = Duration::from_secs(8);
    let error = machine.wait_for_unit(unit("minute"), Some(limit)).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("unit \"minute\": activating (start, loaded)"),
        "{error}"
    );
    assert!(
        error.to_string().contains("Starting Service that takes a minute"),
        "{error}"
    );
    assert!(start.elapsed() < limit + LATE, "{:?}", start.elapsed());

    // One that reloads is not active before it has done so.
    let reloading = "--unit=reloading --property='ExecReload=/bin/sh -c \"until [ -e /run/go-on ]; do sleep 0.1; done\"' sleep infinity";
    bench.text(&format!("systemd-run {reloading} 2>&1")).await;
    let reload = machine.systemctl("reload --no-block reloading", None, AMPLE).await;
    assert_eq!(reload.unwrap().status, 0);
    machine
        .wait_for_unit_state(unit("reloading"), "reloading", AMPLE)
        .await
        .unwrap();
    let limit = Some(Duration::from_secs(3));
    let error = machine.wait_for_unit(unit("reloading"), limit).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("unit \"reloading\": reloading (reload, loaded)"),
        "{error}"
    );
    bench.text("touch /run/go-on").await;
    machine.wait_for_unit(unit("reloading"), AMPLE).await.unwrap();
    let started = machine.systemctl("start --no-block slow", None, AMPLE).await.unwrap();
    assert_eq!(started.status, 0);
    machine.wait_for_unit(unit("slow"), AMPLE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_units_are_the_users_own() {
    let bench = Bench::systemd("");
    let machine = &bench.machine;
    machine.wait_for_unit(unit("multi-user.target"), AMPLE).await.unwrap();
    bench.text("loginctl enable-linger alice").await;
    machine.wait_for_unit(user_unit("default.target"), AMPLE).await.unwrap();
    assert_eq!(machine.start_job(user_unit("greeter"), None).await.unwrap().status, 0);
    machine.wait_for_unit(user_unit("greeter"), AMPLE).await.unwrap();
    // The machine's own service manager does not know it.
    let error = machine.wait_for_unit(unit("greeter"), AMPLE).await.unwrap_err();
    assert!(matches!(error.cause, Cause::UnitFailed { .. }), "{error}");
    assert_eq!(machine.stop_job(user_unit("greeter"), None).await.unwrap().status, 0);
    let error = machine.wait_for_unit(user_unit("greeter"), AMPLE).await.unwrap_err();
    let Cause::UnitFailed { user, journal, .. } = &error.cause else {
        panic!("{error}")
    };
    assert_eq!(user.as_deref(), Some("alice"));
    assert!(journal.iter().any(|line| line == "hello from alice"), "{journal:?}");
}
