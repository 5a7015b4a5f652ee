use proctor_sdk::{Driver, Result, ensure, log, subtest};

/// The machine boots and says hello.
#[proctor_sdk::test]
fn hello(driver: Driver) -> Result {
    let machine = driver.only_machine()?;

    subtest("the shell answers", || {
        let output = machine.succeed("echo hello")?;
        ensure!(output.trim() == "hello", "it said {output:?}");
        Ok(())
    })?;

    let kernel = machine.succeed("uname -r")?;
    log::info!("it runs Linux {}", kernel.trim());
    Ok(())
}
