//! In what surroundings commands run.

use proctor_sdk::{Driver, Result, ensure};

#[proctor_sdk::test]
fn commands_run_as_root(driver: Driver) -> Result<()> {
    assert_eq!(driver.only_machine()?.succeed("id -u")?.trim(), "0");
    Ok(())
}

#[proctor_sdk::test]
fn commands_run_where_the_shell_began_whatever_the_last_one_did(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    // `/tmp` on a real guest; a fake machine has a directory of its own.
    let first = machine.succeed("pwd")?;
    assert!(first.trim().ends_with("/tmp"), "{}", first.trim());
    machine.succeed("cd /")?;
    assert_eq!(machine.succeed("pwd")?.trim(), first.trim());
    Ok(())
}

#[proctor_sdk::test]
fn commands_run_in_bash(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed("[[ -n $BASH_VERSION ]]")?;
    assert_eq!(machine.succeed("words=(one two); echo ${words[1]}")?.trim(), "two");
    Ok(())
}

#[proctor_sdk::test]
fn the_first_failure_ends_a_command(driver: Driver) -> Result<()> {
    ensure!(
        driver
            .only_machine()?
            .fail("false; echo not reached")?
            .bytes()
            .is_empty()
    );
    Ok(())
}

#[proctor_sdk::test]
fn an_unset_variable_is_a_failure(driver: Driver) -> Result<()> {
    ensure!(
        driver
            .only_machine()?
            .fail("echo $this_is_not_set; echo not reached")?
            .bytes()
            .is_empty()
    );
    Ok(())
}

#[proctor_sdk::test]
fn a_failure_in_a_pipe_is_a_failure(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.fail("false | true")?;
    machine.succeed("true | true")?;
    Ok(())
}

#[proctor_sdk::test]
fn a_failure_may_be_allowed(driver: Driver) -> Result<()> {
    assert_eq!(
        driver
            .only_machine()?
            .succeed("false || true; if false; then :; fi; echo on")?
            .trim(),
        "on"
    );
    Ok(())
}

#[proctor_sdk::test]
fn options_and_variables_end_with_their_command(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed("set +euo pipefail; variable=1; alias true=false; trap 'echo trapped' EXIT; shopt -s nullglob")?;
    machine.fail("echo $variable")?;
    machine.fail("false; true")?;
    ensure!(machine.succeed("true")?.bytes().is_empty());
    Ok(())
}

#[proctor_sdk::test]
fn there_is_nothing_on_standard_input(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    ensure!(machine.succeed("cat")?.bytes().is_empty());
    machine.fail("read -r line")?;
    Ok(())
}

#[proctor_sdk::test]
fn a_command_may_have_many_lines(driver: Driver) -> Result<()> {
    let output = driver
        .only_machine()?
        .succeed("for word in one two\ndo\n\techo $word\ndone\n\n")?;
    ensure!(output.text() == "one\ntwo\n", "got {output:?}");
    Ok(())
}

#[proctor_sdk::test]
fn a_command_may_have_a_here_document(driver: Driver) -> Result<()> {
    let output = driver
        .only_machine()?
        .succeed("cat <<'END'\n$HOME `date` \\ \"'\nEOF\nEND")?;
    ensure!(output.text() == "$HOME `date` \\ \"'\nEOF\n", "got {output:?}");
    Ok(())
}

#[proctor_sdk::test]
fn a_command_may_be_empty_or_a_comment(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    for command in ["", " ", "\n", "# nothing", ":"] {
        ensure!(machine.succeed(command)?.bytes().is_empty(), "{command:?}");
    }
    Ok(())
}

#[proctor_sdk::test]
fn every_character_of_a_command_comes_through(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    for text in [
        "$HOME",
        "`date`",
        "\\",
        "\\n",
        "\"",
        "!!",
        "!echo",
        "%s",
        "&&",
        "a\tb",
        "a\rb",
        "Grüße 世界 🦀",
        "\u{1b}[A",
        "\u{7f}\u{3}\u{4}",
    ] {
        let output = machine.succeed(format!("printf '%s' '{text}'"))?;
        ensure!(output.text() == text, "{text:?} became {output:?}");
    }
    Ok(())
}

#[proctor_sdk::test]
fn a_command_may_be_a_megabyte_long(driver: Driver) -> Result<()> {
    let word = "x".repeat(1 << 20);
    let output = driver
        .only_machine()?
        .succeed(format!("word={word}; echo ${{#word}}"))?;
    assert_eq!(output.trim(), "1048576");
    Ok(())
}
