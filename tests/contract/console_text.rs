//! Text on the serial console: waited for, asked for, typed.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::{CONSOLE_KEPT_BYTES, LimitName, SERIAL_INPUT_BYTES, SERIAL_WRITE};
use proctor_tests::{Bench, LATE, PATIENCE};

const SOON: Option<Duration> = Some(PATIENCE);

/// The text of the lines from `line A` to `line B`.
fn lines(numbers: std::ops::RangeInclusive<u32>) -> String {
    numbers.map(|number| format!("line {number}\n")).collect()
}

#[tokio::test]
async fn text_is_found_over_lines_from_where_the_last_match_ended() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    bench.text("for i in {1..9}; do echo \"line $i\"; done >&2").await;
    bench.record.wait_for("line 9").await;
    let wait = |pattern: &'static str| machine.wait_for_console_text(pattern, SOON);
    // What came before the call counts; lines are joined by line feeds, and have line ends.
    assert_eq!(wait("^line 2$\\nline 3").await.unwrap(), "line 2\nline 3");
    assert_eq!(wait("(?s)line 4.*line 6\n").await.unwrap(), lines(4..=6));
    let short = Some(Duration::from_millis(100));
    let error = machine.wait_for_console_text("line [1-6]", short).await.unwrap_err();
    assert!(error.to_string().contains("line 8\n    line 9"), "{error}");
    // A call that found nothing has taken nothing.
    assert_eq!(wait("line \\d").await.unwrap(), "line 7");
    assert_eq!(wait("line").await.unwrap(), "line");
    assert_eq!(wait("\\A 8\nline 9\n").await.unwrap(), " 8\nline 9\n");
    assert!(machine.wait_for_console_text("foobar", short).await.is_err());
    bench.text("printf 'foo\\nbar\\n' >&2").await;
    assert!(machine.wait_for_console_text("foobar", short).await.is_err());
    assert_eq!(wait("foo\\sbar").await.unwrap(), "foo\nbar");
}

#[tokio::test]
async fn a_prompt_without_a_line_end_is_found_once() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    bench.text("printf 'login: ' >&2").await;
    assert_eq!(
        machine.wait_for_console_text("^login: $", SOON).await.unwrap(),
        "login: "
    );
    assert!(
        machine.console_log().ends_with("\nlogin: "),
        "{}",
        machine.console_log()
    );
    let short = Some(Duration::from_millis(100));
    assert!(machine.wait_for_console_text("login", short).await.is_err());
    bench.text("printf 'root' >&2").await;
    assert_eq!(machine.wait_for_console_text("ro", SOON).await.unwrap(), "ro");
    bench.text("printf 'ot  \\r\\nPassword:' >&2").await;
    assert_eq!(
        machine.wait_for_console_text("\\Aotot$\\nPass", SOON).await.unwrap(),
        "otot\nPass"
    );
    bench.text("printf '\\n' >&2").await;
    assert_eq!(
        machine.wait_for_console_text("\\Aword:\n\\z", SOON).await.unwrap(),
        "word:\n"
    );
    assert!(machine.console_log().ends_with("\nlogin: rootot\nPassword:\n"));
}

/// A notification, and no look every now and then.
#[tokio::test(flavor = "multi_thread")]
async fn text_is_noticed_as_it_comes() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    let (mut late, mut commands) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let start = Instant::now();
        bench.text("true").await;
        commands.push(start.elapsed());
        bench
            .text("(sleep 0.3; echo \"now $(date +%s%N)\" >&2) > /dev/null &")
            .await;
        let line = machine.wait_for_console_text("^now \\d+\n", SOON).await.unwrap();
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        let said: u64 = line.trim_start_matches("now ").trim_end().parse().unwrap();
        late.push(now.saturating_sub(Duration::from_nanos(said)));
    }
    late.sort();
    commands.sort();
    // Most of it is what `date` takes after it has looked at the clock, no more than a command does.
    assert!(late[4] < 4 * commands[4], "{late:?}, commands: {commands:?}");
}

