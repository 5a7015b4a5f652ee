//! A real keyboard, a real screen and real terminals.

use std::time::Duration;

use proctor::error::Cause;
use proctor::output_directory::OutputDirectory;
use proctor_tests::{Bench, tesseract_is_installed};

/// What takes a moment on a machine, and longer on a busy computer.
const SOON: Option<Duration> = Some(Duration::from_secs(60));

/// All that can be typed, twice, so that no key is the first or the last.
fn typeable() -> String {
    let all: String = (' '..='~').chain(['\t', '\n']).collect();
    all.repeat(2)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_comes_back_and_keys_reach_the_machine() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    // So that every key is a byte, and none has a meaning.
    bench
        .text("setsid bash -c 'stty raw -echo; : > ready; exec cat > typed' < /dev/tty1 > log 2>&1 &")
        .await;
    machine.wait_until_succeeds("test -e ready", SOON, None).await.unwrap();
    let text = typeable();
    machine.send_chars(&text, None, None).await.unwrap();
    let count = format!("[ $(wc -c < typed) -ge {} ]", text.len());
    machine.wait_until_succeeds(&count, SOON, None).await.unwrap();
    // Enter is a carriage return where nobody makes a line feed of it.
    let (_, typed) = bench.run("cat typed").await;
    assert_eq!(String::from_utf8(typed).unwrap().replace('\r', "\n"), text);

    // The code of Enter, a letter with a key held, and what the shell of a terminal would never see.
    for key in ["0x1c", "ctrl-c", "shift-a", "esc"] {
        machine.send_key(key, None, None).await.unwrap();
    }
    machine
        .wait_until_succeeds(&format!("[ $(wc -c < typed) -ge {} ]", text.len() + 4), SOON, None)
        .await
        .unwrap();
    assert_eq!(bench.run("tail -c 4 typed").await.1, b"\r\x03A\x1b");
    for key in ["no_such_key", "ctrl-no_such_key"] {
        let error = machine.send_key(key, None, None).await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
        assert!(error.to_string().contains("no_such_key"), "{error}");
    }

    // The kernel restarts at this, which ends a machine that is not to be started again.
    machine.send_key("ctrl-alt-delete", None, None).await.unwrap();
    machine.wait_for_shutdown(SOON).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_is_seen_as_text_and_as_a_picture() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    let lines = [
        "Welcome to the test machine",
        "the quick brown fox jumps over 12345 lazy dogs",
        "login:",
    ];
    let print = format!("printf '\\033[2J\\033[H{}' > /dev/tty1", lines.join("\\n"));
    bench.text(&print).await;

    let shown = machine.wait_until_tty_matches("1", "^login:$", SOON).await.unwrap();
    assert_eq!(shown, "login:");
    let shown = machine.tty_text("1", None).await.unwrap();
    assert_eq!(shown.lines().take(3).collect::<Vec<_>>(), lines);
    assert_eq!(shown.lines().count(), 25, "{shown}");
    // A line that is as wide as the screen and goes on in the next.
    bench
        .text("printf '\\033[2J\\033[H%0100d\\n\\303\\274' 7 > /dev/tty1")
        .await;
    let shown = machine.tty_text("1", None).await.unwrap();
    let wrapped: Vec<&str> = shown.lines().take(3).collect();
    assert_eq!(wrapped, ["0".repeat(80), format!("{}7", "0".repeat(19)), "ü".into()]);
    let error = machine.tty_text("63", None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Unsupported(_)), "{error}");

    // The kernel of this machine has no console on the screen: what is to be seen is written to the video card's memory,
    // which holds characters and colours.
    let mut cells = Vec::new();
    for line in lines {
        cells.extend(format!("{line:80}").bytes().flat_map(|character| [character, 7]));
    }
    let cells: String = cells.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    let draw = format!("printf '{cells}' | dd of=/dev/mem bs=4096 seek=$((0xb8)) conv=notrunc");
    bench.text(&draw).await;
    let output = OutputDirectory::open(bench.scratch.path()).unwrap();
    let path = machine.screenshot(Ok(&output), "shots/login", None).await.unwrap();
    assert_eq!(path.to_str(), Some("shots/login.png"));
    let picture = image::open(bench.scratch.path().join(path)).unwrap();
    assert_eq!((picture.width(), picture.height()), (720, 400));
    if !tesseract_is_installed() {
        return;
    }
    let found = machine.wait_for_text("quick brown fox.*lazy dogs", SOON).await.unwrap();
    assert_eq!(found, lines[1].trim_start_matches("the "));
    let text = machine.screen_text(None).await.unwrap();
    assert!(lines.iter().all(|line| text.contains(line)), "{text}");
    assert_eq!(machine.screen_text_variants(None).await.unwrap().len(), 3);
    let error = machine
        .wait_for_text("never shown", Some(Duration::from_secs(8)))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("quick brown fox"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_serial_console_is_read_and_typed_into() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    // A prompt has no line end.
    bench
        .text("setsid bash -c 'printf \"Name: \" > /dev/ttyS0; read -r name < /dev/ttyS0; echo \"Hello $name.\" > /dev/ttyS0' > /dev/null 2>&1 &")
        .await;
    assert_eq!(machine.wait_for_console_text("Name: $", SOON).await.unwrap(), "Name: ");
    machine.send_console("a name\n", None).await.unwrap();
    // A line is looked at as soon as a part of it is there, so the pattern says where it ends.
    assert_eq!(
        machine.wait_for_console_text("^Hello .*[.]", SOON).await.unwrap(),
        "Hello a name."
    );
    // The line may not have come to its end yet.
    let log = machine.console_log();
    assert!(log.contains("Name: ") && log.contains("\nHello a name."), "{log}");
    let waiting = machine.wait_for_console_text("never said", SOON);
    let (waited, crashed) = tokio::join!(waiting, machine.crash(None));
    crashed.unwrap();
    let error = waited.unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
}
