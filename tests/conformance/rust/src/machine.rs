//! Life of a machine.

use proctor_sdk::{Driver, Result, log};

#[proctor_sdk::test]
fn life(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.start()?;
    alpha.connect()?;
    log::info!("{}", alpha.is_up());
    alpha.crash()?;
    log::info!("{}", alpha.is_up());
    alpha.succeed("true")?;
    alpha.shutdown()?;
    alpha.wait_for_shutdown()?;
    log::info!("{}", alpha.is_up());
    Ok(())
}

#[proctor_sdk::test(name = "reboot refused")]
fn reboot_refused(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.start()?;
    alpha.reboot() // HERE
}

#[proctor_sdk::test(name = "keyboard of a machine that is off")]
fn keyboard_of_a_machine_that_is_off(driver: Driver) -> Result {
    driver.machine("alpha")?.send_key("a") // HERE
}

#[proctor_sdk::test(name = "machine dies")]
fn machine_dies(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.connect()?;
    alpha.succeed("poweroff; sleep 60")?; // HERE
    Ok(())
}
