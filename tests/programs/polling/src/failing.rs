//! Tests that a condition makes fail.

use std::time::Duration;

use proctor_sdk::{Driver, Result};

#[proctor_sdk::test(tags = ["fails"])]
fn is_broken_when_the_last_guard_is_dropped(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    let asked = machine.clone();
    let condition = driver
        .polling_condition("nothing is broken")
        .every(Duration::from_secs(3600))
        .check(move || asked.fail("test -e broken").map(drop));
    let _guard = condition.enter()?;
    machine.succeed("touch broken")?;
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn panics_in_a_condition(driver: Driver) -> Result<()> {
    let condition = driver
        .polling_condition("is sane")
        .check(|| assert_eq!(1, 2, "the world is upside down"));
    condition.hold(|| driver.machine("machine")?.succeed("true").map(drop))
}

#[proctor_sdk::test(tags = ["fails"])]
fn leaves_a_condition_entered(driver: Driver) -> Result<()> {
    let condition = driver.polling_condition("for ever").check(|| true);
    std::mem::forget(condition.enter()?);
    driver.machine("machine")?.succeed("true")?;
    // The last handle of it stays, too.
    std::mem::forget(condition);
    Ok(())
}

#[proctor_sdk::test(tags = ["fails", "endless"])]
fn loops_in_a_condition(driver: Driver) -> Result<()> {
    let condition = driver.polling_condition("comes to an end").check(|| -> bool {
        loop {
            std::hint::spin_loop();
        }
    });
    condition.hold(|| driver.machine("machine")?.succeed("true").map(drop))
}

#[proctor_sdk::test(tags = ["fails", "endless"])]
fn goes_on_after_the_condition_limit(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let condition = driver.polling_condition("is patient").check(|| -> bool {
        while machine.execute("sleep 1").is_ok() {}
        loop {
            let _ = machine.execute("true");
        }
    });
    condition.hold(|| machine.succeed("true").map(drop))
}
