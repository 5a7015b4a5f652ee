//! The interface `units`. Wants one machine with a `systemctl`, which these tests bring along: what a real service manager
//! does is a matter of machines that have one.

use std::time::Duration;

use proctor_sdk::{Driver, ErrorKind, Machine, Result, bail, ensure};

/// The limit of waits that are in vain.
const BUDGET: Duration = Duration::from_millis(700);

/// The machine, with a `systemctl` that knows the units `up` and `broken`.
fn machine(driver: &Driver) -> Result<Machine> {
    let machine = driver.only_machine()?;
    machine.succeed(
        r#"
        cd "${PATH%%:*}"
        printf '#!/bin/bash\n[ "$1" != --user ] || shift\ncase ${!#} in
            up) state=active ;; broken) state=failed ;; *) state=activating ;; esac
            case $1 in start | stop) echo "$1"; [ "$state" = active ] ;;
            *) printf "Id=%%s\nActiveState=$state\nSubState=sub\nLoadState=loaded\n" "${!#}" ;; esac\n' > systemctl
        printf '#!/bin/sh\necho its last words\n' > journalctl
        printf '#!/bin/bash\nexec bash -c "${!#}"\n' > su
        chmod +x systemctl journalctl su"#,
    )?;
    Ok(machine)
}

#[proctor_sdk::test]
fn a_unit_is_waited_for(driver: Driver) -> Result<()> {
    let machine = machine(&driver)?;
    machine.wait_for_unit("up")?;
    machine.wait_for_unit_state("broken", "failed")?;
    machine.require_unit_state("up", "active")?;
    machine.units_of("alice").wait_for_unit("up")?;
    machine.units_of("alice").wait_for_unit_state("up", "active")?;
    machine.units_of("alice").require_unit_state("up", "active")
}

#[proctor_sdk::test]
fn a_failed_unit_is_told_with_its_journal(driver: Driver) -> Result<()> {
    let machine = machine(&driver)?;
    let error = machine.wait_for_unit("broken").expect_err("it has failed");
    let ErrorKind::UnitFailed {
        unit,
        user,
        state,
        message,
        journal,
    } = error.kind()
    else {
        bail!("{error}")
    };
    assert_eq!((unit.as_str(), user, state.as_str()), ("broken", &None, "failed"));
    assert_eq!(message, "unit \"broken\" reached state \"failed\"");
    assert_eq!(journal, &["its last words"]);
    let error = machine
        .require_unit_state("broken", "active")
        .expect_err("it has failed");
    ensure!(error.to_string().contains("to to be in state 'active'"), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn a_unit_that_does_not_come_up_is_given_up_in_time(driver: Driver) -> Result<()> {
    let machine = machine(&driver)?;
    let error = machine
        .within(BUDGET)
        .wait_for_unit("slow")
        .expect_err("it never comes up");
    let ErrorKind::TimedOut { budget, last_seen, .. } = error.kind() else {
        bail!("{error}")
    };
    assert_eq!(*budget, BUDGET);
    let seen = last_seen.as_deref().unwrap_or_default();
    ensure!(
        seen.contains("activating (sub, loaded)") && seen.contains("its last words"),
        "{seen}"
    );
    Ok(())
}

#[proctor_sdk::test]
fn properties_and_jobs_are_told(driver: Driver) -> Result<()> {
    let machine = machine(&driver)?;
    assert_eq!(machine.get_unit_info("up")?["Id"], "up");
    assert_eq!(machine.get_unit_property("up", "ActiveState")?, "active");
    assert_eq!(machine.units_of("alice").get_unit_info("up")?["SubState"], "sub");
    assert_eq!(
        machine.units_of("alice").get_unit_property("up", "LoadState")?,
        "loaded"
    );
    let error = machine
        .get_unit_property("up", "Nothing")
        .expect_err("there is no such property");
    ensure!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
    for units in [machine.start_job("up")?, machine.units_of("alice").start_job("up")?] {
        assert_eq!((units.status, units.output.trim()), (0, "start"));
    }
    for units in [
        machine.stop_job("broken")?,
        machine.units_of("alice").stop_job("broken")?,
    ] {
        assert_eq!((units.status, units.output.trim()), (1, "stop"));
    }
    let ended = machine.systemctl("show what")?;
    ensure!(
        ended.success() && ended.output.text().starts_with("Id=what"),
        "{ended:?}"
    );
    machine.units_of("alice").systemctl("show what")?;
    Ok(())
}
