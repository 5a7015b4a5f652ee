//! Failures of the test's own.

use std::time::Duration;

use proctor_sdk::{Driver, Result, bail, log, retry, subtest};

#[proctor_sdk::test(name = "own failure")]
fn own_failure(_: Driver) -> Result {
    bail!("three is not four") // HERE
}

#[proctor_sdk::test(name = "own failure in a subtest")]
fn own_failure_in_a_subtest(_: Driver) -> Result {
    subtest("sums", || {
        bail!("three is not four") // HERE
    })
}

#[proctor_sdk::test]
fn fault(driver: Driver) -> Result {
    let machines = driver.machines();
    log::info!("{}", machines[7].name()); // HERE
    Ok(())
}

#[proctor_sdk::test(name = "fault in a subtest")]
fn fault_in_a_subtest(driver: Driver) -> Result {
    let machines = driver.machines();
    subtest("reading", || {
        log::info!("{}", machines[7].name()); // HERE
        Ok(())
    })
}

#[proctor_sdk::test]
fn assertion(_: Driver) -> Result {
    assert_eq!(1 + 1, 3); // HERE
    Ok(())
}

#[proctor_sdk::test(timeout = "500ms")]
fn endless(driver: Driver) -> Result {
    driver.machine("alpha")?.connect()?;
    loop {
        std::hint::spin_loop();
    }
}

#[proctor_sdk::test(name = "endless waiting", timeout = "500ms")]
fn endless_waiting(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    alpha.connect()?;
    alpha.sleep(Duration::from_secs(60))
}

#[proctor_sdk::test(name = "retry")]
fn retry_until_there_is_a_value(_: Driver) -> Result {
    let mut tries = 0;
    let value = retry(Duration::from_secs(10), || {
        tries += 1;
        Ok((tries == 3).then_some("third"))
    })?;
    log::info!("{value}");
    Ok(())
}

#[proctor_sdk::test(name = "retry in vain")]
fn retry_in_vain(_: Driver) -> Result {
    retry(Duration::from_millis(100), || Ok(None)) // HERE
}

#[proctor_sdk::test(name = "retry of an error")]
fn retry_of_an_error(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    retry(Duration::from_secs(10), || {
        alpha.succeed("exit 4")?; // HERE
        Ok(Some(()))
    })
}
