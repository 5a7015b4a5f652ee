//! What virtual terminals show, from a screen as the kernel gives it.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor_tests::{Bench, LATE, PATIENCE};

const SOON: Option<Duration> = Some(PATIENCE);
/// A terminal of two lines and twelve columns: a function of its number and two lines without blanks at their ends.
const SHOW: &str = r#"show() {
    local line column cell text
    printf '\002\014\000\000' > screen
    for line in "$2" "$3"; do
        for ((column = 0; column < 12; column++)); do
            cell=${line:column:1}
            printf '%s\007' "${cell:- }" >> screen
        done
    done
    mv screen "$PROCTOR_DEV/vcsa$1"
}
"#;

#[tokio::test]
async fn a_terminals_lines_are_those_of_its_width() {
    let bench = Bench::fake("");
    bench.text(&format!("{SHOW} show 3 'Welcome.' 'login: root'")).await;
    assert_eq!(
        bench.machine.tty_text("3", None).await.unwrap(),
        "Welcome.\nlogin: root\n"
    );
    let found = bench.machine.wait_until_tty_matches("3", "^login: (root|user)$", SOON);
    assert_eq!(found.await.unwrap(), "login: root");
}

#[tokio::test]
async fn terminals_that_are_none_and_that_are_not_there_are_told_apart() {
    let bench = Bench::fake("");
    for tty in ["0", "64", "tty1", "1; poweroff", "../1", ""] {
        let error = bench.machine.tty_text(tty, None).await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
        let error = bench.machine.wait_until_tty_matches(tty, "x", SOON).await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    }
    let error = bench.machine.tty_text("9", None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Unsupported(_)), "{error}");
    bench.text("echo > \"$PROCTOR_DEV/vcsa5\"").await;
    let error = bench.machine.tty_text("5", None).await.unwrap_err();
    assert!(error.to_string().contains("holds no screen"), "{error}");
    let error = bench.machine.wait_until_tty_matches("5", "(", SOON).await.unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    bench.check_usable().await;
}

#[tokio::test]
async fn a_terminal_is_waited_for_and_told_where_it_never_matches() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    bench
        .text(&format!(
            "{SHOW} (sleep 0.5; show 1 one two; until [[ -e seen ]]; do sleep 0.1; done; show 1 one three) \
             > /dev/null 2>&1 &"
        ))
        .await;
    let start = Instant::now();
    assert_eq!(
        machine.wait_until_tty_matches("1", "t[a-z]+$", SOON).await.unwrap(),
        "two"
    );
    std::fs::write(bench.state().join("tmp/seen"), "").unwrap();
    assert_eq!(
        machine.wait_until_tty_matches("1", "three", SOON).await.unwrap(),
        "three"
    );
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    let limit = Some(Duration::from_secs(1));
    let error = machine.wait_until_tty_matches("1", "four", limit).await.unwrap_err();
    assert!(error.to_string().contains("/dev/tty1:\n    one\n    three"), "{error}");
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    let error = machine.wait_until_tty_matches("7", "x", limit).await.unwrap_err();
    assert!(error.to_string().contains("no /dev/vcsa7"), "{error}");
}

#[test]
fn a_pattern_that_takes_long_holds_no_wait() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let bench = Bench::fake("");
        let fill = "head -c 130050 /dev/zero | tr '\\0' x";
        let show = format!("(printf '\\377\\377\\0\\0'; {fill}) > \"$PROCTOR_DEV/vcsa1\"");
        bench.text(&show).await;
        // Two thousand states at each of sixty thousand characters take ten seconds, and more on a busy computer.
        let (start, limit) = (Instant::now(), Some(Duration::from_millis(300)));
        let pattern = "(?s:.{0,2000}.{0,2000}q.)";
        let error = bench
            .machine
            .wait_until_tty_matches("1", pattern, limit)
            .await
            .unwrap_err();
        assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
        assert!(start.elapsed() < LATE / 2, "{:?}", start.elapsed());
    });
    // The search is still going on.
    runtime.shutdown_background();
}
