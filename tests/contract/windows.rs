//! X and its windows, told by programs of the machine: here by scripts in their place.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor_tests::{Bench, LATE, PATIENCE, write_script};

const SOON: Option<Duration> = Some(PATIENCE);
/// Of waits in vain that have looked at least once.
const SHORT: Option<Duration> = Some(Duration::from_millis(1_000));

/// A machine with scripts in the place of its programs.
async fn machine(programs: &[(&str, &str)]) -> Bench {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    for (name, text) in programs {
        write(&bench, name, text);
    }
    bench
}

fn write(bench: &Bench, name: &str, text: &str) {
    let path = bench.state().join("bin").join(name);
    let partial = path.with_extension("partial");
    write_script(&partial, &format!("#!/bin/sh\n{text}\n"));
    std::fs::rename(partial, path).unwrap();
}

fn tree(titles: &[&str]) -> String {
    let line = |title: &&str| format!("     0x1200009 \"{title}\": (\"xterm\" \"XTerm\")  484x316+0+0  +0+0\n");
    let lines: String = titles.iter().map(line).collect();
    format!("cat << 'END'\n\n  Root window id: 0x533 (the root window) (has no name)\n     2 children:\n{lines}END")
}

#[tokio::test]
async fn windows_are_listed_and_waited_for() {
    let bench = machine(&[("xwininfo", &tree(&["user@machine: ~", "A \"title\""]))]).await;
    let machine = &bench.machine;
    assert_eq!(
        machine.window_names(None).await.unwrap(),
        ["user@machine: ~", "A \"title\""]
    );
    assert_eq!(
        machine.wait_for_window("^user@", SOON).await.unwrap(),
        "user@machine: ~"
    );
    let error = machine.wait_for_window("Firefox", SHORT).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("windows:\n    user@machine: ~\n    A \"title\""),
        "{error}"
    );
    let open = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        write(&bench, "xwininfo", &tree(&["Mozilla Firefox"]));
        Instant::now()
    };
    let (found, opened) = tokio::join!(machine.wait_for_window("Firefox$", SOON), open);
    assert_eq!(found.unwrap(), "Mozilla Firefox");
    assert!(opened.elapsed() < LATE, "{:?}", opened.elapsed());
    let error = machine.wait_for_window("(", SOON).await.unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
}

#[tokio::test]
async fn a_missing_server_is_waited_for_and_a_missing_program_is_not() {
    let bench = machine(&[("xwininfo", "echo 'unable to open display' >&2; exit 1")]).await;
    let machine = &bench.machine;
    let error = machine.window_names(None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::CommandFailed(_)), "{error}");
    let error = machine.wait_for_window("x", SHORT).await.unwrap_err();
    assert!(error.to_string().contains("xwininfo ended with status 1"), "{error}");
    write(&bench, "xwininfo", "exit 127");
    for error in [
        machine.window_names(None).await.unwrap_err(),
        machine.wait_for_window("x", None).await.unwrap_err(),
    ] {
        assert!(matches!(error.cause, Cause::Unsupported(_)), "{error}");
        assert!(error.to_string().contains("x11-utils"), "{error}");
    }
}

#[tokio::test]
async fn a_graphical_session_is_a_socket_and_what_systemd_says() {
    let bench = machine(&[("journalctl", "echo 'Reached target Basic System.'")]).await;
    let machine = &bench.machine;
    let error = machine.wait_for_x(SHORT).await.unwrap_err();
    assert!(
        error.to_string().contains("there is no ") && error.to_string().contains("X0"),
        "{error}"
    );
    bench.text("mkdir .X11-unix && : > .X11-unix/X0").await;
    let error = machine.wait_for_x(SHORT).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has not reached the target of a graphical session"),
        "{error}"
    );
    for line in [
        "Reached target Current graphical user session.",
        "Reached target graphical-session.target - Current graphical user session.",
    ] {
        write(
            &bench,
            "journalctl",
            &format!("yes 'Started something.' | head -n 20000\necho '{line}'\necho more"),
        );
        machine.wait_for_x(SOON).await.unwrap();
    }
    write(
        &bench,
        "journalctl",
        "echo 'Reached target Network.'; echo 'Current graphical is something else'",
    );
    assert!(machine.wait_for_x(SHORT).await.is_err());
    write(&bench, "journalctl", "sleep 100");
    let start = Instant::now();
    assert!(machine.wait_for_x(SHORT).await.is_err());
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
}
