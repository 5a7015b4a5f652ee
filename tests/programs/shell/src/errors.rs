//! What the errors of commands say.

use proctor_sdk::{Driver, ErrorKind, Result, bail, ensure};

#[proctor_sdk::test]
fn a_failed_command_is_told_with_status_and_output(driver: Driver) -> Result<()> {
    let error = driver
        .only_machine()?
        .succeed("echo why; exit 3")
        .expect_err("it exits with 3");
    let ErrorKind::CommandFailed(result) = error.kind() else {
        bail!("{error}")
    };
    assert_eq!(
        (result.command.as_str(), result.status, result.output.text()),
        ("echo why; exit 3", 3, "why\n")
    );
    assert_eq!(error.machine(), Some("machine"));
    ensure!(
        error
            .action()
            .is_some_and(|action| action.contains("succeed") && action.contains("echo why")),
        "{error}"
    );
    ensure!(error.elapsed().is_some());
    ensure!(
        error
            .to_string()
            .contains("command `echo why; exit 3` failed (exit code 3)"),
        "{error}"
    );
    Ok(())
}

#[proctor_sdk::test]
fn an_unexpected_success_is_told_with_the_output(driver: Driver) -> Result<()> {
    let error = driver.only_machine()?.fail("echo fine").expect_err("it succeeds");
    let ErrorKind::CommandUnexpectedlySucceeded(result) = error.kind() else {
        bail!("{error}")
    };
    assert_eq!(
        (result.command.as_str(), result.status, result.output.text()),
        ("echo fine", 0, "fine\n")
    );
    assert_eq!(error.machine(), Some("machine"));
    ensure!(error.action().is_some_and(|action| action.contains("fail")), "{error}");
    ensure!(
        error.to_string().contains("command `echo fine` unexpectedly succeeded"),
        "{error}"
    );
    Ok(())
}

#[proctor_sdk::test]
fn an_error_stands_where_the_command_stands(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let error = machine.succeed("false").expect_err("it fails");
    let line = line!() - 1;
    ensure!(error.place().file().ends_with("errors.rs"), "{}", error.place());
    assert_eq!(error.place().line(), line);
    Ok(())
}

#[proctor_sdk::test]
fn a_command_with_a_nul_is_an_invalid_argument(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    for error in [
        machine.succeed("echo a\0b").expect_err("no command has a NUL"),
        machine.fail("echo a\0b").expect_err("no command has a NUL"),
        machine.execute("echo a\0b").expect_err("no command has a NUL"),
        machine
            .wait_until_succeeds("echo a\0b")
            .expect_err("no command has a NUL"),
        machine.wait_until_fails("echo a\0b").expect_err("no command has a NUL"),
    ] {
        ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    }
    machine.succeed("true")?;
    Ok(())
}
