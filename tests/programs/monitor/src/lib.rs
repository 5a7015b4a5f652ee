//! The interface `monitor`. Wants one machine. Tests tagged `granted` want `--allow-monitor`, the others want to be denied.

use std::time::Duration;

use proctor_sdk::{Driver, ErrorKind, EventFilter, Result, bail, ensure};

/// The limit of waits that are in vain.
const BUDGET: Duration = Duration::from_millis(300);

#[proctor_sdk::test(tags = ["granted"])]
fn commands_are_answered(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start()?;
    ensure!(machine.send_monitor_command("info status")?.contains("running"));
    let status = machine.send_qmp_command("query-status", None)?;
    ensure!(status.contains("\"running\":true"), "{status}");
    let error = machine.send_qmp_command("set_link", Some(r#"{"name": "nothing", "up": true}"#));
    let error = error.expect_err("there is no such device");
    let ErrorKind::Monitor(text) = error.kind() else {
        bail!("{error}")
    };
    ensure!(text.contains("nothing"), "{text}");
    Ok(())
}

#[proctor_sdk::test(tags = ["granted"])]
fn events_are_told(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start_allowing_reboot()?;
    machine.send_monitor_command("system_reset")?;
    let filter = EventFilter::named("RESET").with_data(r#"{"guest": false}"#);
    let event = machine.wait_for_qmp_event(&filter)?;
    ensure!(event.contains("\"event\":\"RESET\""), "{event}");
    let error = machine
        .within(BUDGET)
        .wait_for_qmp_event(&filter)
        .expect_err("there was one");
    ensure!(matches!(error.kind(), ErrorKind::TimedOut { .. }), "{error}");
    machine.send_monitor_command("stop")?;
    machine.send_monitor_command("cont")?;
    let next = [EventFilter::default(), EventFilter::default()].map(|any| machine.wait_for_qmp_event(&any));
    for (event, name) in next.into_iter().zip(["STOP", "RESUME"]) {
        ensure!(event?.contains(name), "{name}");
    }
    Ok(())
}

#[proctor_sdk::test(tags = ["denied"])]
fn without_leave_nothing_is_commanded(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start()?;
    for error in [
        machine.send_monitor_command("quit").expect_err("it is denied"),
        machine.send_qmp_command("quit", None).expect_err("it is denied"),
        machine
            .wait_for_qmp_event(&EventFilter::default())
            .expect_err("it is denied"),
    ] {
        let ErrorKind::Denied { capability, .. } = error.kind() else {
            bail!("{error}")
        };
        assert_eq!(capability, "allow-monitor");
    }
    machine.succeed("true")?;
    Ok(())
}
