//! Commands that run over their limit or print too much.

use std::time::{Duration, Instant};

use proctor_sdk::{Driver, ErrorKind, Result, bail, ensure};

/// The limit of commands that would run for minutes.
const BUDGET: Duration = Duration::from_millis(500);

/// The limit of commands that are to begin, or to print something, before it passes: enough on a busy computer.
const ROOM: Duration = Duration::from_secs(2);

/// Far below the minutes.
const PROMPT: Duration = Duration::from_secs(15);

#[proctor_sdk::test]
fn execute_ends_at_its_limit_with_status_124_and_the_output_so_far(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    let begun = Instant::now();
    let result = machine
        .command("echo begun; sleep 300; echo not reached")
        .timeout(ROOM)
        .execute()?;
    ensure!(
        begun.elapsed() >= ROOM && begun.elapsed() < PROMPT,
        "it took {:?}",
        begun.elapsed()
    );
    assert_eq!((result.status, result.output.text()), (124, "begun\n"));
    machine.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test]
fn succeed_is_an_error_at_its_limit(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let error = machine
        .command("sleep 300")
        .timeout(BUDGET)
        .succeed()
        .expect_err("it sleeps for long");
    let ErrorKind::TimedOut { limit, budget, .. } = error.kind() else {
        bail!("{error}")
    };
    ensure!(!limit.is_empty() && *budget == BUDGET, "{error}");
    assert_eq!(error.machine(), Some("machine"));
    ensure!(
        error.action().is_some_and(|action| action.contains("sleep 300")),
        "{error}"
    );
    ensure!(error.elapsed().is_some_and(|elapsed| elapsed >= BUDGET), "{error}");
    machine.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test]
fn a_killed_command_does_not_count_as_the_failure_that_fail_wants(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let error = machine
        .command("sleep 300")
        .timeout(BUDGET)
        .fail()
        .expect_err("it sleeps for long");
    ensure!(
        matches!(error.kind(), ErrorKind::TimedOut { budget, .. } if *budget == BUDGET),
        "{error}"
    );
    machine.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test]
fn a_command_within_its_limit_is_left_alone(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let minute = Duration::from_secs(60);
    ensure!(
        machine
            .command("sleep 0.2; echo done")
            .timeout(minute)
            .succeed()?
            .text()
            == "done\n"
    );
    ensure!(machine.command("echo done; exit 1").timeout(minute).fail()?.text() == "done\n");
    assert_eq!(machine.command("exit 124").timeout(minute).execute()?.status, 124);
    Ok(())
}

#[proctor_sdk::test]
fn boot_does_not_count_against_a_commands_limit(driver: Driver) -> Result<()> {
    // The machine is off; no boot of a real one takes so little.
    driver.only_machine()?.command("true").timeout(ROOM).succeed()?;
    Ok(())
}

#[proctor_sdk::test]
fn the_limit_kills_what_the_command_started(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let result = machine.command("sleep 300 & echo $!; wait").timeout(ROOM).execute()?;
    let child = result.output.trim();
    ensure!(!child.is_empty());
    machine
        .command(format!("kill -0 {child}").as_str())
        .timeout(PROMPT)
        .wait_until_fails()?;
    Ok(())
}

#[proctor_sdk::test]
fn the_limit_kills_what_ignores_signals(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let command = "trap '' HUP INT QUIT TERM; echo $BASHPID; while true; do sleep 0.1; done";
    let begun = Instant::now();
    let result = machine.command(command).timeout(ROOM).execute()?;
    ensure!(
        begun.elapsed() < PROMPT + Duration::from_secs(60),
        "it took {:?}",
        begun.elapsed()
    );
    assert_eq!(result.status, 124);
    let shell = result.output.trim();
    ensure!(!shell.is_empty());
    machine
        .command(format!("kill -0 {shell}").as_str())
        .timeout(PROMPT)
        .wait_until_fails()?;
    Ok(())
}

#[proctor_sdk::test]
fn the_limit_ends_an_endless_loop(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    assert_eq!(
        machine.command("while :; do :; done").timeout(BUDGET).execute()?.status,
        124
    );
    machine.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test(tags = ["slow"])]
fn output_without_end_is_too_large(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let error = machine.succeed("yes").expect_err("it never ends");
    let ErrorKind::OutputTooLarge { command, limit_bytes } = error.kind() else {
        bail!("{error}")
    };
    assert_eq!(command, "yes");
    ensure!(*limit_bytes > 0);
    ensure!(error.to_string().contains(&limit_bytes.to_string()), "{error}");
    machine.succeed("true")?;
    Ok(())
}
