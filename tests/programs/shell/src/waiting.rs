//! Commands that are repeated, and sleep.

use std::time::{Duration, Instant};

use proctor_sdk::{Driver, ErrorKind, Machine, Result, bail, ensure};

/// The limit of waits that are in vain.
const BUDGET: Duration = Duration::from_millis(700);

/// Far above what the waits here need.
const AMPLE: Duration = Duration::from_secs(30);

/// A directory of the test's own on the machine.
fn directory(machine: &Machine) -> Result<String> {
    Ok(machine.succeed("mktemp -d")?.trim().to_owned())
}

/// A command that counts its runs in a directory and prints the count.
fn count(directory: &str) -> String {
    format!("echo >> {directory}/runs; runs=$(wc -l < {directory}/runs); echo $runs")
}

#[proctor_sdk::test]
fn a_wait_ends_with_the_first_success(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let directory = directory(&machine)?;
    let output = machine.wait_until_succeeds(format!("{}; [ $runs = 3 ]", count(&directory)))?;
    assert_eq!(output.trim(), "3");
    machine.succeed(format!("rm -r {directory}"))?;
    Ok(())
}

#[proctor_sdk::test]
fn a_wait_ends_with_the_first_failure(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let directory = directory(&machine)?;
    let output = machine.wait_until_fails(format!("{}; [ $runs != 3 ]", count(&directory)))?;
    assert_eq!(output.trim(), "3");
    machine.succeed(format!("rm -r {directory}"))?;
    Ok(())
}

#[proctor_sdk::test]
fn a_wait_that_need_not_wait_runs_its_command_once(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let directory = directory(&machine)?;
    let command = count(&directory);
    assert_eq!(
        machine
            .command(command.as_str())
            .timeout(AMPLE)
            .wait_until_succeeds()?
            .trim(),
        "1"
    );
    let command = format!("{command}; false");
    assert_eq!(
        machine
            .command(command.as_str())
            .timeout(AMPLE)
            .wait_until_fails()?
            .trim(),
        "2"
    );
    machine.succeed(format!("rm -r {directory}"))?;
    Ok(())
}

#[proctor_sdk::test]
fn an_attempt_that_hangs_gives_way_to_the_next(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let directory = directory(&machine)?;
    let hanging = format!("{}; [ $runs = 3 ] || sleep 1000", count(&directory));
    let attempt = Duration::from_millis(200);
    let wait = machine.command(&hanging).timeout(AMPLE).attempt_timeout(attempt);
    assert_eq!(wait.wait_until_succeeds()?.trim(), "3");
    let error = machine
        .command("sleep 1000")
        .timeout(BUDGET)
        .attempt_timeout(attempt)
        .wait_until_fails()
        .expect_err("it never fails by itself");
    ensure!(matches!(error.kind(), ErrorKind::TimedOut { .. }), "{error}");
    machine.succeed(format!("rm -r {directory}"))?;
    Ok(())
}

#[proctor_sdk::test]
fn a_wait_for_success_in_vain_tells_the_last_status_and_output(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let error = machine
        .command("echo not yet; exit 7")
        .timeout(BUDGET)
        .wait_until_succeeds()
        .expect_err("it never succeeds");
    let ErrorKind::TimedOut { budget, last_seen, .. } = error.kind() else {
        bail!("{error}")
    };
    assert_eq!(*budget, BUDGET);
    let seen = last_seen.as_deref().unwrap_or_default();
    ensure!(seen.contains('7') && seen.contains("not yet"), "last seen: {seen}");
    ensure!(error.elapsed().is_some_and(|elapsed| elapsed >= BUDGET), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn a_wait_for_failure_in_vain_tells_the_last_status_and_output(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let error = machine
        .command("echo still fine")
        .timeout(BUDGET)
        .wait_until_fails()
        .expect_err("it never fails");
    let ErrorKind::TimedOut { budget, last_seen, .. } = error.kind() else {
        bail!("{error}")
    };
    assert_eq!(*budget, BUDGET);
    let seen = last_seen.as_deref().unwrap_or_default();
    ensure!(seen.contains('0') && seen.contains("still fine"), "last seen: {seen}");
    Ok(())
}

#[proctor_sdk::test]
fn an_attempt_gets_no_more_than_what_is_left(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    let begun = Instant::now();
    for outcome in [
        machine.command("sleep 300").timeout(BUDGET).wait_until_succeeds(),
        machine.command("sleep 300").timeout(BUDGET).wait_until_fails(),
    ] {
        let error = outcome.expect_err("it sleeps for long");
        ensure!(matches!(error.kind(), ErrorKind::TimedOut { .. }), "{error}");
    }
    ensure!(begun.elapsed() < AMPLE, "it took {:?}", begun.elapsed());
    machine.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test]
fn sleep_lets_time_pass(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    let begun = Instant::now();
    machine.sleep(Duration::from_millis(300))?;
    // The machine's clock need not run exactly as fast as ours.
    ensure!(
        begun.elapsed() >= Duration::from_millis(270),
        "it took {:?}",
        begun.elapsed()
    );
    ensure!(begun.elapsed() < AMPLE, "it took {:?}", begun.elapsed());
    Ok(())
}

#[proctor_sdk::test]
fn sleeping_for_no_time_is_allowed(driver: Driver) -> Result<()> {
    driver.only_machine()?.sleep(Duration::ZERO)
}
