//! The interface `console`, on a fake machine, which answers what is typed with `serial input: ...`.

use std::time::Duration;

use proctor_sdk::{Driver, ErrorKind, Result, ensure};

const SHORT: Duration = Duration::from_millis(200);

#[proctor_sdk::test]
fn the_console_is_read_and_typed_into(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    assert_eq!(
        machine.wait_for_console_text("Run /init as .* process$")?,
        "Run /init as init process"
    );
    machine.succeed("printf 'login: ' >&2")?;
    assert_eq!(
        machine.within(50 * SHORT).wait_for_console_text("^login: $")?,
        "login: "
    );
    machine.send_console("root\n")?;
    assert_eq!(
        machine.wait_for_console_text("serial input: root$")?,
        "serial input: root"
    );
    let log = machine.get_console_log()?;
    ensure!(
        log.contains("Linux version") && log.ends_with("login: serial input: root\n"),
        "{log}"
    );
    Ok(())
}

#[proctor_sdk::test]
fn text_that_never_comes_is_a_timeout_that_tells_the_last_lines(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let error = machine
        .within(SHORT)
        .wait_for_console_text("never")
        .expect_err("nobody says that");
    ensure!(matches!(error.kind(), ErrorKind::TimedOut { .. }), "{error}");
    ensure!(error.to_string().contains("Run /init as init process"), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn waiting_ends_with_the_machine(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    machine.succeed("(sleep 0.3; poweroff) > /dev/null 2>&1 &")?;
    let error = machine.wait_for_console_text("never").expect_err("nobody says that");
    ensure!(matches!(error.kind(), ErrorKind::MachineDown { .. }), "{error}");
    ensure!(machine.get_console_log()?.contains("Run /init"));
    Ok(())
}

#[proctor_sdk::test]
fn a_virtual_terminal_is_seen(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    // Two lines of six columns, as the kernel has them.
    machine.succeed(
        "printf '\\002\\006\\000\\000l\\007o\\007g\\007i\\007n\\007:\\007r\\007o\\007o\\007t\\007 \\007 \\007' > \"$PROCTOR_DEV/vcsa2\"",
    )?;
    assert_eq!(machine.get_tty_text("2")?, "login:\nroot\n");
    assert_eq!(machine.wait_until_tty_matches("2", "^ro+t$")?, "root");
    let error = machine
        .within(SHORT)
        .wait_until_tty_matches("2", "user")
        .expect_err("it shows something else");
    ensure!(matches!(error.kind(), ErrorKind::TimedOut { .. }), "{error}");
    ensure!(error.to_string().contains("root"), "{error}");
    machine.dump_tty_contents("2")
}

#[proctor_sdk::test]
fn wrong_patterns_and_terminals_are_invalid_arguments(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.connect()?;
    let errors = [
        machine.wait_for_console_text("(").expect_err("a wrong pattern"),
        machine
            .wait_until_tty_matches("1", "(?=x)")
            .expect_err("a wrong pattern"),
        machine.get_tty_text("tty1").expect_err("no number"),
        machine.dump_tty_contents("99").expect_err("no such terminal"),
    ];
    for error in errors {
        ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    }
    let error = machine.get_tty_text("63").expect_err("the machine has none");
    ensure!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error}");
    Ok(())
}
