//! The interface `machine`, and `network` where there is none. Wants one machine, `machine`, on no VLAN. Tests tagged `hangs`
//! want a fake machine, and what they use granted; those tagged `boots` one whose shell never answers.

mod within;

use std::time::{Duration, Instant};

use proctor_sdk::{Driver, ErrorKind, Result, bail, ensure};

/// Short, because the machine does not stop by itself.
const SHORT: Duration = Duration::from_millis(200);

/// Far below the time for which the commands here would run.
const PROMPT: Duration = Duration::from_secs(60);

/// Powers the guest off from inside, but never the computer that a fake machine's shell runs on: a fake machine has a
/// program of its own for it, and only virtual machines have this console.
const POWER_OFF: &str =
    r#"if [ -n "${PROCTOR_DEV:-}" ]; then "$PROCTOR_DEV/../bin/poweroff"; else [ -e /dev/hvc0 ] && poweroff; fi"#;

#[proctor_sdk::test]
fn a_machine_knows_its_name(driver: Driver) -> Result<()> {
    assert_eq!(driver.only_machine()?.name(), "machine");
    Ok(())
}

#[proctor_sdk::test]
fn a_machine_is_off_at_first(driver: Driver) -> Result<()> {
    ensure!(!driver.only_machine()?.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn connect_starts_the_machine_and_waits_for_its_shell(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    ensure!(machine.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn starting_twice_is_starting_once(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start()?;
    machine.start()?;
    machine.connect()?;
    let shell = machine.succeed("echo $$")?;
    machine.start()?;
    machine.connect()?;
    ensure!(
        machine.succeed("echo $$")?.text() == shell.text(),
        "the machine was started anew"
    );
    Ok(())
}

#[proctor_sdk::test]
fn the_first_command_starts_the_machine(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed("true")?;
    ensure!(machine.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn a_crash_stops_the_machine(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    machine.crash()?;
    ensure!(!machine.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn a_machine_may_crash_before_it_has_booted(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start()?;
    machine.crash()?;
    ensure!(!machine.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn stopping_does_nothing_where_the_machine_is_off(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.crash()?;
    machine.shutdown()?;
    machine.within(SHORT).shutdown()?;
    machine.wait_for_shutdown()?;
    machine.within(SHORT).wait_for_shutdown()?;
    ensure!(!machine.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn a_shutdown_stops_the_machine(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    machine.shutdown()?;
    ensure!(!machine.is_up());
    machine.wait_for_shutdown()
}

#[proctor_sdk::test]
fn a_shutdown_with_a_limit_stops_the_machine(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    machine.within(Duration::from_secs(60)).shutdown()?;
    ensure!(!machine.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn waiting_for_a_shutdown_passes_its_limit_while_the_machine_runs(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    let error = machine.within(SHORT).wait_for_shutdown().expect_err("the machine runs");
    ensure!(
        matches!(error.kind(), ErrorKind::TimedOut { budget, .. } if *budget == SHORT),
        "{error}"
    );
    assert_eq!(error.machine(), Some("machine"));
    ensure!(error.action().is_some_and(|action| !action.is_empty()));
    ensure!(error.elapsed().is_some_and(|elapsed| elapsed >= SHORT), "{error}");
    ensure!(error.place().file().ends_with("lib.rs"), "{}", error.place());
    ensure!(machine.is_up(), "waiting stopped the machine");
    Ok(())
}

#[proctor_sdk::test]
fn a_machine_starts_again_after_a_crash(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    for round in 0..3 {
        machine.start()?;
        machine.connect()?;
        assert_eq!(machine.succeed(format!("echo {round}"))?.trim(), round.to_string());
        machine.crash()?;
    }
    Ok(())
}

#[proctor_sdk::test]
fn a_machine_starts_again_after_a_shutdown(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    machine.shutdown()?;
    machine.connect()?;
    ensure!(machine.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn a_command_after_a_crash_starts_the_machine_again(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    machine.crash()?;
    machine.succeed("true")?;
    ensure!(machine.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn a_shutdown_may_take_longer_than_it_has(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    let budget = Duration::from_millis(1);
    let error = machine
        .within(budget)
        .shutdown()
        .expect_err("nothing stops in a millisecond");
    ensure!(
        matches!(error.kind(), ErrorKind::TimedOut { budget: told, .. } if *told == budget),
        "{error}"
    );
    Ok(())
}

#[proctor_sdk::test]
fn waiting_for_a_shutdown_ends_when_the_guest_powers_off(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed(format!("(sleep 0.3; {POWER_OFF}) < /dev/null > /dev/null 2>&1 &"))?;
    machine.within(PROMPT).wait_for_shutdown()?;
    ensure!(!machine.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn a_command_fails_at_once_when_the_machine_stops_under_it(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    let begun = Instant::now();
    let error = machine
        .succeed(format!("{POWER_OFF}; sleep 600"))
        .expect_err("the machine is off");
    ensure!(begun.elapsed() < PROMPT, "it took {:?}", begun.elapsed());
    let ErrorKind::MachineDown { status, .. } = error.kind() else {
        bail!("{error}")
    };
    ensure!(!status.is_empty());
    assert_eq!(error.machine(), Some("machine"));
    ensure!(!machine.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn a_machine_without_a_vlan_cannot_be_blocked(driver: Driver) -> Result<()> {
    let alone = driver.only_machine()?;
    alone.connect()?;
    for outcome in [alone.block(), alone.unblock()] {
        let error = outcome.expect_err("the machine is on no VLAN");
        ensure!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error}");
        assert_eq!(error.machine(), Some("machine"));
    }
    Ok(())
}

#[proctor_sdk::test]
fn a_machine_that_may_reboots(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start_allowing_reboot()?;
    let before = machine.succeed("echo $$")?;
    machine.reboot()?;
    ensure!(
        machine.succeed("echo $$")?.text() != before.text(),
        "the shell is a new one"
    );
    machine.within(Duration::from_secs(60)).reboot()?;
    machine.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test]
fn a_machine_that_may_not_reboot_does_not(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    let error = machine.reboot().expect_err("it may not");
    ensure!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
    machine.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test]
fn the_root_is_switched(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    // A service manager that goes on by ending the first shell.
    machine.succeed(
        r#"
        read -r _ _ _ first _ < /proc/$PPID/stat
        printf '#!/bin/sh\n[ "$1" = isolate ] || { echo ActiveState=active; exit; }
            (sleep 0.2; kill -9 '$first') > /dev/null 2>&1 &\n' > "${PATH%%:*}/systemctl"
        chmod +x "${PATH%%:*}/systemctl""#,
    )?;
    let before = machine.succeed("echo $$")?;
    machine.switch_root()?;
    ensure!(
        machine.succeed("echo $$")?.text() != before.text(),
        "the shell is a new one"
    );
    Ok(())
}
