//! Conditions that are looked at while a call waits.

use std::cell::Cell;
use std::time::{Duration, Instant};

use proctor_sdk::{Driver, ErrorKind, EventFilter, Machine, Result, bail, ensure};

/// How soon after a condition has ceased to hold a wait has to tell, with a machine that is busy.
const SOON: Duration = Duration::from_secs(5);
const OFTEN: Duration = Duration::from_millis(100);

/// A wait that is in vain breaks off when a condition ceases to hold.
fn is_broken_off(driver: &Driver, name: &str, wait: impl Fn(&Machine) -> Result<()>) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let start = Cell::new(Instant::now());
    let condition = driver
        .polling_condition("it is early")
        .every(OFTEN)
        .check(|| start.get().elapsed() < 3 * OFTEN);
    let waited = condition.hold(|| {
        start.set(Instant::now());
        wait(&machine)
    });
    let elapsed = start.get().elapsed();
    match waited {
        Err(error) if matches!(error.kind(), ErrorKind::PollingConditionFailed { .. }) => {}
        other => bail!("{name}: {other:?}"),
    }
    ensure!(elapsed < SOON, "{name} took {elapsed:?}");
    Ok(())
}

#[proctor_sdk::test]
fn every_wait_looks_at_conditions(driver: Driver) -> Result<()> {
    is_broken_off(&driver, "wait_until_succeeds", |machine| {
        machine.wait_until_succeeds("false").map(drop)
    })?;
    is_broken_off(&driver, "wait_until_fails", |machine| {
        machine.wait_until_fails("true").map(drop)
    })?;
    is_broken_off(&driver, "wait_for_file", |machine| machine.wait_for_file("/no/such"))?;
    is_broken_off(&driver, "wait_for_open_port", |machine| machine.wait_for_open_port(1))?;
    is_broken_off(&driver, "wait_for_open_unix_socket", |machine| {
        machine.wait_for_open_unix_socket("/no/such")
    })?;
    is_broken_off(&driver, "wait_for_console_text", |machine| {
        machine.wait_for_console_text("never said").map(drop)
    })?;
    is_broken_off(&driver, "wait_for_shutdown", Machine::wait_for_shutdown)?;
    is_broken_off(&driver, "sleep", |machine| machine.sleep(Duration::from_secs(60)))?;
    is_broken_off(&driver, "join_all", |_| driver.join_all())
}

#[proctor_sdk::test(tags = ["granted"])]
fn a_wait_for_an_event_looks_at_conditions(driver: Driver) -> Result<()> {
    is_broken_off(&driver, "wait_for_qmp_event", |machine| {
        machine.wait_for_qmp_event(&EventFilter::named("NEVER")).map(drop)
    })
}

#[proctor_sdk::test]
fn a_wait_goes_on_where_the_condition_holds(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let looks = Cell::new(0);
    let condition = driver
        .polling_condition("holds")
        .every(OFTEN)
        .check(|| looks.set(looks.get() + 1));
    condition.hold(|| {
        machine.succeed("(sleep 0.7; touch there) > /dev/null &")?;
        machine.wait_for_file(format!("{}/there", machine.succeed("pwd")?.trim()))?;
        ensure!(looks.get() >= 3, "{} looks", looks.get());
        Ok(())
    })
}

#[proctor_sdk::test]
fn a_wait_in_vain_tells_its_whole_time(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let limit = Duration::from_millis(900);
    let condition = driver.polling_condition("holds").every(OFTEN).check(|| true);
    let error = condition
        .hold(|| machine.within(limit).wait_until_succeeds("echo still; false"))
        .expect_err("it is in vain");
    let ErrorKind::TimedOut { budget, last_seen, .. } = error.kind() else {
        bail!("{error}")
    };
    assert_eq!(*budget, limit);
    ensure!(last_seen.as_ref().is_some_and(|seen| seen.contains("still")), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn a_sleep_lasts_as_long_as_it_should(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let (looks, duration) = (Cell::new(0), Duration::from_millis(900));
    let condition = driver
        .polling_condition("holds")
        .every(OFTEN)
        .check(|| looks.set(looks.get() + 1));
    let start = Instant::now();
    condition.hold(|| machine.sleep(duration))?;
    ensure!(start.elapsed() >= duration, "{:?}", start.elapsed());
    ensure!(looks.get() >= 4, "{} looks", looks.get());
    Ok(())
}

#[proctor_sdk::test]
fn a_condition_waits_itself(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let condition = driver
        .polling_condition("waits")
        .every(Duration::ZERO)
        .check(|| machine.wait_until_succeeds("sleep 0.1"));
    condition.hold(|| {
        machine
            .within(Duration::from_millis(500))
            .wait_until_fails("false")
            .map(drop)
    })
}

#[proctor_sdk::test]
fn a_condition_that_hangs_in_the_host_does_not_hold(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let condition = driver.polling_condition("hangs").check(|| machine.succeed("sleep 600"));
    let start = Instant::now();
    let error = condition
        .hold(|| machine.succeed("true"))
        .expect_err("its time is bounded");
    let ErrorKind::PollingConditionFailed { message, .. } = error.kind() else {
        bail!("{error}")
    };
    ensure!(message.contains("condition limit (--condition-timeout)"), "{message}");
    ensure!(start.elapsed() < SOON, "{:?}", start.elapsed());
    // The machine is none the worse for it.
    machine.succeed("true")?;
    Ok(())
}
