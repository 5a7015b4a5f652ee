//! Polling conditions.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use proctor_sdk::{Driver, Outcome, PollingCondition, Result, log};

use crate::SHORT;

/// So rarely that a condition is looked at when its scope begins and when it ends.
const RARELY: Duration = Duration::from_secs(3600);

fn condition<'a, O: Outcome>(
    driver: &Driver,
    description: &str,
    closure: impl FnMut() -> O + 'a,
) -> PollingCondition<'a> {
    driver.polling_condition(description).every(RARELY).check(closure)
}

#[proctor_sdk::test(name = "condition holds")]
fn condition_holds(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    condition(&driver, "alpha answers", || alpha.succeed("echo looked")).hold(|| alpha.succeed("echo inside"))?;
    log::info!("done");
    Ok(())
}

#[proctor_sdk::test(name = "condition is true")]
fn condition_is_true(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    let looked = condition(&driver, "one is one", || {
        log::info!("looked");
        true
    });
    looked.hold(|| alpha.succeed("true"))?;
    Ok(())
}

#[proctor_sdk::test(name = "condition is false")]
fn condition_is_false(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    condition(&driver, "nothing burns", || false).hold(|| {
        alpha.succeed("true")?; // HERE
        Ok(())
    })
}

#[proctor_sdk::test(name = "condition raises")]
fn condition_raises(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    condition(&driver, "alpha is well", || alpha.succeed("exit 5")).hold(|| {
        alpha.succeed("true")?; // HERE
        Ok(())
    })
}

#[proctor_sdk::test(name = "condition breaks at the end")]
fn condition_breaks_at_the_end(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    let fine = Cell::new(true);
    let condition = condition(&driver, "all is fine", || fine.get());
    let body = || {
        alpha.succeed("true")?;
        fine.set(false);
        alpha.succeed("true")?;
        Ok(())
    };
    condition.hold(body) // HERE
}

#[proctor_sdk::test(name = "condition breaks in a wait")]
fn condition_breaks_in_a_wait(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    let mut looks = 0;
    let goes_on = driver
        .polling_condition("it goes on")
        .every(Duration::from_millis(50))
        .check(|| {
            looks += 1;
            looks < 4
        });
    goes_on.hold(|| {
        alpha.wait_until_succeeds("false")?; // HERE
        Ok(())
    })
}

/// A condition that holds and says that it was looked at.
fn told(driver: &Driver, name: &'static str) -> PollingCondition<'static> {
    condition(driver, name, move || {
        log::info!("{name}");
        true
    })
}

#[proctor_sdk::test(name = "conditions nested")]
fn conditions_nested(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    let (outer, inner) = (told(&driver, "outer"), told(&driver, "inner"));
    outer.hold(|| inner.hold(|| alpha.succeed("true")))?;
    Ok(())
}

#[proctor_sdk::test(name = "condition calls under another")]
fn condition_calls_under_another(driver: Driver) -> Result {
    let (alpha, beta) = (driver.machine("alpha")?, driver.machine("beta")?);
    let outer = condition(&driver, "outer", || alpha.succeed("echo outer"));
    let inner = condition(&driver, "inner", || alpha.succeed("echo inner"));
    outer.hold(|| inner.hold(|| beta.succeed("true")))?;
    Ok(())
}

#[proctor_sdk::test(name = "condition entered")]
fn condition_entered(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    let looked = condition(&driver, "one is one", || {
        log::info!("looked");
        true
    });
    let guard = looked.enter()?;
    alpha.succeed("true")?;
    guard.exit()?;
    log::info!("left");
    Ok(())
}

#[proctor_sdk::test(name = "condition entered and broken")]
fn condition_entered_and_broken(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    let fine = Rc::new(Cell::new(true));
    let seen = Rc::clone(&fine);
    let guard = condition(&driver, "all is fine", move || seen.get()).enter()?;
    alpha.succeed("true")?;
    fine.set(false);
    alpha.succeed("true")?;
    guard.exit() // HERE
}

#[proctor_sdk::test(name = "condition never left")]
fn condition_never_left(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    let looked = condition(&driver, "one is one", || {
        log::info!("looked");
        true
    });
    let _guard = looked.enter()?;
    alpha.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test(name = "condition never left and broken")]
fn condition_never_left_and_broken(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    let fine = Rc::new(Cell::new(true));
    let seen = Rc::clone(&fine);
    let condition = condition(&driver, "all is fine", move || seen.get());
    let _guard = condition.enter()?; // HERE
    alpha.succeed("true")?;
    fine.set(false);
    alpha.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test(name = "condition evaluated")]
fn condition_evaluated(driver: Driver) -> Result {
    let looked = condition(&driver, "one is one", || {
        log::info!("looked");
        true
    });
    looked.evaluate()?;
    log::info!("held");
    Ok(())
}

#[proctor_sdk::test(name = "condition evaluated and false")]
fn condition_evaluated_and_false(driver: Driver) -> Result {
    condition(&driver, "nothing burns", || false).evaluate() // HERE
}

#[proctor_sdk::test(name = "condition awaited")]
fn condition_awaited(driver: Driver) -> Result {
    let looks = Cell::new(0);
    let third = condition(&driver, "third time", || {
        looks.set(looks.get() + 1);
        looks.get() == 3
    });
    third.wait(Duration::from_secs(10))?;
    log::info!("{}", looks.get());
    Ok(())
}

#[proctor_sdk::test(name = "condition awaited in vain")]
fn condition_awaited_in_vain(driver: Driver) -> Result {
    condition(&driver, "never", || false).wait(SHORT) // HERE
}

#[proctor_sdk::test(name = "error of the body")]
fn error_of_the_body(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?;
    condition(&driver, "one is one", || true).hold(|| {
        alpha.succeed("exit 6")?; // HERE
        Ok(())
    })
}