#[tokio::test]
async fn a_wait_ends_in_time_and_tells_the_last_lines() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    bench.text("echo 'the last line' >&2").await;
    bench.record.wait_for("the last line").await;
    for limit in [Duration::ZERO, Duration::from_millis(200)] {
        let start = Instant::now();
        let error = machine.wait_for_console_text("never", Some(limit)).await.unwrap_err();
        assert!(
            start.elapsed() >= limit && start.elapsed() < limit + LATE,
            "{:?}",
            start.elapsed()
        );
        assert!(error.to_string().contains("the last line"), "{error}");
        let named =
            matches!(error.cause, Cause::TimedOut { limit: LimitName::Argument, budget, .. } if budget == limit);
        assert!(named, "{error}");
    }
    assert!(
        machine
            .wait_for_console_text("the last line\n", Some(Duration::ZERO))
            .await
            .is_ok()
    );
    let error = machine
        .wait_for_console_text("x", Some(Duration::ZERO))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("nothing new"), "{error}");
}

#[tokio::test]
async fn a_wait_ends_with_the_machine() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    let error = machine.wait_for_console_text("never", SOON).await.unwrap_err();
    assert!(error.to_string().contains("machine is down (not started)"), "{error}");
    machine.connect(None).await.unwrap();
    let start = Instant::now();
    let waiting = machine.wait_for_console_text("never", None);
    let (waited, _) = tokio::join!(waiting, machine.execute("echo dying >&2; poweroff; sleep 600", SOON));
    let error = waited.unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
    assert!(error.to_string().contains("dying"), "{error}");
    assert!(start.elapsed() < 2 * LATE, "{:?}", start.elapsed());
    // What it said before its end is found after it, and is gone with the next start.
    assert_eq!(machine.wait_for_console_text("dying", SOON).await.unwrap(), "dying");
    assert!(machine.console_log().contains("dying\n"));
    machine.connect(None).await.unwrap();
    assert!(!machine.console_log().contains("dying"), "{}", machine.console_log());
    assert!(machine.wait_for_console_text("Run /init", SOON).await.is_ok());
}

#[tokio::test]
async fn wrong_patterns_are_refused() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    for pattern in ["(", "(?=x)", &"x".repeat(1 << 20), "(?:x{1000}){1000}{1000}"] {
        let error = bench.machine.wait_for_console_text(pattern, SOON).await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
        assert!(error.to_string().len() < 2_000, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_neither_hides_text_nor_holds_a_wait() {
    let bench = Bench::silent("--fake-serial endless");
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    machine
        .wait_for_console_text("flood line 000020000", SOON)
        .await
        .unwrap();
    let limit = Duration::from_secs(1);
    let start = Instant::now();
    let error = machine
        .wait_for_console_text("never said", Some(limit))
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    assert!(start.elapsed() < limit + LATE, "{:?}", start.elapsed());
    assert!(machine.console_log().len() <= CONSOLE_KEPT_BYTES);
    bench.check_usable().await;
}

#[tokio::test]
async fn text_is_typed_as_it_stands() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    let error = machine.send_console("x", None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
    machine.connect(None).await.unwrap();
    machine
        .send_console("two words\ttab \u{1}\u{3} ü\n", None)
        .await
        .unwrap();
    let found = machine.wait_for_console_text("^serial input: .*$", SOON).await.unwrap();
    assert_eq!(found, "serial input: two words\\ttab \\x01\\x03 \\xc3\\xbc");
    let error = machine
        .send_console(&"x".repeat(SERIAL_INPUT_BYTES + 1), None)
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    machine.crash(None).await.unwrap();
    assert!(machine.send_console("x", None).await.is_err());
}

#[tokio::test]
async fn a_console_that_takes_nothing_is_given_up() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    bench.hang().await;
    let start = Instant::now();
    let text = "x".repeat(SERIAL_INPUT_BYTES);
    let error = machine.send_console(&text, None).await.unwrap_err();
    let limit = LimitName::SerialWrite;
    assert!(
        matches!(error.cause, Cause::TimedOut { limit: named, .. } if named == limit),
        "{error}"
    );
    assert!(error.to_string().contains("of 1048576 bytes were taken"), "{error}");
    assert!(start.elapsed() < SERIAL_WRITE + LATE, "{:?}", start.elapsed());
}
