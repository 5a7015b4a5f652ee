//! The interface `driver`. Wants two machines, `client` and `server`, and the VLANs 1 and 2.

use std::time::Duration;

use proctor_sdk::{Driver, ErrorKind, MachineParts, Result, bail, ensure, retry};

#[proctor_sdk::test]
fn machines_are_sorted_by_name(driver: Driver) -> Result<()> {
    let names: Vec<String> = driver
        .machines()
        .iter()
        .map(|machine| machine.name().to_owned())
        .collect();
    assert_eq!(names, ["client", "server"]);
    Ok(())
}

#[proctor_sdk::test]
fn a_machine_is_found_by_its_name(driver: Driver) -> Result<()> {
    assert_eq!(driver.machine("client")?.name(), "client");
    assert_eq!(driver.machine("server")?.name(), "server");
    Ok(())
}

#[proctor_sdk::test]
fn an_unknown_name_is_an_invalid_argument_and_the_error_lists_the_names(driver: Driver) -> Result<()> {
    let error = driver.machine("printer").expect_err("there is no printer");
    ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    let text = error.to_string();
    ensure!(
        text.contains("printer") && text.contains("client") && text.contains("server"),
        "{text}"
    );
    ensure!(error.place().file().ends_with("lib.rs"), "{}", error.place());
    Ok(())
}

#[proctor_sdk::test]
fn a_name_is_matched_whole_and_exactly(driver: Driver) -> Result<()> {
    for name in ["", "serve", "servers", "Server", "server ", "server\0", "*"] {
        let error = driver.machine(name).expect_err("nothing is named so");
        ensure!(
            matches!(error.kind(), ErrorKind::InvalidArgument { .. }),
            "{name:?}: {error}"
        );
    }
    Ok(())
}

#[proctor_sdk::test]
fn two_handles_of_one_name_are_one_machine(driver: Driver) -> Result<()> {
    let (first, second) = (driver.machine("server")?, driver.machine("server")?);
    first.connect()?;
    ensure!(second.is_up(), "the second handle does not know that the machine runs");
    drop(first);
    second.succeed("true")?;
    Ok(())
}

#[proctor_sdk::test]
fn the_only_machine_is_an_error_where_there_are_two(driver: Driver) -> Result<()> {
    driver.only_machine().expect_err("there are two machines");
    Ok(())
}

#[proctor_sdk::test]
fn vlans_are_sorted_by_number(driver: Driver) -> Result<()> {
    let numbers: Vec<u32> = driver.vlans().iter().map(|vlan| vlan.number()).collect();
    assert_eq!(numbers, [1, 2]);
    Ok(())
}

#[proctor_sdk::test]
fn no_machine_runs_before_it_is_started(driver: Driver) -> Result<()> {
    ensure!(driver.machines().iter().all(|machine| !machine.is_up()));
    Ok(())
}

#[proctor_sdk::test]
fn start_all_starts_every_machine(driver: Driver) -> Result<()> {
    driver.start_all()?;
    for machine in driver.machines() {
        machine.connect()?;
        ensure!(machine.is_up(), "{} does not run", machine.name());
    }
    Ok(())
}

#[proctor_sdk::test]
fn start_all_leaves_running_machines_alone(driver: Driver) -> Result<()> {
    let server = driver.machine("server")?;
    let shell = server.succeed("echo $$")?;
    driver.start_all()?;
    driver.start_all()?;
    ensure!(
        server.succeed("echo $$")?.text() == shell.text(),
        "the machine was started anew"
    );
    Ok(())
}

#[proctor_sdk::test]
fn join_all_returns_at_once_where_nothing_runs(driver: Driver) -> Result<()> {
    driver.join_all()
}

#[proctor_sdk::test]
fn join_all_returns_when_all_machines_have_stopped(driver: Driver) -> Result<()> {
    driver.start_all()?;
    for machine in driver.machines() {
        machine.crash()?;
    }
    driver.join_all()?;
    ensure!(driver.machines().iter().all(|machine| !machine.is_up()));
    Ok(())
}

#[proctor_sdk::test]
fn join_all_passes_its_limit_while_one_machine_runs(driver: Driver) -> Result<()> {
    let budget = Duration::from_millis(200);
    driver.start_all()?;
    driver.machine("client")?.crash()?;
    let error = driver.join_all_within(budget).expect_err("the server runs");
    ensure!(
        matches!(error.kind(), ErrorKind::TimedOut { budget: told, .. } if *told == budget),
        "{error}"
    );
    ensure!(error.elapsed().is_some_and(|elapsed| elapsed >= budget), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn the_runs_parameters_are_told(driver: Driver) -> Result<()> {
    let parameters: Vec<_> = driver.parameters().into_iter().collect();
    let expected = [("empty", ""), ("equation", "1+1=2"), ("name", "value")];
    assert_eq!(
        parameters,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(driver.parameter("name").as_deref(), Some("value"));
    assert_eq!(driver.parameter("other"), None);
    Ok(())
}

#[proctor_sdk::test]
fn files_are_left_beneath_the_output_directory(driver: Driver) -> Result<()> {
    driver.write_output_file("a directory/left.bin", [0, 1, 255])?;
    for outside in ["../left", "/tmp/left", ""] {
        let error = driver.write_output_file(outside, "x").expect_err("it leads out");
        ensure!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
    }
    Ok(())
}

#[proctor_sdk::test]
fn without_leave_no_machine_is_made(driver: Driver) -> Result<()> {
    let error = driver
        .create_machine(MachineParts::new("made"))
        .expect_err("it is denied");
    let ErrorKind::Denied { capability, .. } = error.kind() else {
        bail!("{error}")
    };
    assert_eq!(capability, "allow-create-machine");
    assert_eq!(driver.machines().len(), 2);
    Ok(())
}

#[proctor_sdk::test(tags = ["granted"])]
fn a_machine_is_made_of_parts(driver: Driver) -> Result<()> {
    let mut parts = MachineParts::new("made");
    parts.binary = driver.parameter("emulator");
    let made = driver.create_machine(parts)?;
    assert_eq!(made.name(), "made");
    assert_eq!(made.succeed("echo made")?.trim(), "made");
    assert_eq!(driver.machines().len(), 3);
    driver.machine("made")?.shutdown()
}

#[proctor_sdk::test]
fn what_a_test_wants_is_tried_again(driver: Driver) -> Result<()> {
    let machine = driver.machine("server")?;
    let lines = retry(Duration::from_secs(60), || {
        let lines = machine.succeed("echo >> lines; wc -l < lines")?.trim().parse::<u32>()?;
        Ok((lines == 3).then_some(lines))
    })?;
    assert_eq!(lines, 3);
    let error = retry(Duration::from_millis(200), || Ok(None::<()>)).expect_err("it never is");
    ensure!(error.to_string().starts_with("action timed out after 0.2"), "{error}");
    Ok(())
}
