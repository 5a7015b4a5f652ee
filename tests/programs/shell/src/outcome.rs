//! What commands return.

use proctor_sdk::{Driver, Result, ensure};

#[proctor_sdk::test]
fn succeed_returns_the_output(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    ensure!(machine.succeed("echo hello")?.text() == "hello\n");
    ensure!(machine.succeed("printf hello")?.text() == "hello");
    ensure!(machine.succeed("true")?.bytes().is_empty());
    Ok(())
}

#[proctor_sdk::test]
fn fail_returns_the_output(driver: Driver) -> Result<()> {
    ensure!(driver.only_machine()?.fail("echo before; exit 9")?.text() == "before\n");
    Ok(())
}

#[proctor_sdk::test]
fn execute_returns_every_status(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    for status in [0, 1, 2, 3, 99, 126, 127, 128, 255] {
        let result = machine.execute(format!("echo {status}; exit {status}"))?;
        assert_eq!(result.status, status);
        assert_eq!(result.output.trim(), status.to_string());
        assert_eq!(result.success(), status == 0);
    }
    Ok(())
}

#[proctor_sdk::test]
fn execute_tells_the_command_as_it_was_given(driver: Driver) -> Result<()> {
    let command = "echo  'spaces   and' \"quotes\" # and a comment";
    assert_eq!(driver.only_machine()?.execute(command)?.command, command);
    Ok(())
}

#[proctor_sdk::test]
fn a_command_that_is_not_there_has_status_127(driver: Driver) -> Result<()> {
    assert_eq!(driver.only_machine()?.execute("no-such-program-anywhere")?.status, 127);
    Ok(())
}

#[proctor_sdk::test]
fn a_command_killed_by_a_signal_has_128_and_the_signal(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    assert_eq!(machine.execute("bash -c 'kill -KILL $$'")?.status, 137);
    assert_eq!(machine.execute("bash -c 'kill -TERM $$'")?.status, 143);
    Ok(())
}

#[proctor_sdk::test]
fn every_byte_comes_through(driver: Driver) -> Result<()> {
    let expected: Vec<u8> = (0..=255).collect();
    let print: String = expected.iter().map(|byte| format!("\\{byte:03o}")).collect();
    let output = driver.only_machine()?.succeed(format!("printf '{print}'"))?;
    ensure!(output.bytes() == expected, "got {:?}", output.bytes());
    Ok(())
}

#[proctor_sdk::test]
fn a_megabyte_of_output_comes_through(driver: Driver) -> Result<()> {
    let output = driver
        .only_machine()?
        .succeed("head -c 1048576 /dev/zero | tr '\\0' x")?;
    let bytes = output.bytes();
    ensure!(
        bytes.len() == 1 << 20 && bytes.iter().all(|&byte| byte == b'x'),
        "got {} bytes",
        bytes.len()
    );
    Ok(())
}

#[proctor_sdk::test]
fn standard_error_is_not_in_the_output(driver: Driver) -> Result<()> {
    ensure!(driver.only_machine()?.succeed("echo aside >&2; echo aloud")?.text() == "aloud\n");
    Ok(())
}

#[proctor_sdk::test]
fn outputs_of_many_commands_do_not_mix(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    for number in 0..50 {
        ensure!(machine.succeed(format!("echo {number}"))?.text() == format!("{number}\n"));
    }
    Ok(())
}

#[proctor_sdk::test]
fn output_that_looks_like_another_prompt_is_only_output(driver: Driver) -> Result<()> {
    let text = "root@machine:~# \n|!=EOF\n0\n\u{1b}[0m\r\n> ";
    let output = driver.only_machine()?.succeed(format!("printf '%s' '{text}'"))?;
    ensure!(output.text() == text, "got {output:?}");
    Ok(())
}
