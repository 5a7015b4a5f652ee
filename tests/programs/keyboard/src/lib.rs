//! The interface `keyboard`. What the keys do to a machine only real ones show.

use std::time::{Duration, Instant};

use proctor_sdk::{Driver, ErrorKind, Result, ensure};

#[proctor_sdk::test]
fn keys_and_text_are_typed(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    machine.send_key("ctrl-alt-f2")?;
    machine.send_key("0x1c")?;
    machine.send_chars("root\n")?;
    // The fake machine records what was pressed.
    let keys = machine.succeed("cut -d ' ' -f 1 ../keys | tr '\\n' ' '")?;
    assert_eq!(keys.trim(), "ctrl+alt+f2 28 r o o t ret");
    Ok(())
}

#[proctor_sdk::test]
fn a_delay_passes_after_each_key(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let delay = Duration::from_millis(100);
    let start = Instant::now();
    machine.send_key_with_delay("ret", delay)?;
    machine.send_chars_with_delay("ab", delay)?;
    ensure!(start.elapsed() >= 3 * delay, "after {:?}", start.elapsed());
    Ok(())
}

#[proctor_sdk::test]
fn what_cannot_be_typed_is_an_invalid_argument(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    for outcome in [
        machine.send_chars("naïve"),
        machine.send_key("naïve"),
        machine.send_key("no_such_key"),
    ] {
        let error = outcome.expect_err("no key types that");
        ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    }
    machine.succeed("[ ! -e ../keys ]")?;
    Ok(())
}

#[proctor_sdk::test]
fn a_machine_that_is_off_has_no_keyboard(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    for outcome in [machine.send_key("a"), machine.send_chars("a")] {
        let error = outcome.expect_err("the machine is off");
        ensure!(matches!(error.kind(), ErrorKind::MachineDown { .. }), "{error}");
    }
    Ok(())
}
