//! The keyboard: what is pressed, for how long, and what cannot be.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use proctor::error::Cause;
use proctor::limits::{KEY_DELAY, KEY_HOLD, LimitName, Limits, TYPED_CHARACTERS};
use proctor_tests::{Bench, LATE, processes, timed_out_by};

/// What was pressed: keys joined by `+`, without how long they were held.
fn pressed(bench: &Bench) -> Vec<String> {
    let text = std::fs::read_to_string(bench.state().join("keys")).unwrap_or_default();
    let hold = format!(" {}", KEY_HOLD.as_millis());
    text.lines()
        .map(|line| line.strip_suffix(&hold).unwrap_or(line).to_owned())
        .collect()
}

#[tokio::test]
async fn text_becomes_keys() {
    let bench = Bench::fake("");
    bench.machine.start(false, None).await.unwrap();
    bench
        .machine
        .send_chars("aZ5% -_\n\t", Some(Duration::ZERO), None)
        .await
        .unwrap();
    let keys = [
        "a",
        "shift+z",
        "5",
        "shift+5",
        "spc",
        "minus",
        "shift+minus",
        "ret",
        "tab",
    ];
    assert_eq!(pressed(&bench), keys);
    let all: String = (' '..='~').collect();
    bench
        .machine
        .send_chars(&all, Some(Duration::ZERO), None)
        .await
        .unwrap();
    assert_eq!(pressed(&bench).len(), keys.len() + 95);
    bench.machine.send_chars("", None, None).await.unwrap();
}

#[tokio::test]
async fn keys_are_pressed_together() {
    // Or else it would reboot, and so end.
    let bench = Bench::fake("--fake-ignore-powerdown");
    bench.machine.start(false, None).await.unwrap();
    for key in [
        "ctrl-alt-delete",
        "ret",
        "\n",
        "A",
        "-",
        "0x1c",
        "shift-0x02",
        "f12",
        "ctrl-/",
    ] {
        bench.machine.send_key(key, Some(Duration::ZERO), None).await.unwrap();
    }
    let keys = [
        "ctrl+alt+delete",
        "ret",
        "ret",
        "shift+a",
        "minus",
        "28",
        "shift+2",
        "f12",
        "ctrl+slash",
    ];
    assert_eq!(pressed(&bench), keys);
}

#[tokio::test]
async fn what_cannot_be_typed_is_refused_before_anything_is() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    let error = machine.send_chars("x", None, None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
    machine.start(false, None).await.unwrap();
    for text in ["abc€", "\u{1b}[A", "\r\n", &"x".repeat(TYPED_CHARACTERS + 1)] {
        let error = machine.send_chars(text, None, None).await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    }
    for key in [
        "",
        "€",
        "ctrl-",
        "Ctrl-c",
        "0x0",
        "0x1ff",
        "nokey",
        "ctrl-nokey",
        "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q",
    ] {
        let error = machine.send_key(key, None, None).await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{key}: {error}");
    }
    assert!(pressed(&bench).is_empty());
}

/// QEMU answers before it has released the keys: the next come after that.
#[tokio::test]
async fn keys_are_released_before_the_call_returns() {
    // Or else it would reboot, and so end.
    let bench = Bench::fake("--fake-ignore-powerdown");
    bench.machine.start(false, None).await.unwrap();
    let machine = &bench.machine;
    let start = Instant::now();
    machine.send_key("a", None, None).await.unwrap();
    assert!(start.elapsed() >= 2 * KEY_HOLD + KEY_DELAY, "{:?}", start.elapsed());
    let start = Instant::now();
    let delay = Duration::from_millis(100);
    machine.send_key("ctrl-alt-delete", Some(delay), None).await.unwrap();
    assert!(start.elapsed() >= 6 * KEY_HOLD + delay, "{:?}", start.elapsed());
    let start = Instant::now();
    machine.send_chars("aB", Some(delay), None).await.unwrap();
    assert!(start.elapsed() >= 6 * KEY_HOLD + 2 * delay, "{:?}", start.elapsed());
}

#[tokio::test]
async fn typing_ends_with_the_call_limit_and_with_the_machine() {
    let limits = Limits {
        call: Duration::from_millis(500),
        ..Limits::default()
    };
    let bench = Bench::fake_with(&limits, "");
    bench.machine.start(false, None).await.unwrap();
    let start = Instant::now();
    let error = bench
        .machine
        .send_chars(&"x".repeat(1000), None, None)
        .await
        .unwrap_err();
    assert!(timed_out_by(&error, LimitName::Call), "{error}");
    assert!(error.to_string().contains(" of 1000 characters were typed"), "{error}");
    let error = bench
        .machine
        .send_key("a", Some(Duration::from_secs(4_000_000)), None)
        .await
        .unwrap_err();
    assert!(timed_out_by(&error, LimitName::Call), "{error}");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());

    let bench = Bench::fake("");
    bench.machine.start(false, None).await.unwrap();
    let text = "x".repeat(10_000);
    let death = async {
        processes::wait_until("nothing is typed", || !pressed(&bench).is_empty()).await;
        kill(Pid::from_raw(bench.process().await), Signal::SIGKILL).unwrap();
        Instant::now()
    };
    let (typed, start) = tokio::join!(bench.machine.send_chars(&text, None, None), death);
    let error = typed.unwrap_err();
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
}
