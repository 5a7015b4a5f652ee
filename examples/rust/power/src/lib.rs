//! One machine that reboots, loses its power and comes back.

use std::time::Instant;

use proctor_sdk::{Driver, Result, ensure, group, log, subtest};

/// What is in memory is lost at each reboot and at each power cut.
#[proctor_sdk::test(tags = ["power"], timeout = "5m")]
fn memory_is_lost(driver: Driver) -> Result<()> {
    let machine = driver.only_machine()?;
    // `proctor run --param cuts=3` asks for more.
    let cuts: u32 = driver.parameter("cuts").map_or(Ok(1), |cuts| cuts.parse())?;

    group("the first start", || {
        // Otherwise a machine that reboots powers off.
        machine.start_allowing_reboot()?;
        machine.succeed("touch /tmp/mark")
    })?;

    subtest("a reboot", || {
        machine.reboot()?;
        machine.succeed("test ! -e /tmp/mark")?;
        machine.succeed("touch /tmp/mark")?;
        Ok(())
    })?;

    let mut times = String::new();
    for cut in 1..=cuts {
        subtest(format!("power cut {cut}"), || {
            machine.crash()?;
            ensure!(!machine.is_up());
            let start = Instant::now();
            machine.start()?;
            machine.connect()?;
            times += &format!("{:.1} s\n", start.elapsed().as_secs_f64());
            machine.succeed("test ! -e /tmp/mark && touch /tmp/mark")?;
            Ok(())
        })?;
    }
    driver.write_output_file("boot-times", &times)?;

    subtest("a shutdown", || {
        machine.shutdown()?;
        let log = machine.get_console_log()?;
        log::info!("the kernel's last word: {:?}", log.lines().last().unwrap_or_default());
        Ok(())
    })
}
