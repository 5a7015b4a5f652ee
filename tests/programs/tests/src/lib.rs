//! The interface `tests`: what is listed and what becomes of each outcome. Wants one machine, `machine`.
//!
//! Tests tagged `fails` must fail, all others pass.

use std::sync::atomic::{AtomicU32, Ordering};

use proctor_sdk::{Driver, Result, bail, ensure};

static RUNS: AtomicU32 = AtomicU32::new(0);

/// The first line of a doc comment is the description.
/// The second is not.
#[proctor_sdk::test]
fn described_by_its_comment(_: Driver) -> Result<()> {
    Ok(())
}

/// Not this.
#[proctor_sdk::test(description = "Described by its attribute.")]
fn described_by_its_attribute(_: Driver) -> Result<()> {
    Ok(())
}

#[proctor_sdk::test]
fn not_described(_: Driver) -> Result<()> {
    Ok(())
}

#[proctor_sdk::test(name = "named by its attribute, with spaces & <signs> \"ü\"")]
fn named_otherwise(_: Driver) -> Result<()> {
    Ok(())
}

#[proctor_sdk::test(tags = ["first", "second"])]
fn tagged(_: Driver) -> Result<()> {
    Ok(())
}

#[proctor_sdk::test(timeout = "1m 30s")]
fn limited(_: Driver) -> Result<()> {
    Ok(())
}

mod inner {
    use super::{Driver, Result};

    #[proctor_sdk::test]
    pub(super) fn inside_a_module(_: Driver) -> Result<()> {
        Ok(())
    }
}

#[proctor_sdk::test]
fn every_run_has_a_fresh_instance_first(_: Driver) -> Result<()> {
    assert_eq!(RUNS.fetch_add(1, Ordering::Relaxed), 0);
    Ok(())
}

#[proctor_sdk::test]
fn every_run_has_a_fresh_instance_second(_: Driver) -> Result<()> {
    assert_eq!(RUNS.fetch_add(1, Ordering::Relaxed), 0);
    Ok(())
}

#[proctor_sdk::test]
fn every_run_has_fresh_machines_first(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    ensure!(!machine.is_up());
    machine.connect()
}

#[proctor_sdk::test]
fn every_run_has_fresh_machines_second(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    ensure!(!machine.is_up());
    machine.connect()
}

#[proctor_sdk::test(tags = ["fails"])]
fn fails_by_its_own_words(_: Driver) -> Result<()> {
    bail!("the words of the test")
}

#[proctor_sdk::test(tags = ["fails"])]
fn fails_by_a_condition(_: Driver) -> Result<()> {
    let sum = 2 + 2;
    ensure!(sum == 5, "the sum is {sum}");
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn fails_by_a_command(driver: Driver) -> Result<()> {
    driver.only_machine()?.succeed("echo the output; exit 42")?;
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn fails_by_an_error_of_the_standard_library(_: Driver) -> Result<()> {
    "three".parse::<u32>()?;
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn fails_by_an_assertion(_: Driver) -> Result<()> {
    assert_eq!(2 + 2, 5, "arithmetic");
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn fails_by_unwrapping(driver: Driver) -> Result<()> {
    driver.only_machine()?.succeed("echo the output; exit 42").unwrap();
    Ok(())
}
