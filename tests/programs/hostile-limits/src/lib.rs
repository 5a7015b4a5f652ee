//! Tests that each pass one limit, whose name they have, and one that follows. Wants one machine, `machine`, and a
//! directory granted as `data` that has a file `large` of two MiB and a directory `tree` of two files.
//!
//! The run sets the limit low. What it is set to is its own affair: each of these goes far beyond.

use std::hint::{black_box, spin_loop};
use std::mem::forget;

use proctor_sdk::{Driver, Result, group, log};

#[proctor_sdk::test(name = "passes timeout")]
fn the_test(_: Driver) -> Result<()> {
    loop {
        spin_loop();
    }
}

#[proctor_sdk::test(name = "passes run-timeout")]
fn the_run(_: Driver) -> Result<()> {
    loop {
        spin_loop();
    }
}

#[proctor_sdk::test(name = "passes call-timeout")]
fn a_call(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    machine.succeed("echo begun; sleep 1000")?;
    Ok(())
}

#[proctor_sdk::test(name = "passes condition-timeout")]
fn a_condition(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.connect()?;
    let condition = driver.polling_condition("comes to an end").check(|| -> bool {
        loop {
            spin_loop();
        }
    });
    condition.hold(|| machine.succeed("true").map(drop))
}

#[proctor_sdk::test(name = "passes boot-timeout")]
fn a_boot(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start()?;
    machine.connect()
}

#[proctor_sdk::test(name = "passes launch-timeout")]
fn a_launch(driver: Driver) -> Result<()> {
    driver.only_machine()?.start()
}

#[proctor_sdk::test(name = "passes monitor-timeout")]
fn the_monitor(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start()?;
    machine.send_key("a")
}

#[proctor_sdk::test(name = "passes guest-silence")]
fn the_guest(driver: Driver) -> Result<()> {
    driver.only_machine()?.succeed("sleep 1000")?;
    Ok(())
}

#[proctor_sdk::test(name = "passes text-recognition-timeout")]
fn the_recognition_of_text(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start()?;
    machine.get_screen_text()?;
    Ok(())
}

#[proctor_sdk::test(name = "passes memory")]
fn memory(_: Driver) -> Result<()> {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![1_u8; 1 << 20]));
    }
}

#[proctor_sdk::test(name = "passes stack-size")]
fn the_stack(_: Driver) -> Result<()> {
    fn deeper(depth: u64) -> u64 {
        black_box(depth)
            + if depth == u64::MAX {
                0
            } else {
                deeper(black_box(depth + 1))
            }
    }
    black_box(deeper(0));
    Ok(())
}

#[proctor_sdk::test(name = "passes handles")]
fn handles(driver: Driver) -> Result<()> {
    loop {
        forget(driver.machines());
    }
}

#[proctor_sdk::test(name = "passes open-spans")]
fn open_spans(_: Driver) -> Result<()> {
    fn nest(depth: u32) -> u32 {
        match depth {
            2_000 => 0,
            _ => group("deeper", || black_box(nest(depth + 1))).wrapping_add(1),
        }
    }
    black_box(nest(0));
    Ok(())
}

#[proctor_sdk::test(name = "passes call-size")]
fn the_size_of_a_call(_: Driver) -> Result<()> {
    log::info!("{}", "x".repeat(4 << 20));
    Ok(())
}

#[proctor_sdk::test(name = "passes command-output")]
fn the_output_of_a_command(driver: Driver) -> Result<()> {
    driver.only_machine()?.succeed("head -c 4000000 /dev/zero")?;
    Ok(())
}

#[proctor_sdk::test(name = "passes copy-size")]
fn the_size_of_a_copy(driver: Driver) -> Result<()> {
    driver.only_machine()?.copy_from_host("data/large", "large")
}

#[proctor_sdk::test(name = "passes copy-files")]
fn the_files_of_a_copy(driver: Driver) -> Result<()> {
    driver.only_machine()?.copy_from_host("data/tree", "tree")
}

#[proctor_sdk::test(name = "passes output-size")]
fn the_size_of_what_it_leaves(driver: Driver) -> Result<()> {
    loop {
        driver.write_output_file("the same", vec![7; 300_000])?;
    }
}

#[proctor_sdk::test(name = "passes output-files")]
fn the_files_that_it_leaves(driver: Driver) -> Result<()> {
    for number in 0_u64.. {
        driver.write_output_file(format!("below/{number}"), "")?;
    }
    Ok(())
}

#[proctor_sdk::test(name = "passes picture-size")]
fn the_size_of_a_picture(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    machine.start()?;
    machine.screenshot("picture")?;
    Ok(())
}

#[proctor_sdk::test(name = "passes log-size")]
fn the_size_of_the_log(_: Driver) -> Result<()> {
    for _ in 0..100 {
        log::info!("{}", "x".repeat(1 << 10));
    }
    Ok(())
}

#[proctor_sdk::test(name = "passes log-lines")]
fn the_lines_of_the_log(_: Driver) -> Result<()> {
    for number in 0..100 {
        log::info!("line {number}");
    }
    Ok(())
}

#[proctor_sdk::test(name = "passes log-line-size")]
fn the_size_of_a_line(_: Driver) -> Result<()> {
    for _ in 0..10 {
        log::info!("{}", "x".repeat(10_000));
    }
    Ok(())
}

/// Takes a little of everything that needs no machine.
#[proctor_sdk::test(name = "the next")]
fn the_next(driver: Driver) -> Result<()> {
    group("a span", || log::info!("still here"));
    black_box(driver.machines());
    Ok(())
}
