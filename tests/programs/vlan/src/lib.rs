//! The interface `vlan`. Wants one machine, `machine`, and the VLANs 1 and 2.

use proctor_sdk::{Driver, Result, ensure};

#[proctor_sdk::test]
fn a_vlan_knows_its_number(driver: Driver) -> Result<()> {
    let numbers: Vec<u32> = driver.vlans().iter().map(|vlan| vlan.number()).collect();
    assert_eq!(numbers, [1, 2]);
    Ok(())
}

#[proctor_sdk::test]
fn a_vlan_is_found_by_its_number(driver: Driver) -> Result<()> {
    assert_eq!(driver.vlan(2)?.number(), 2);
    let error = driver.vlan(3).expect_err("there is no VLAN 3");
    assert_eq!(error.to_string(), "there is no VLAN 3; there are 1, 2");
    ensure!(error.place().file().ends_with("lib.rs"), "{}", error.place());
    Ok(())
}

#[proctor_sdk::test]
fn every_vlan_is_up_from_the_start(driver: Driver) -> Result<()> {
    ensure!(driver.vlans().iter().all(|vlan| vlan.is_up()));
    Ok(())
}

#[proctor_sdk::test]
fn a_vlan_outlives_its_machines(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    ensure!(driver.vlans().iter().all(|vlan| vlan.is_up()));
    machine.crash()?;
    ensure!(
        driver.vlans().iter().all(|vlan| vlan.is_up()),
        "a switch ended with its machine"
    );
    Ok(())
}

#[proctor_sdk::test]
fn handles_may_be_dropped_in_any_order(driver: Driver) -> Result<()> {
    let (mut first, second) = (driver.vlans(), driver.vlans());
    first.remove(0);
    drop(second);
    ensure!(first.iter().all(|vlan| vlan.number() == 2 && vlan.is_up()));
    assert_eq!(driver.vlans().len(), 2);
    Ok(())
}
