//! The interface `log`. Wants one machine, `machine`.
//!
//! What the log makes of all this the host's tests look at; here it must only not disturb the test. Tests tagged `fails`
//! must fail.

use proctor_sdk::log::{self, Level};
use proctor_sdk::{Driver, Result, bail, ensure, group, show_serial, subtest};

const LEVELS: [Level; 4] = [Level::Debug, Level::Info, Level::Warning, Level::Error];

#[proctor_sdk::test]
fn every_level_is_written(_: Driver) -> Result<()> {
    for level in LEVELS {
        log::write(level, format_args!("a line of level {level:?}"));
    }
    Ok(())
}

#[proctor_sdk::test]
fn texts_of_every_kind_are_written(_: Driver) -> Result<()> {
    for text in [
        "",
        " ",
        "\n",
        "two\nlines",
        "carriage\rreturn",
        "tab\there",
        "Grüße, 世界 🦀",
        "a\u{202e}b\u{feff}c",
    ] {
        log::write(Level::Info, text);
    }
    Ok(())
}

#[proctor_sdk::test]
fn an_error_line_does_not_fail_the_test(_: Driver) -> Result<()> {
    log::write(Level::Error, "this line alone fails nothing");
    Ok(())
}

#[proctor_sdk::test]
fn a_group_returns_what_its_body_returns(_: Driver) -> Result<()> {
    assert_eq!(group("of seven", || 7), 7);
    Ok(())
}

#[proctor_sdk::test]
fn a_subtest_returns_what_its_body_returns(_: Driver) -> Result<()> {
    assert_eq!(subtest("of seven", || Ok(7))?, 7);
    Ok(())
}

#[proctor_sdk::test]
fn a_test_may_go_on_after_a_failed_subtest(_: Driver) -> Result<()> {
    let error = subtest::<()>("that fails", || bail!("on purpose")).expect_err("it fails");
    ensure!(error.to_string() == "on purpose", "{error}");
    subtest("that passes", || Ok(()))
}

#[proctor_sdk::test]
fn a_failed_command_in_a_subtest_keeps_its_error(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let error = subtest("with a failing command", || machine.succeed("echo why; exit 3")).expect_err("it fails");
    ensure!(error.to_string().contains("failed (exit code 3)"), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn spans_nest(_: Driver) -> Result<()> {
    group("outer", || {
        log::write(Level::Info, "in the outer group");
        subtest("inner", || {
            log::write(Level::Info, "in the subtest");
            group("innermost", || log::write(Level::Info, "in the inner group"));
            Ok(())
        })?;
        log::write(Level::Info, "in the outer group again");
        Ok(())
    })
}

#[proctor_sdk::test]
fn spans_nest_a_hundred_deep(_: Driver) -> Result<()> {
    fn nest(depth: u32) {
        if depth > 0 {
            group(format!("depth {depth}"), || nest(depth - 1));
        }
    }
    nest(100);
    Ok(())
}

#[proctor_sdk::test]
fn a_span_is_closed_when_its_body_fails(_: Driver) -> Result<()> {
    let outcome: Result<()> = group("that ends early", || {
        subtest("that ends early too", || bail!("on purpose"))?;
        log::write(Level::Error, "never written");
        Ok(())
    });
    outcome.expect_err("the body failed");
    log::write(Level::Info, "outside of both spans");
    Ok(())
}

#[proctor_sdk::test]
fn spans_may_have_any_name(_: Driver) -> Result<()> {
    for name in ["", "same", "same", "two\nlines", "\u{1b}[31mred", "🦀"] {
        subtest(name, || Ok(()))?;
    }
    Ok(())
}

#[proctor_sdk::test]
fn serial_output_is_hidden_and_shown(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    show_serial(false);
    machine.succeed("echo hidden >&2")?;
    show_serial(true);
    machine.succeed("echo shown >&2")?;
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn a_failure_passed_on_from_a_subtest_fails_the_test(_: Driver) -> Result<()> {
    subtest("outer", || subtest("inner", || bail!("from the inner subtest")))
}

#[proctor_sdk::test(tags = ["fails"])]
fn a_panic_in_a_subtest_fails_the_test(_: Driver) -> Result<()> {
    subtest("outer", || subtest("inner", || panic!("from the inner subtest")))
}
