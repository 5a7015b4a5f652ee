//! Calls that cannot be meant.

use proctor_sdk::{Driver, ErrorKind, Result, ensure};

#[proctor_sdk::test]
fn sends_a_command_of_a_megabyte(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let command = format!(": {}; echo done", "x".repeat(1 << 20));
    ensure!(machine.succeed(command)?.text() == "done\n");
    Ok(())
}

#[proctor_sdk::test]
fn fails_a_command_of_a_megabyte(driver: Driver) -> Result<()> {
    let command = format!(": {}; exit 3", "\u{1b}[31m`".repeat(200_000).replace('`', "x"));
    let error = driver
        .only_machine()?
        .succeed(format!("# {command}\nexit 3"))
        .expect_err("it exits with 3");
    ensure!(matches!(error.kind(), ErrorKind::CommandFailed(result) if result.status == 3));
    Ok(())
}

#[proctor_sdk::test]
fn sends_a_command_with_a_nul(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let error = machine
        .succeed("echo one\0; echo two")
        .expect_err("no command has a NUL");
    ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    machine.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test]
fn asks_for_machines_that_there_are_not(driver: Driver) -> Result<()> {
    let long = "x".repeat(1 << 20);
    for name in ["", "\0", "../machine", "machine/", "\u{1b}[31m", "*", long.as_str()] {
        let error = driver.machine(name).expect_err("nothing is named so");
        ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
        ensure!(
            error.to_string().len() < 10_000,
            "the error repeats {} bytes",
            error.to_string().len()
        );
    }
    Ok(())
}

/// The error names the machine that there is not.
#[proctor_sdk::test(tags = ["fails"])]
fn passes_on_that_there_is_no_such_machine(driver: Driver) -> Result<()> {
    driver.machine("printer")?;
    Ok(())
}
