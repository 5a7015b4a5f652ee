//! Tests that end in odd ways.

use std::process::{abort, exit};

use proctor_sdk::{Driver, Result, bail, subtest};

#[proctor_sdk::test(tags = ["fails"])]
fn panics_with_a_message(_: Driver) -> Result<()> {
    panic!("the message of the panic")
}

#[proctor_sdk::test(tags = ["fails"])]
fn panics_with_something_that_is_not_a_text(_: Driver) -> Result<()> {
    std::panic::panic_any(7)
}

#[proctor_sdk::test(tags = ["fails"])]
fn panics_with_a_message_of_a_megabyte(_: Driver) -> Result<()> {
    panic!("\u{1b}[31m{}", "x".repeat(1 << 20))
}

#[proctor_sdk::test(tags = ["fails"])]
fn panics_inside_subtests(_: Driver) -> Result<()> {
    subtest("outer", || subtest("inner", || panic!("the message of the panic")))
}

#[proctor_sdk::test(tags = ["fails"])]
fn panics_in_a_drop(_: Driver) -> Result<()> {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in a drop");
        }
    }
    let _panics = Panics;
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn returns_an_error(_: Driver) -> Result<()> {
    bail!("the message of the error")
}

#[proctor_sdk::test(tags = ["fails"])]
fn returns_an_error_of_a_megabyte(_: Driver) -> Result<()> {
    bail!("\u{1b}[31m{}\n{}", "x".repeat(1 << 20), "y\n".repeat(1 << 16))
}

#[proctor_sdk::test(tags = ["fails"])]
fn returns_an_error_of_the_standard_library(_: Driver) -> Result<()> {
    String::from_utf8(vec![0xff])?;
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn returns_the_error_of_a_command_with_binary_output(driver: Driver) -> Result<()> {
    driver
        .only_machine()?
        .succeed("printf '\\000\\377\\033[31mred'; exit 1")?;
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn traps_without_a_word(_: Driver) -> Result<()> {
    #[cfg(target_family = "wasm")]
    std::arch::wasm32::unreachable();
    #[cfg(not(target_family = "wasm"))]
    abort();
}

#[proctor_sdk::test(tags = ["fails"])]
fn aborts(_: Driver) -> Result<()> {
    abort()
}

/// Only a test that returns has passed.
#[proctor_sdk::test(tags = ["fails"])]
fn exits_with_success(_: Driver) -> Result<()> {
    exit(0)
}

#[proctor_sdk::test(tags = ["fails"])]
fn exits_with_failure(_: Driver) -> Result<()> {
    exit(3)
}

/// The machine is up and busy when the component ends.
#[proctor_sdk::test(tags = ["fails"])]
fn panics_while_its_machine_is_busy(driver: Driver) -> Result<()> {
    driver
        .only_machine()?
        .succeed("sleep 1000 < /dev/null > /dev/null 2>&1 &")?;
    panic!("the machine is still busy")
}
