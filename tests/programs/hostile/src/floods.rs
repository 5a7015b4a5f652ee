//! Tests that take all they can get.

use std::hint::black_box;
use std::mem::forget;

use proctor_sdk::{Driver, Result, ensure, group, log, subtest};

/// Memory limit.
#[proctor_sdk::test(tags = ["fails"])]
fn allocates_without_end(_: Driver) -> Result<()> {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![1_u8; 1 << 20]));
    }
}

/// Memory limit, all at once.
#[proctor_sdk::test(tags = ["fails"])]
fn allocates_a_gigabyte_and_a_half(_: Driver) -> Result<()> {
    black_box(vec![1_u8; 3 << 29]);
    Ok(())
}

/// The stack.
#[proctor_sdk::test(tags = ["fails"])]
fn recurses_without_end(_: Driver) -> Result<()> {
    fn deeper(values: &[u64; 64]) -> u64 {
        let values = black_box(values.map(|value| value.wrapping_add(1)));
        deeper(&values).wrapping_add(values[0])
    }
    black_box(deeper(&[0; 64]));
    Ok(())
}

/// The limit of resources held.
#[proctor_sdk::test(tags = ["fails"])]
fn holds_machines_without_end(driver: Driver) -> Result<()> {
    loop {
        forget(driver.machines());
    }
}

/// The limit of resources held.
#[proctor_sdk::test(tags = ["fails"])]
fn opens_spans_without_end(_: Driver) -> Result<()> {
    fn nest(depth: u32) -> u32 {
        group("deeper", || black_box(nest(depth.wrapping_add(1)))).wrapping_add(1)
    }
    black_box(nest(0));
    Ok(())
}

#[proctor_sdk::test]
fn logs_a_hundred_thousand_lines(_: Driver) -> Result<()> {
    for number in 0..100_000 {
        log::info!("line {number}");
    }
    Ok(())
}

#[proctor_sdk::test]
fn logs_a_line_of_a_megabyte(_: Driver) -> Result<()> {
    log::info!("{}", "x".repeat(1 << 20));
    Ok(())
}

/// 70 MB, of which the last is not kept.
#[proctor_sdk::test]
fn logs_more_than_is_kept(_: Driver) -> Result<()> {
    let line = "x".repeat(1 << 16);
    for _ in 0..1_100 {
        log::debug!("{line}");
    }
    Ok(())
}

/// More lines than are kept.
#[proctor_sdk::test(tags = ["flood"])]
fn logs_a_million_lines(_: Driver) -> Result<()> {
    for number in 0..1_000_100 {
        log::info!("line {number}");
    }
    Ok(())
}

/// The limit of bytes in one call.
#[proctor_sdk::test(tags = ["fails", "flood"])]
fn hands_over_a_gigabyte_in_one_call(_: Driver) -> Result<()> {
    let text = String::from_utf8(vec![0; 1 << 30])?;
    group(text, || ());
    Ok(())
}

/// The limit of bytes in one call.
#[proctor_sdk::test(tags = ["fails"])]
fn hands_over_too_much_in_one_call(_: Driver) -> Result<()> {
    group("x".repeat(33 << 20), || ());
    Ok(())
}

#[proctor_sdk::test]
fn logs_what_terminals_and_reports_should_not_see(_: Driver) -> Result<()> {
    for text in [
        "\u{1b}[2J\u{1b}[H\u{1b}[31mred",
        "\u{1b}]0;title\u{7}",
        "\u{1b}]8;;http://example.invalid\u{1b}\\link\u{1b}]8;;\u{1b}\\",
        "\u{1b}P+q544e\u{1b}\\",
        "\u{9b}31m single byte introducer",
        "over\rwritten",
        "back\u{8}\u{8}\u{8}\u{8}space",
        "NUL \0 bell \u{7} delete \u{7f} end of text \u{3}",
        "right to left \u{202e} override, byte order mark \u{feff}, line separator \u{2028}",
        "not a character \u{fffe} \u{ffff} \u{10ffff}",
        "]]> <!-- & <script>alert(1)</script> \" ' `",
        "{\"event\":\"forged\"}\n{\"event\":\"forged\"}",
        "::error::forged",
    ] {
        log::info!("{text}");
        group(text, || ());
        subtest(text, || Ok(()))?;
    }
    Ok(())
}

#[proctor_sdk::test]
fn gives_spans_names_of_a_megabyte(_: Driver) -> Result<()> {
    let name = "x".repeat(1 << 20);
    group(&name, || ());
    subtest(&name, || Ok(()))
}

#[proctor_sdk::test]
fn floods_the_serial_console(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.succeed("seq 1 100000 >&2; head -c 1000000 /dev/urandom >&2; printf '\\033[2J\\033]0;title\\007' >&2")?;
    ensure!(machine.succeed("echo still here")?.text() == "still here\n");
    Ok(())
}
