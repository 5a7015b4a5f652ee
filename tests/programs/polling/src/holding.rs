//! Conditions that are looked at when they should be, and whose failures are errors like others.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use proctor_sdk::{Driver, Error, ErrorKind, Machine, Result, bail, ensure};

const HOUR: Duration = Duration::from_secs(3600);

/// The description and the message of a condition that failed.
fn failure(error: &Error) -> Result<(&str, &str)> {
    match error.kind() {
        ErrorKind::PollingConditionFailed { description, message } => Ok((description, message)),
        _ => bail!("{error}"),
    }
}

fn broken(machine: &Machine) -> Result<bool> {
    Ok(machine.execute("test -e broken")?.success())
}

#[proctor_sdk::test]
fn a_condition_is_looked_at_before_each_call(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let (looks, mut calls) = (Cell::new(0), 0);
    // It borrows what it likes.
    let condition = driver
        .polling_condition("counts")
        .every(Duration::ZERO)
        .check(|| looks.set(looks.get() + 1));
    condition.hold(|| {
        assert_eq!(looks.get(), 0);
        for _ in 0..3 {
            machine.succeed("true")?;
            calls += 1;
            assert_eq!(looks.get(), calls);
        }
        // What runs nothing on a machine is no occasion.
        ensure!(machine.is_up());
        machine.get_console_log()?;
        assert_eq!(looks.get(), calls);
        Ok(())
    })?;
    // And once more in the end.
    assert_eq!(looks.get(), calls + 1);
    machine.succeed("true")?;
    assert_eq!(looks.get(), calls + 1);
    Ok(())
}

#[proctor_sdk::test]
fn not_more_often_than_its_interval(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let looks = Cell::new(0);
    let count = || looks.set(looks.get() + 1);
    let rarely = driver.polling_condition("rarely").every(HOUR).check(count);
    rarely.hold(|| {
        for _ in 0..5 {
            machine.succeed("true")?;
        }
        assert_eq!(looks.get(), 1);
        Ok(())
    })?;
    assert_eq!(looks.get(), 2);
    // By default every two seconds: the first calls take less.
    let sometimes = driver.polling_condition("sometimes").check(count);
    sometimes.hold(|| {
        looks.set(0);
        machine.succeed("true")?;
        machine.succeed("true")?;
        assert_eq!(looks.get(), 1);
        machine.sleep(Duration::from_secs(2))?;
        machine.succeed("true")?;
        assert_eq!(looks.get(), 2);
        Ok(())
    })
}

#[proctor_sdk::test]
fn a_condition_asks_machines_and_tells_what_it_found(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    let condition = driver
        .polling_condition("nothing is broken")
        .every(Duration::ZERO)
        .check(|| match broken(&machine) {
            Ok(true) => Err(Error::message("it is broken")),
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        });
    let error = condition
        .hold(|| {
            machine.succeed("true")?;
            machine.succeed("touch broken")?;
            machine.succeed("echo never run > run")
        })
        .expect_err("it is broken");
    assert_eq!(failure(&error)?, ("nothing is broken", "it is broken"));
    assert_eq!(
        error.to_string().split("failed after").next(),
        Some("machine `machine`: succeed(\"echo never run > run\") ")
    );
    ensure!(error.place().file().ends_with("holding.rs"), "{}", error.place());
    machine.fail("test -e run")?;
    Ok(())
}

#[proctor_sdk::test]
fn what_the_closure_returns_says_whether_it_holds(driver: Driver) -> Result<()> {
    driver.polling_condition("nothing").check(|| ()).evaluate()?;
    driver.polling_condition("true").check(|| true).evaluate()?;
    driver
        .polling_condition("result")
        .check(|| Ok::<_, Error>(true))
        .evaluate()?;
    let error = driver.polling_condition("false").check(|| false).evaluate();
    assert_eq!(failure(&error.expect_err("it is false"))?, ("false", ""));
    let error = driver
        .polling_condition("number")
        .check(|| "x".parse::<u8>().map(|_| ()))
        .evaluate();
    assert_eq!(
        failure(&error.expect_err("it is none"))?,
        ("number", "invalid digit found in string")
    );
    Ok(())
}

