//! What a real screen shows: the kernel's console on a frame buffer, and a window.

use std::process::Command;
use std::time::Duration;

use proctor::machine::Unit;
use proctor::output_directory::OutputDirectory;
use proctor_tests::{Bench, tesseract_is_installed};

/// What takes some seconds on a machine, and longer on a busy computer.
const SOON: Option<Duration> = Some(Duration::from_secs(120));
/// A wait in vain that has the time to read a large screen.
const IN_VAIN: Option<Duration> = Some(Duration::from_secs(8));

#[tokio::test(flavor = "multi_thread")]
async fn text_and_windows_are_seen_on_a_real_screen() {
    let bench = Bench::systemd("--screen");
    let machine = &bench.machine;
    let recognised = tesseract_is_installed();
    machine.wait_for_unit(Unit::of("getty@tty1", None), SOON).await.unwrap();
    if recognised {
        let found = machine.wait_for_text("^machine login:", SOON).await.unwrap();
        assert_eq!(found, "machine login:");
    }
    let lines = [
        "Welcome to the test machine",
        "the quick brown fox jumps over 12345 lazy dogs",
        "press any key to go on",
    ];
    let print = format!("printf '\\033[2J\\033[H{}' > /dev/tty1", lines.join("\\n"));
    bench.text(&print).await;
    if recognised {
        // A busy computer's machine draws line by line.
        machine.wait_for_text(lines[2], SOON).await.unwrap();
    }
    let output = OutputDirectory::open(bench.scratch.path()).unwrap();
    let path = machine.screenshot(Ok(&output), "console", None).await.unwrap();
    let path = bench.scratch.path().join(path);
    let picture = image::open(&path).unwrap();
    assert_eq!((picture.width(), picture.height()), (1280, 800));
    if recognised {
        let read = Command::new("tesseract")
            .arg(&path)
            .args(["stdout", "--psm", "6"])
            .output()
            .unwrap();
        let read = String::from_utf8(read.stdout).unwrap();
        assert!(lines.iter().all(|line| read.contains(line)), "{read}");
        let text = machine.screen_text(None).await.unwrap();
        assert!(lines.iter().all(|line| text.contains(line)), "{text}");
        let variants = machine.screen_text_variants(None).await.unwrap();
        assert_eq!(variants.len(), 3);
        assert!(variants.iter().all(|text| text.contains(lines[1])), "{variants:?}");
        let error = machine.wait_for_text("never shown", IN_VAIN).await.unwrap_err();
        assert!(error.to_string().contains(lines[1]), "{error}");
    }

    let error = machine.wait_for_x(Some(Duration::from_secs(2))).await.unwrap_err();
    assert!(error.to_string().contains("there is no /tmp/.X11-unix/X0"), "{error}");
    assert_eq!(
        machine.start_job(Unit::of("display", None), None).await.unwrap().status,
        0
    );
    machine.wait_for_x(SOON).await.unwrap();
    // Its shell changes the title.
    let title = machine.wait_for_window("^alice@machine: ~$", SOON).await.unwrap();
    assert_eq!(machine.window_names(None).await.unwrap(), [title.as_str()]);
    let error = machine
        .wait_for_window("never shown", Some(Duration::from_secs(2)))
        .await
        .unwrap_err();
    assert!(error.to_string().contains(&title), "{error}");
    machine
        .send_chars("echo typed in a WINDOW | tr A-Z a-z | tee typed\n", None, None)
        .await
        .unwrap();
    let typed = "grep -x 'typed in a window' /home/alice/typed";
    machine.wait_until_succeeds(typed, SOON, None).await.unwrap();
    if recognised {
        let found = machine.wait_for_text("^typed in.*", SOON).await.unwrap();
        assert_eq!(found, "typed in a window");
    }
}
