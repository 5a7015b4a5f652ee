//! The interface `files`. Wants one machine, `machine`, and a directory granted as `data` that has `small` (the text
//! `small`), `large` (300,000 bytes), and `tree` with a file `deep/file` (the text `deep`).

use std::time::Duration;

use proctor_sdk::{Driver, ErrorKind, Result, ensure};

#[proctor_sdk::test]
fn a_file_is_waited_for(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed("(sleep 0.2; echo x > 'a file') > /dev/null 2>&1 & true")?;
    machine.wait_for_file("a file")?;
    machine.within(Duration::from_secs(5)).wait_for_file("a file")
}

#[proctor_sdk::test]
fn a_file_that_does_not_come_is_a_passed_limit(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    let error = machine.within(Duration::from_millis(200)).wait_for_file("/none");
    let error = error.expect_err("there is no such file");
    ensure!(matches!(error.kind(), ErrorKind::TimedOut { .. }), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn files_and_directories_go_to_the_machine(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.copy_from_host("data/small", "new/it's")?;
    assert_eq!(machine.succeed("cat \"new/it's\"")?.text(), "small");
    machine
        .within(Duration::from_secs(60))
        .copy_from_host("data/large", "large")?;
    assert_eq!(machine.succeed("wc -c < large")?.trim(), "300000");
    machine.copy_from_host("data/tree", "tree")?;
    assert_eq!(machine.succeed("cat tree/deep/file")?.text(), "deep");
    Ok(())
}

#[proctor_sdk::test]
fn files_go_to_the_machine_over_its_shell_alone(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.copy_from_host_via_shell("data/large", "large")?;
    assert_eq!(machine.succeed("wc -c < large")?.trim(), "300000");
    machine
        .within(Duration::from_secs(60))
        .copy_from_host_via_shell("data/small", "small")?;
    assert_eq!(machine.succeed("cat small")?.text(), "small");
    let error = machine.copy_from_host_via_shell("data/tree", "tree");
    let error = error.expect_err("it is a directory");
    ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn files_and_directories_come_from_the_machine(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed("mkdir -p tree; echo x > tree/x; ln -s x tree/link")?;
    let path = machine.copy_from_machine("tree", "copies")?;
    ensure!(path.ends_with("copies/tree"), "{path}");
    let path = machine
        .within(Duration::from_secs(60))
        .copy_from_machine("tree/x", "")?;
    ensure!(path.ends_with('x'), "{path}");
    let error = machine
        .copy_from_machine("tree/none", "")
        .expect_err("there is no such file");
    ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn nothing_is_copied_to_elsewhere(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed("echo x > x")?;
    for directory in ["..", "/tmp", "a/../../b", "a\0b"] {
        let error = machine.copy_from_machine("x", directory).expect_err("it leads out");
        ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    }
    Ok(())
}

#[proctor_sdk::test]
fn what_is_not_granted_is_not_read(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    for source in ["/etc/passwd", "data/../data/small", "..", "", "other/small"] {
        for outcome in [
            machine.copy_from_host(source, "x"),
            machine.copy_from_host_via_shell(source, "x"),
        ] {
            let error = outcome.expect_err("it is not granted");
            ensure!(
                matches!(error.kind(), ErrorKind::Denied { capability, .. } if capability == "allow-read"),
                "{source:?}: {error}"
            );
        }
    }
    Ok(())
}
