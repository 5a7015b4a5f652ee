//! The other interfaces.

use proctor_sdk::{Driver, ErrorKind, Result, bail, log};

/// Installs a `systemctl` of the tests' own.
const SYSTEMCTL: &str = include_str!("../../systemctl.sh");

#[proctor_sdk::test]
fn units(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.succeed(SYSTEMCTL)?;
    alpha.wait_for_unit("up")?;
    log::info!("{}", alpha.get_unit_property("up", "SubState")?);
    alpha.units_of("alice").wait_for_unit("up")?;
    let result = alpha.start_job("up")?;
    log::info!("{}", result.status);
    Ok(())
}

#[proctor_sdk::test(name = "unit failed")]
fn unit_failed(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.succeed(SYSTEMCTL)?;
    alpha.wait_for_unit("broken") // HERE
}

#[proctor_sdk::test(name = "unit failed caught")]
fn unit_failed_caught(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.succeed(SYSTEMCTL)?;
    let Err(error) = alpha.wait_for_unit("broken") else {
        bail!("it is active")
    };
    let ErrorKind::UnitFailed {
        unit, state, journal, ..
    } = error.kind()
    else {
        return Err(error);
    };
    log::info!("{} {unit} {state} {}", error.code(), journal.join(","));
    Ok(())
}

#[proctor_sdk::test]
fn console(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.succeed("echo marker-7 >&2")?;
    log::info!("{}", alpha.wait_for_console_text("marker-[0-9]")?);
    Ok(())
}

#[proctor_sdk::test(name = "wrong pattern")]
fn wrong_pattern(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.connect()?;
    alpha.wait_for_console_text("(")?; // HERE
    Ok(())
}

#[proctor_sdk::test]
fn keyboard(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.connect()?;
    alpha.send_chars("ab")?;
    alpha.send_key("ctrl-c")
}

#[proctor_sdk::test(name = "keyboard without the letter")]
fn keyboard_without_the_letter(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.connect()?;
    alpha.send_chars("ß") // HERE
}

#[proctor_sdk::test]
fn files(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.copy_from_host("site/hello.txt", "hello.txt")?;
    log::info!("{}", alpha.succeed("cat hello.txt")?.trim());
    log::info!("{}", alpha.copy_from_machine("hello.txt", "copies")?);
    alpha.wait_for_file("hello.txt")
}

#[proctor_sdk::test(name = "reading denied")]
fn reading_denied(driver: Driver) -> Result {
    driver.machine("alpha")?.copy_from_host("/etc/hostname", "hostname") // HERE
}

#[proctor_sdk::test]
fn network(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.connect()?;
    alpha.block()?;
    alpha.unblock()?;
    alpha.wait_for_closed_port(1)
}

#[proctor_sdk::test(name = "forwarding denied")]
fn forwarding_denied(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.start()?;
    alpha.forward_port(0, 80)?; // HERE
    Ok(())
}

#[proctor_sdk::test(name = "denial caught")]
fn denial_caught(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.start()?;
    let Err(error) = alpha.forward_port(0, 80) else {
        bail!("it is forwarded")
    };
    let ErrorKind::Denied { capability, .. } = error.kind() else {
        return Err(error);
    };
    log::info!("{} {capability}", error.code());
    Ok(())
}

#[proctor_sdk::test]
fn monitor(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.start()?;
    log::info!("{}", alpha.send_monitor_command("info status")?.trim());
    let answer = alpha.send_qmp_command("query-status", None)?;
    log::info!("{}", answer.contains("running"));
    Ok(())
}

#[proctor_sdk::test(name = "monitor refuses")]
fn monitor_refuses(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.start()?;
    alpha.send_qmp_command("no-such-command", None)?; // HERE
    Ok(())
}

#[proctor_sdk::test(name = "screen missing")]
fn screen_missing(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.connect()?;
    alpha.screenshot("picture")?; // HERE
    Ok(())
}
