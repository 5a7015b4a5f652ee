//! The interface `screen`. Wants a machine whose screen shows what a real one shows as it begins to boot, and one,
//! `headless`, that has none. Tests tagged `tesseract` need that program.

use std::time::Duration;

use proctor_sdk::{Driver, ErrorKind, Result, ensure};

const SHORT: Duration = Duration::from_millis(200);

#[proctor_sdk::test]
fn pictures_are_saved_in_the_output_directory(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.start()?;
    let path = machine.screenshot("boot")?;
    ensure!(path.ends_with("boot.png"), "{path}");
    ensure!(machine.screenshot("pictures/boot.png")?.ends_with("pictures/boot.png"));
    for name in ["../boot", "/boot", ""] {
        let error = machine
            .screenshot(name)
            .expect_err("that is not in the output directory");
        ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    }
    Ok(())
}

#[proctor_sdk::test]
fn a_machine_without_a_screen_says_so(driver: Driver) -> Result<()> {
    let machine = driver.machine("headless")?;
    let error = machine.screenshot("x").expect_err("it is off");
    ensure!(matches!(error.kind(), ErrorKind::MachineDown { .. }), "{error}");
    machine.start()?;
    let error = machine.screenshot("x").expect_err("it has no screen");
    ensure!(matches!(error.kind(), ErrorKind::Monitor(_)), "{error}");
    Ok(())
}

#[proctor_sdk::test(tags = ["tesseract"])]
fn text_is_read_from_the_screen(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    machine.start()?;
    ensure!(machine.get_screen_text()?.contains("Booting from ROM"));
    let variants = machine.get_screen_text_variants()?;
    ensure!(
        variants.len() == 3 && variants.iter().any(|text| text.contains("SeaBIOS")),
        "{variants:?}"
    );
    assert_eq!(machine.wait_for_text("Sea(BIOS|DOS)")?, "SeaBIOS");
    let error = machine
        .within(Duration::from_secs(10))
        .wait_for_text("never")
        .expect_err("it shows other text");
    ensure!(matches!(error.kind(), ErrorKind::TimedOut { .. }), "{error}");
    ensure!(error.to_string().contains("SeaBIOS"), "{error}");
    let error = machine.wait_for_text("(").expect_err("a wrong pattern");
    ensure!(matches!(error.kind(), ErrorKind::InvalidArgument { .. }), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn windows_are_listed_and_waited_for(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    // In the place of the real program, which asks a real server.
    machine.succeed(
        "{ echo '#!/bin/sh'; echo 'echo \"     0x1 \\\"A title\\\": (\\\"a\\\" \\\"A\\\")  1x1+0+0  +0+0\"'; } > ../bin/xwininfo\n\
         chmod +x ../bin/xwininfo",
    )?;
    assert_eq!(machine.get_window_names()?, ["A title"]);
    assert_eq!(machine.wait_for_window("title$")?, "A title");
    let error = machine
        .within(SHORT)
        .wait_for_window("other")
        .expect_err("there is no other");
    ensure!(error.to_string().contains("A title"), "{error}");
    Ok(())
}

#[proctor_sdk::test]
fn a_graphical_session_is_waited_for(driver: Driver) -> Result<()> {
    let machine = driver.machine("machine")?;
    let error = machine.within(SHORT).wait_for_x().expect_err("there is no server");
    ensure!(matches!(error.kind(), ErrorKind::TimedOut { .. }), "{error}");
    machine.succeed(
        "mkdir \"$PROCTOR_X11\"; : > \"$PROCTOR_X11/X0\"\n\
         printf '#!/bin/sh\\necho Reached target Current graphical user session.\\n' > ../bin/journalctl\n\
         chmod +x ../bin/journalctl",
    )?;
    machine.wait_for_x()
}
