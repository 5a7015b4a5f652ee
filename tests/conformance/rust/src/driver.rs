//! The driver.

use proctor_sdk::{Driver, Result, log};

#[proctor_sdk::test]
fn lookups(driver: Driver) -> Result {
    let machines: Vec<_> = driver
        .machines()
        .iter()
        .map(|machine| machine.name().to_owned())
        .collect();
    let vlans: Vec<_> = driver.vlans().iter().map(|vlan| vlan.number().to_string()).collect();
    log::info!("machines: {}", machines.join(" "));
    log::info!("vlans: {}", vlans.join(" "));
    log::info!("vlan 1 is up: {}", driver.vlan(1)?.is_up());
    log::info!("colour: {}", driver.parameter("colour").unwrap_or("none".into()));
    log::info!("shape: {}", driver.parameter("shape").unwrap_or("none".into()));
    Ok(())
}

/// What the list tells
#[proctor_sdk::test(tags = ["one", "two"], timeout = "1m")]
fn metadata(_: Driver) -> Result {
    Ok(())
}

#[proctor_sdk::test(name = "machine unknown")]
fn machine_unknown(driver: Driver) -> Result {
    driver.machine("gamma")?; // HERE
    Ok(())
}

#[proctor_sdk::test(name = "vlan unknown")]
fn vlan_unknown(driver: Driver) -> Result {
    driver.vlan(9)?; // HERE
    Ok(())
}

#[proctor_sdk::test(name = "only machine of two")]
fn only_machine_of_two(driver: Driver) -> Result {
    driver.only_machine()?; // HERE
    Ok(())
}

#[proctor_sdk::test(name = "output file")]
fn output_file(driver: Driver) -> Result {
    driver.write_output_file("notes/a.txt", "text")?;
    log::info!("written");
    Ok(())
}

#[proctor_sdk::test(name = "output file outside")]
fn output_file_outside(driver: Driver) -> Result {
    driver.write_output_file("../a.txt", "text") // HERE
}

#[proctor_sdk::test(name = "start all")]
fn start_all(driver: Driver) -> Result {
    driver.start_all()?;
    let (alpha, beta) = (driver.machine("alpha")?, driver.machine("beta")?);
    alpha.connect()?;
    beta.connect()?;
    log::info!("{} {}", alpha.is_up(), beta.is_up());
    Ok(())
}