#[proctor_sdk::test]
fn conditions_nest_and_the_outermost_is_looked_at_first(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    let order = RefCell::new(String::new());
    let named = |name: &'static str| {
        let order = &order;
        driver
            .polling_condition(name)
            .every(Duration::ZERO)
            .check(move || order.borrow_mut().push_str(name))
    };
    let (outer, inner) = (named("o"), named("i"));
    outer.hold(|| {
        machine.succeed("true")?;
        inner.hold(|| {
            order.borrow_mut().push('/');
            machine.succeed("true")?;
            order.borrow_mut().push('/');
            Ok(())
        })?;
        machine.succeed("true")?;
        Ok(())
    })?;
    assert_eq!(*order.borrow(), "o/oi/ioo");
    Ok(())
}

#[proctor_sdk::test]
fn what_the_last_command_breaks_is_found(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    let asked = machine.clone();
    let condition = driver
        .polling_condition("nothing is broken")
        .every(HOUR)
        .check(move || broken(&asked).map(|broken| !broken));

    let error = condition.hold(|| machine.succeed("touch broken"));
    assert_eq!(failure(&error.expect_err("it is broken"))?.0, "nothing is broken");

    machine.succeed("rm broken")?;
    let guard = condition.enter()?;
    machine.succeed("touch broken")?;
    let error = guard.exit();
    assert_eq!(failure(&error.expect_err("it is broken"))?.0, "nothing is broken");

    // A guard that is dropped has nobody to tell: the next call has.
    machine.succeed("rm broken")?;
    {
        let _guard = condition.enter()?;
        machine.succeed("touch broken")?;
    }
    let error = machine.succeed("touch run");
    assert_eq!(failure(&error.expect_err("it is broken"))?.0, "nothing is broken");
    machine.fail("test -e run")?;
    Ok(())
}

#[proctor_sdk::test]
fn a_failure_that_is_caught_is_over(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    let holds = Cell::new(true);
    let condition = driver
        .polling_condition("flickers")
        .every(Duration::ZERO)
        .check(|| holds.get());
    condition.hold(|| {
        machine.succeed("true")?;
        holds.set(false);
        for _ in 0..2 {
            let error = machine.succeed("true").expect_err("it does not hold");
            assert_eq!(failure(&error)?, ("flickers", ""));
        }
        holds.set(true);
        machine.succeed("true")?;
        Ok(())
    })
}

#[proctor_sdk::test]
fn the_error_of_the_body_comes_first(driver: Driver) -> Result<()> {
    let condition = driver.polling_condition("never").check(|| false);
    let error = condition.hold(|| bail!("the body's"));
    assert_eq!(
        error.map_err(|error: Error| error.to_string()),
        Err::<(), _>("the body's".into())
    );
    // Its scope has ended.
    driver.machine("machine")?.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test]
fn a_condition_can_be_waited_for(driver: Driver) -> Result<()> {
    let looks = Cell::new(0);
    let condition = driver.polling_condition("third time").check(|| {
        looks.set(looks.get() + 1);
        looks.get() == 3
    });
    condition.wait(Duration::from_secs(10))?;
    assert_eq!(looks.get(), 3);
    looks.set(4);
    let error = condition.wait(Duration::from_millis(100)).expect_err("never again");
    assert_eq!(failure(&error)?, ("third time", "it did not hold within 0.10 s"));
    Ok(())
}

#[proctor_sdk::test]
fn in_a_condition_no_other_begins(driver: Driver) -> Result<()> {
    let inner = driver.polling_condition("inner").check(|| true);
    let outer = driver.polling_condition("outer").check(|| inner.hold(|| Ok(())));
    let error = outer.evaluate().expect_err("it is refused");
    ensure!(
        failure(&error)?
            .1
            .contains("while the condition \"outer\" is being evaluated"),
        "{error}"
    );
    Ok(())
}
