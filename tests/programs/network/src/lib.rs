//! The interface `network`. Wants two machines, `client` and `server`, on VLAN 1.
//!
//! What a pulled cable does to packets only real machines show, as in the example `two-machines`. A machine without a VLAN
//! is a matter of the program `machine`.

use std::time::Duration;

use proctor_sdk::{Driver, ErrorKind, Result, bail, ensure};

/// The limit of waits that are in vain.
const BUDGET: Duration = Duration::from_millis(700);

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

/// A program that listens on a free port and says which. It ends with the machine.
const LISTENER: &str = r#"python3 -c '
import socket, sys, time
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
time.sleep(1000)' > port 2> /dev/null &"#;

#[proctor_sdk::test]
fn ports_are_waited_for(driver: Driver) -> Result<()> {
    let server = driver.machine("server")?;
    server.succeed(LISTENER)?;
    let port: u16 = server.wait_until_succeeds("grep . port")?.trim().parse()?;
    server.wait_for_open_port(port)?;
    server.wait_for_open_port_at("127.0.0.1", port)?;
    let error = server
        .within(BUDGET)
        .wait_for_closed_port(port)
        .expect_err("it is open");
    ensure!(matches!(error.kind(), ErrorKind::TimedOut { .. }), "{error}");
    server.succeed("pkill -f create_server")?;
    server.wait_for_closed_port(port)?;
    server.wait_for_closed_port_at("127.0.0.1", port)?;
    let error = server
        .within(BUDGET)
        .wait_for_open_port(port)
        .expect_err("it is closed");
    let ErrorKind::TimedOut { last_seen, .. } = error.kind() else {
        bail!("{error}")
    };
    ensure!(
        last_seen
            .as_ref()
            .is_some_and(|seen| seen.contains("Connection refused")),
        "{error}"
    );
    Ok(())
}

#[proctor_sdk::test]
fn unix_sockets_are_waited_for(driver: Driver) -> Result<()> {
    let server = driver.machine("server")?;
    for (kind, name) in [("STREAM", "stream"), ("DGRAM", "datagram")] {
        server.succeed(format!(
            r#"python3 -c '
import os, socket, time
listener = socket.socket(socket.AF_UNIX, socket.SOCK_{kind})
listener.bind(os.getcwd() + "/{name}")
if "{kind}" == "STREAM": listener.listen()
time.sleep(1000)' > /dev/null 2>&1 &"#
        ))?;
    }
    let directory = server.succeed("pwd")?;
    server.wait_for_open_unix_socket(format!("{}/stream", directory.trim()))?;
    server.wait_for_open_unix_datagram_socket(format!("{}/datagram", directory.trim()))?;
    let error = server
        .within(BUDGET)
        .wait_for_open_unix_socket("/nothing")
        .expect_err("there is none");
    ensure!(error.to_string().contains("there is no /nothing"), "{error}");
    Ok(())
}

#[proctor_sdk::test(tags = ["granted"])]
fn a_port_of_the_host_leads_to_a_machine(driver: Driver) -> Result<()> {
    let server = driver.machine("server")?;
    server.start()?;
    ensure!(server.forward_port(0, 80)? != 0);
    Ok(())
}

#[proctor_sdk::test]
fn without_leave_no_port_is_forwarded(driver: Driver) -> Result<()> {
    let server = driver.machine("server")?;
    server.start()?;
    let error = server.forward_port(8080, 80).expect_err("it is denied");
    let ErrorKind::Denied { capability, .. } = error.kind() else {
        bail!("{error}")
    };
    assert_eq!(capability, "allow-forward-port");
    Ok(())
}
