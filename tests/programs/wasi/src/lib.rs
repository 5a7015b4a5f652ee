//! What WASI itself hands out, asked without a library in between: nothing of the computer around it. Wants no machine.
//!
//! Tests tagged `fails` ask for what no host has, and are stopped.

use std::hint::black_box;

use proctor_sdk::{Driver, Result, ensure};
use wasi::cli::{environment, stdin, stdout, terminal_stderr, terminal_stdin, terminal_stdout};
use wasi::clocks::monotonic_clock;
use wasi::filesystem::preopens;
use wasi::io::poll;
use wasi::io::streams::StreamError;
use wasi::random::{insecure, random};
use wasi::sockets::network::IpAddressFamily;
use wasi::sockets::{instance_network, ip_name_lookup, tcp_create_socket, udp_create_socket};

const FAMILIES: [IpAddressFamily; 2] = [IpAddressFamily::Ipv4, IpAddressFamily::Ipv6];

#[proctor_sdk::test]
fn no_directory_is_open(_: Driver) -> Result<()> {
    let directories = preopens::get_directories();
    ensure!(directories.is_empty(), "{directories:?}");
    Ok(())
}

#[proctor_sdk::test]
fn there_is_no_environment_and_no_directory_to_be_in(_: Driver) -> Result<()> {
    let variables = environment::get_environment();
    ensure!(variables.is_empty(), "{variables:?}");
    let arguments = environment::get_arguments();
    ensure!(arguments.is_empty(), "{arguments:?}");
    ensure!(environment::initial_cwd().is_none());
    Ok(())
}

#[proctor_sdk::test]
fn there_is_no_terminal_and_nothing_to_read(_: Driver) -> Result<()> {
    ensure!(terminal_stdin::get_terminal_stdin().is_none());
    ensure!(terminal_stdout::get_terminal_stdout().is_none());
    ensure!(terminal_stderr::get_terminal_stderr().is_none());
    for length in [0, 1, u64::MAX] {
        match stdin::get_stdin().blocking_read(length) {
            Ok(bytes) => ensure!(bytes.is_empty(), "{} bytes", bytes.len()),
            Err(error) => ensure!(matches!(error, StreamError::Closed), "{error:?}"),
        }
    }
    Ok(())
}

#[proctor_sdk::test]
fn no_socket_can_be_made(_: Driver) -> Result<()> {
    for family in FAMILIES {
        ensure!(tcp_create_socket::create_tcp_socket(family).is_err());
        ensure!(udp_create_socket::create_udp_socket(family).is_err());
    }
    Ok(())
}

#[proctor_sdk::test]
fn no_name_can_be_looked_up(_: Driver) -> Result<()> {
    let network = instance_network::instance_network();
    for name in ["localhost", "127.0.0.1", "example.invalid", ""] {
        let Ok(stream) = ip_name_lookup::resolve_addresses(&network, name) else {
            continue;
        };
        stream.subscribe().block();
        let address = stream.resolve_next_address();
        ensure!(address.is_err(), "{name}: {address:?}");
    }
    Ok(())
}

#[proctor_sdk::test]
fn clocks_and_random_numbers_are_ordinary(_: Driver) -> Result<()> {
    let before = monotonic_clock::now();
    monotonic_clock::subscribe_duration(1_000_000).block();
    ensure!(monotonic_clock::now() >= before + 1_000_000);
    ensure!(random::get_random_bytes(32) != random::get_random_bytes(32));
    Ok(())
}

/// More than a host has.
#[proctor_sdk::test(tags = ["fails"])]
fn asks_for_random_bytes_without_end(_: Driver) -> Result<()> {
    black_box(random::get_random_bytes(u64::MAX));
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn asks_for_insecure_random_bytes_without_end(_: Driver) -> Result<()> {
    black_box(insecure::get_insecure_random_bytes(1 << 40));
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn writes_zeros_without_end(_: Driver) -> Result<()> {
    stdout::get_stdout().write_zeroes(u64::MAX)?;
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn waits_for_nothing(_: Driver) -> Result<()> {
    black_box(poll::poll(&[]));
    Ok(())
}

/// Passes the handle limit.
#[proctor_sdk::test(tags = ["fails"])]
fn holds_clocks_without_end(_: Driver) -> Result<()> {
    loop {
        std::mem::forget(monotonic_clock::subscribe_duration(u64::MAX));
    }
}
