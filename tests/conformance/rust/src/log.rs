//! The log.

use proctor_sdk::{Driver, Result, group, log, subtest};

#[proctor_sdk::test]
fn levels(_: Driver) -> Result {
    log::debug!("one");
    log::info!("two");
    log::warning!("three");
    log::error!("four");
    Ok(())
}

#[proctor_sdk::test(name = "odd lines")]
fn odd_lines(_: Driver) -> Result {
    log::info!("tab\there bell\u{7} escape\u{1b}[31m red");
    log::info!("first\nsecond");
    log::info!("");
    Ok(())
}

#[proctor_sdk::test]
fn printed(_: Driver) -> Result {
    println!("printed");
    Ok(())
}

#[proctor_sdk::test]
fn subtests(driver: Driver) -> Result {
    let value = subtest("outer", || {
        log::info!("a");
        subtest("inner", || driver.machine("alpha")?.succeed("true"))?;
        log::info!("b");
        Ok(7)
    })?;
    log::info!("{value}");
    Ok(())
}

#[proctor_sdk::test(name = "subtest fails")]
fn subtest_fails(driver: Driver) -> Result {
    subtest("outer", || {
        subtest("inner", || {
            driver.machine("alpha")?.succeed("exit 1")?; // HERE
            Ok(())
        })
    })
}

#[proctor_sdk::test(name = "subtest fails and is caught")]
fn subtest_fails_and_is_caught(driver: Driver) -> Result {
    let _ = subtest("broken", || driver.machine("alpha")?.succeed("exit 1"));
    log::info!("went on");
    Ok(())
}

#[proctor_sdk::test(name = "group")]
fn group_of_lines(_: Driver) -> Result {
    let value = group("set-up", || {
        log::info!("in");
        8
    });
    log::info!("{value}");
    Ok(())
}
