//! Tests that would run for ever.

use std::hint::{black_box, spin_loop};
use std::time::Duration;

use proctor_sdk::{Driver, Result, log};

/// Test limit, while Wasm runs.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn loops_without_end(_: Driver) -> Result<()> {
    loop {
        spin_loop();
    }
}

/// Test limit, while Wasm runs and calls the host all the time.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn calls_without_end(driver: Driver) -> Result<()> {
    loop {
        black_box(driver.machines());
    }
}

/// Test limit, while the host works.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn waits_in_the_host(driver: Driver) -> Result<()> {
    driver.only_machine()?.execute("sleep 1000")?;
    Ok(())
}

/// Test limit, or call limit, while the host waits for a command.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn waits_for_success_in_the_host(driver: Driver) -> Result<()> {
    driver.only_machine()?.succeed("sleep 1000")?;
    Ok(())
}

/// Test limit, while the host sleeps for the longest time there is.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn sleeps_as_long_as_can_be_said(driver: Driver) -> Result<()> {
    driver.only_machine()?.sleep(Duration::from_millis(u32::MAX.into()))
}

/// Test limit, while the host waits on behalf of WASI.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn sleeps_in_wasi(_: Driver) -> Result<()> {
    std::thread::sleep(Duration::MAX);
    Ok(())
}

/// Test limit, while a machine is launched over and over and never boots.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn launches_without_end(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    loop {
        // A machine that is killed so early may not start again.
        let _ = machine.start();
        let _ = machine.crash();
    }
}

/// Test limit, while a machine boots over and over.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn boots_without_end(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    loop {
        machine.connect()?;
        machine.crash()?;
    }
}

/// Test limit, while a machine that does not boot is waited for over and over.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn waits_in_vain_for_a_boot(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    loop {
        // It boots where it can, and then there is nothing to wait for.
        let _ = machine.connect();
    }
}

/// Test limit, after the test has returned and while it drops its values.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn loops_in_a_drop(_: Driver) -> Result<()> {
    struct Endless;
    impl Drop for Endless {
        fn drop(&mut self) {
            loop {
                spin_loop();
            }
        }
    }
    let _endless = Endless;
    Ok(())
}

/// The test's own limit, of one second.
#[proctor_sdk::test(tags = ["fails", "endless"], timeout = "1s")]
fn loops_past_its_own_limit(_: Driver) -> Result<()> {
    loop {
        spin_loop();
    }
}

/// Test limit, while lines pour out.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn logs_without_end(_: Driver) -> Result<()> {
    for number in 0_u64.. {
        log::info!("line {number}");
    }
    Ok(())
}

/// Test limit, while lines pour out.
#[proctor_sdk::test(tags = ["fails", "endless"])]
fn prints_without_end(_: Driver) -> Result<()> {
    for number in 0_u64.. {
        println!("line {number}");
    }
    Ok(())
}

/// As much as a call may bear by default, with room for the names beside it.
const LARGEST: usize = (32 << 20) - 1000;

/// Test limit, while the host writes what it is given.
#[proctor_sdk::test(tags = ["fails", "endless", "large"])]
fn writes_the_largest_file_without_end(driver: Driver) -> Result<()> {
    let content = vec![b'x'; LARGEST];
    loop {
        driver.write_output_file("large", &content)?;
    }
}

/// Test limit, while the host takes lines of which it keeps little.
#[proctor_sdk::test(tags = ["fails", "endless", "large"])]
fn logs_the_largest_line_without_end(_: Driver) -> Result<()> {
    let line = "x".repeat(LARGEST);
    loop {
        log::info!("{line}");
    }
}
