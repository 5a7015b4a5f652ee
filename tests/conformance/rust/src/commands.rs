//! Commands.

use std::time::Duration;

use proctor_sdk::{Driver, ErrorKind, Result, bail, log, subtest};

use crate::SHORT;

#[proctor_sdk::test]
fn output(driver: Driver) -> Result {
    let out = driver.machine("alpha")?.succeed("echo hello")?;
    log::info!("{}", out.trim());
    Ok(())
}

#[proctor_sdk::test(name = "output of two machines")]
fn output_of_two_machines(driver: Driver) -> Result {
    let out = driver.machine("alpha")?.succeed("echo alpha")?;
    log::info!("{}", out.trim());
    let out = driver.machine("beta")?.succeed("echo beta")?;
    log::info!("{}", out.trim());
    Ok(())
}

#[proctor_sdk::test(name = "status and output")]
fn status_and_output(driver: Driver) -> Result {
    let result = driver.machine("alpha")?.execute("echo out; exit 7")?;
    log::info!("{} {}", result.status, result.output.trim());
    Ok(())
}

#[proctor_sdk::test(name = "failing as wanted")]
fn failing_as_wanted(driver: Driver) -> Result {
    let out = driver.machine("alpha")?.fail("echo no; exit 3")?;
    log::info!("{}", out.trim());
    Ok(())
}

#[proctor_sdk::test(name = "command failed")]
fn command_failed(driver: Driver) -> Result {
    driver.machine("alpha")?.succeed("echo out; exit 3")?; // HERE
    Ok(())
}

#[proctor_sdk::test(name = "command succeeded")]
fn command_succeeded(driver: Driver) -> Result {
    driver.machine("alpha")?.fail("echo yes")?; // HERE
    Ok(())
}

#[proctor_sdk::test(name = "error caught")]
fn error_caught(driver: Driver) -> Result {
    let Err(error) = driver.machine("alpha")?.succeed("echo out; exit 3") else {
        bail!("it succeeded")
    };
    let ErrorKind::CommandFailed(result) = error.kind() else {
        return Err(error);
    };
    let (machine, action) = (error.machine().unwrap_or("none"), error.action().unwrap_or("none"));
    let (status, output) = (result.status, result.output.trim());
    log::info!(
        "{} {} {status} {output} {machine} {action}",
        error.code(),
        result.command
    );
    Ok(())
}

#[proctor_sdk::test(name = "until it succeeds")]
fn until_it_succeeds(driver: Driver) -> Result {
    let out = driver
        .machine("alpha")?
        .wait_until_succeeds(r#"n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n; echo "try $n"; [ $n -ge 2 ]"#)?;
    log::info!("{}", out.trim());
    Ok(())
}

#[proctor_sdk::test(name = "until it fails")]
fn until_it_fails(driver: Driver) -> Result {
    let out = driver
        .machine("alpha")?
        .wait_until_fails("[ ! -e failing ] && touch failing")?;
    log::info!("failed {}", out.len());
    Ok(())
}

#[proctor_sdk::test(name = "timed out")]
fn timed_out(driver: Driver) -> Result {
    let alpha = driver.machine("alpha")?.within(SHORT);
    alpha.wait_until_succeeds("echo seen; exit 9")?; // HERE
    Ok(())
}

#[proctor_sdk::test(name = "timed out caught")]
fn timed_out_caught(driver: Driver) -> Result {
    let Err(error) = driver.machine("alpha")?.within(SHORT).wait_until_succeeds("exit 9") else {
        bail!("it succeeded")
    };
    let ErrorKind::TimedOut { limit, budget, .. } = error.kind() else {
        return Err(error);
    };
    log::info!("{} {limit} {}", error.code(), budget.as_millis());
    Ok(())
}

#[proctor_sdk::test(name = "execute in time")]
fn execute_in_time(driver: Driver) -> Result {
    let result = driver.machine("alpha")?.within(SHORT).execute("sleep 60")?;
    log::info!("{}", result.status);
    Ok(())
}

#[proctor_sdk::test(name = "succeed in time")]
fn succeed_in_time(driver: Driver) -> Result {
    driver.machine("alpha")?.within(SHORT).succeed("sleep 60")?; // HERE
    Ok(())
}

#[proctor_sdk::test]
fn bytes(driver: Driver) -> Result {
    let out = driver.machine("alpha")?.succeed(r"printf '\000\377\200ok'")?;
    let digits: Vec<_> = out.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    log::info!("{}", digits.concat());
    Ok(())
}

#[proctor_sdk::test(name = "text of bytes")]
fn text_of_bytes(driver: Driver) -> Result {
    let out = driver.machine("alpha")?.succeed(r"printf 'a\377b'")?;
    log::info!("{}", out.text());
    Ok(())
}

#[proctor_sdk::test]
fn unicode(driver: Driver) -> Result {
    subtest("grüße 🎉", || {
        let out = driver.machine("alpha")?.succeed("echo 'grüß 日本 🎉'")?;
        log::info!("{}", out.trim());
        Ok(())
    })
}

#[proctor_sdk::test]
fn nul(driver: Driver) -> Result {
    driver.machine("alpha")?.succeed("echo a\0b")?; // HERE
    Ok(())
}

#[proctor_sdk::test(name = "long command")]
fn long_command(driver: Driver) -> Result {
    let command = format!("printf %s {} | wc -c", "x".repeat(1_000_000));
    let out = driver.machine("alpha")?.succeed(command)?;
    log::info!("{}", out.trim());
    Ok(())
}

#[proctor_sdk::test(name = "large output")]
fn large_output(driver: Driver) -> Result {
    let out = driver.machine("alpha")?.succeed("head -c 8388608 /dev/zero")?;
    log::info!("{}", out.len());
    Ok(())
}

#[proctor_sdk::test(name = "too large output")]
fn too_large_output(driver: Driver) -> Result {
    driver.machine("alpha")?.succeed("head -c 20000000 /dev/zero")?; // HERE
    Ok(())
}

#[proctor_sdk::test(name = "shell killed")]
fn shell_killed(driver: Driver) -> Result {
    driver.machine("alpha")?.succeed("kill -9 $PPID $$; sleep 1")?; // HERE
    Ok(())
}

#[proctor_sdk::test]
fn sleep(driver: Driver) -> Result {
    driver.machine("alpha")?.sleep(Duration::from_millis(50))?;
    log::info!("slept");
    Ok(())
}
