//! Tests that put what terminals and reports must not see into every text that reaches a log. Wants one machine,
//! `machine`, which has a screen.
//!
//! Tests tagged `fails` fail, with such a text in what they say.

use std::time::Duration;

use proctor_sdk::{Driver, Result, bail, group, log, subtest};

/// Escape sequences, controls of both sets, and what turns, hides or ends text. None of it can stand in a test's name.
const HARMFUL: &str = "\u{1b}[31mred\u{1b}]0;title\u{7}\u{1b}P+q\u{1b}\\\u{8}\r\u{7f}\u{9b}31m\u{85}\u{9d}0;t\u{9c}\u{202e}\u{61c}\u{ad}\u{3164}\u{2066}\u{200b}\u{2028}\u{feff}\u{fff9}\u{fffe}\u{ffff}\u{e0041}";
const SOON: Duration = Duration::from_millis(100);

/// A word of a shell's command line that stands for the harmful text.
fn word() -> String {
    let bytes: String = HARMFUL.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("$'{bytes}'")
}

#[proctor_sdk::test]
fn says_and_prints(_: Driver) -> Result<()> {
    for level in [
        log::Level::Debug,
        log::Level::Info,
        log::Level::Warning,
        log::Level::Error,
    ] {
        log::write(level, format_args!("a\0{HARMFUL}"));
    }
    println!("\0{HARMFUL}");
    eprint!("\0{HARMFUL}");
    group(HARMFUL, || log::info!("{HARMFUL}"));
    let _ = subtest::<()>(HARMFUL, || bail!("\0{HARMFUL}"));
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn fails(_: Driver) -> Result<()> {
    subtest(HARMFUL, || bail!("\0{HARMFUL}\n{HARMFUL}"))
}

#[proctor_sdk::test(tags = ["fails"])]
fn panics(_: Driver) -> Result<()> {
    panic!("\0{HARMFUL}\n{HARMFUL}")
}

#[proctor_sdk::test(tags = ["fails"])]
fn fails_a_command(driver: Driver) -> Result<()> {
    let word = word();
    let command = format!(": '{HARMFUL}'; printf %s {word}; printf '\\000%s\\n' {word} {word} >&2; sleep 0.2; exit 3");
    driver.only_machine()?.succeed(command)?;
    Ok(())
}

/// Every code that a terminal's cell can hold.
#[proctor_sdk::test]
fn dumps_a_terminal(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed(
        "{ printf '\\020\\020\\0\\0'; for ((code = 0; code < 256; code++)); do \
         printf \"\\\\x$(printf %02x $code)\\007\"; done; } > \"$PROCTOR_DEV/vcsa1\"",
    )?;
    machine.dump_tty_contents("1")?;
    assert!(machine.get_tty_text("1")?.contains("~"));
    assert!(machine.within(SOON).wait_until_tty_matches("1", "never").is_err());
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn waits_in_vain(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    let soon = machine.within(SOON);
    let _ = soon.wait_for_file(HARMFUL);
    let _ = soon.wait_for_window(HARMFUL);
    let _ = soon.wait_for_console_text(HARMFUL);
    let _ = soon.wait_for_open_port_at(HARMFUL, 1);
    let _ = soon.wait_for_open_unix_socket(HARMFUL);
    machine
        .command(format!("printf %s {}; : {HARMFUL}; false", word()))
        .timeout(SOON)
        .wait_until_succeeds()?;
    Ok(())
}

#[proctor_sdk::test]
fn leaves_a_process(driver: Driver) -> Result<()> {
    let word = word();
    let machine = driver.only_machine()?;
    machine.succeed(format!(
        "(exec -a {word} sleep 0.3; echo {word}) & (sleep 0.2; echo {word}) &"
    ))?;
    machine.succeed("sleep 0.6")?;
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn loses_its_machine(driver: Driver) -> Result<()> {
    let word = word();
    let machine = driver.only_machine()?;
    machine.connect()?;
    machine.send_console(format!("{HARMFUL}\n"))?;
    machine.succeed(format!(
        "printf '\\000%s\\n' {word} {word} >&2; sleep 0.2; poweroff; sleep 1000"
    ))?;
    Ok(())
}

#[proctor_sdk::test(tags = ["fails"])]
fn breaks_a_condition(driver: Driver) -> Result<()> {
    let condition = driver
        .polling_condition(HARMFUL)
        .check(|| -> Result<()> { bail!("\0{HARMFUL}\n{HARMFUL}") });
    condition.hold(|| driver.only_machine()?.succeed("true").map(drop))
}

#[proctor_sdk::test(tags = ["fails"])]
fn names_units(driver: Driver) -> Result<()> {
    let (word, machine) = (word(), driver.only_machine()?);
    let service_manager = |state: &str| {
        machine.succeed(format!(
            r#"cd "${{PATH%%:*}}"
            printf '#!/bin/bash\nprintf "%%s\\n" LoadState=loaded SubState=%q ActiveState=%q\n' {word} {state} > systemctl
            printf '#!/bin/bash\nprintf "%%s\\n" %q\n' {word} > journalctl
            chmod +x systemctl journalctl"#
        ))
    };
    service_manager(&word)?;
    let _ = machine.require_unit_state("x", "active");
    let _ = machine.require_unit_state("x", HARMFUL);
    service_manager("failed")?;
    let _ = machine.get_unit_info(HARMFUL);
    let _ = machine.start_job(HARMFUL);
    machine.within(SOON).wait_for_unit(HARMFUL)
}

#[proctor_sdk::test(tags = ["fails"])]
fn names_files(driver: Driver) -> Result<()> {
    let (word, machine) = (word(), driver.only_machine()?);
    machine.succeed(format!(
        "mkdir tree; mkfifo tree/{word}; ln -s /{word} tree/link{word}; echo x > tree/file{word}"
    ))?;
    machine.copy_from_machine("tree", HARMFUL)?;
    machine.screenshot(HARMFUL)?;
    machine.screenshot(format!("{HARMFUL}/{HARMFUL}.png"))?;
    driver.write_output_file(format!("files/{HARMFUL}"), HARMFUL)?;
    let _ = machine.copy_from_host(HARMFUL, HARMFUL);
    let _ = machine.copy_from_machine(HARMFUL, "x");
    machine.copy_from_host(format!("data/{HARMFUL}"), "x")
}

#[proctor_sdk::test(tags = ["fails"])]
fn asks_for_a_machine(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start()?;
    let _ = machine.send_key(HARMFUL);
    let _ = machine.send_chars(HARMFUL);
    let _ = machine.get_tty_text(HARMFUL);
    let _ = machine.send_monitor_command(HARMFUL);
    let _ = machine.send_qmp_command(HARMFUL, Some(HARMFUL));
    driver.machine(HARMFUL)?;
    Ok(())
}
