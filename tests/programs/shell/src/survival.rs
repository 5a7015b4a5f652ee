//! Commands that would end or confuse a careless shell.

use std::time::{Duration, Instant};

use proctor_sdk::{Driver, ErrorKind, Machine, Result, bail, ensure};

/// Far below the time for which the background jobs here would hold the line.
const PROMPT: Duration = Duration::from_secs(15);

fn still_works(machine: &Machine) -> Result<()> {
    let output = machine.succeed("echo still here")?;
    ensure!(output.text() == "still here\n", "got {output:?}");
    Ok(())
}

#[proctor_sdk::test]
fn the_shell_survives_syntax_errors(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    for command in [
        ")",
        "(",
        "()",
        "}",
        "{",
        "'",
        "\"",
        "`",
        "$(",
        "${",
        "if",
        "fi",
        "case x in",
        "for",
        "&&",
        "|",
        ";;",
        "<",
        "echo )",
    ] {
        let result = machine.execute(command)?;
        ensure!(!result.success(), "{command:?} succeeded");
        still_works(&machine)?;
    }
    Ok(())
}

#[proctor_sdk::test]
fn a_syntax_error_runs_no_other_command(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    ensure!(!machine.execute("true )\necho reached")?.output.contains("reached"));
    still_works(&machine)
}

#[proctor_sdk::test]
fn the_shell_survives_an_open_here_document(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    // bash warns and takes what there is, so the status is its own affair.
    machine.execute("cat <<END\nsome text")?;
    still_works(&machine)
}

#[proctor_sdk::test]
fn the_shell_survives_odd_ends(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    for command in [
        "echo a # b",
        "echo a \\",
        "true &",
        "echo a;",
        "echo a\n\n\n",
        "echo a \\\n",
    ] {
        machine.succeed(command)?;
        still_works(&machine)?;
    }
    Ok(())
}

#[proctor_sdk::test]
fn the_shell_survives_an_exit(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    assert_eq!(machine.execute("exit 3")?.status, 3);
    still_works(&machine)?;
    assert_eq!(machine.execute("exec false")?.status, 1);
    still_works(&machine)
}

#[proctor_sdk::test]
fn the_shell_survives_closed_descriptors(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    for command in [
        "exec 1>&-",
        "exec 1>&- 2>&-",
        "exec 0<&-",
        "exec 0<&- 1>&- 2>&-",
        "exec >/dev/null",
    ] {
        machine.succeed(command)?;
        still_works(&machine)?;
    }
    Ok(())
}

#[proctor_sdk::test]
fn a_closed_output_is_no_early_end(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    assert_eq!(machine.execute("exec 1>&-; sleep 0.3; exit 5")?.status, 5);
    still_works(&machine)
}

#[proctor_sdk::test]
fn a_killed_shell_is_told(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let error = machine.succeed("kill -9 $$").expect_err("the shell is dead");
    let ErrorKind::ShellLost {
        command,
        reason,
        restored,
    } = error.kind()
    else {
        bail!("{error}")
    };
    assert_eq!(command, "kill -9 $$");
    ensure!(!reason.is_empty());
    if *restored {
        still_works(&machine)?;
    }
    Ok(())
}

#[proctor_sdk::test]
fn a_background_job_does_not_hold_the_command(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let begun = Instant::now();
    let job = machine.succeed("sleep 60 & echo $!")?;
    ensure!(
        begun.elapsed() < PROMPT,
        "the command took as long as its background job"
    );
    machine.succeed(format!("kill {}", job.trim()))?;
    still_works(&machine)
}

#[proctor_sdk::test]
fn what_a_background_job_prints_later_is_no_output_of_the_next_command(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed("(sleep 0.2; echo late) &")?;
    ensure!(machine.succeed("sleep 0.5; echo mine")?.text() == "mine\n");
    still_works(&machine)
}

#[proctor_sdk::test]
fn a_job_that_lets_go_of_everything_goes_on(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    let job = machine.succeed("sleep 60 < /dev/null > /dev/null 2>&1 & echo $!")?;
    let job = job.trim();
    machine.succeed(format!("kill -0 {job}"))?;
    machine.succeed(format!("kill {job}"))?;
    Ok(())
}
