//! The interface `network`. Wants two machines, `client` and `server`, on VLAN 1.
//!
//! What a pulled cable does to packets only real machines show, as in the example `two-machines`. A machine without a VLAN
//! is a matter of the program `machine`.

use proctor_sdk::{Driver, ErrorKind, Result, ensure};

#[proctor_sdk::test]
fn a_machine_is_blocked_and_unblocked(driver: Driver) -> Result<()> {
    let server = driver.machine("server")?;
    server.connect()?;
    server.block()?;
    server.unblock()
}

#[proctor_sdk::test]
fn blocking_and_unblocking_twice_is_no_error(driver: Driver) -> Result<()> {
    let server = driver.machine("server")?;
    server.connect()?;
    server.unblock()?;
    server.block()?;
    server.block()?;
    server.unblock()?;
    server.unblock()
}

#[proctor_sdk::test]
fn a_blocked_machine_still_takes_commands(driver: Driver) -> Result<()> {
    let server = driver.machine("server")?;
    server.connect()?;
    server.block()?;
    assert_eq!(server.succeed("echo here")?.trim(), "here");
    ensure!(server.is_up());
    Ok(())
}

#[proctor_sdk::test]
fn blocking_one_machine_leaves_the_other_alone(driver: Driver) -> Result<()> {
    driver.start_all()?;
    let (client, server) = (driver.machine("client")?, driver.machine("server")?);
    client.connect()?;
    server.connect()?;
    server.block()?;
    client.succeed("true")?;
    client.block()?;
    client.unblock()?;
    server.unblock()
}

#[proctor_sdk::test]
fn a_machine_that_is_off_cannot_be_blocked(driver: Driver) -> Result<()> {
    let server = driver.machine("server")?;
    for outcome in [server.block(), server.unblock()] {
        let error = outcome.expect_err("the machine is off");
        ensure!(matches!(error.kind(), ErrorKind::MachineDown { .. }), "{error}");
        assert_eq!(error.machine(), Some("server"));
    }
    Ok(())
}
