//! Calls that wait: for time to pass, for a command to end as wanted.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::LimitName;
use proctor_tests::Bench;

/// How late a busy computer may be.
const LATE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn time_passes_on_the_machine() {
    let bench = Bench::fake("");
    bench.machine.connect().await.unwrap();
    for duration in [0, 1, 250].map(Duration::from_millis) {
        let start = Instant::now();
        bench.machine.sleep(duration).await.unwrap();
        assert!(
            start.elapsed() >= duration && start.elapsed() < duration + LATE,
            "{:?}",
            start.elapsed()
        );
    }
}

#[tokio::test]
async fn waits_repeat_a_command_until_it_ends_as_wanted() {
    let bench = Bench::fake("");
    bench.machine.connect().await.unwrap();
    let count = "echo x >> count; wc -l < count";
    let start = Instant::now();
    let result = bench
        .machine
        .wait_until_succeeds(&format!("[ $({count}) -ge 4 ] && cat count"), None)
        .await
        .unwrap();
    assert_eq!(
        (result.status, result.stdout.as_slice()),
        (0, b"x\nx\nx\nx\n".as_slice())
    );
    let result = bench
        .machine
        .wait_until_fails(&format!("[ $({count}) -lt 8 ]"), None)
        .await
        .unwrap();
    assert_eq!(result.status, 1);
    // Quick probes at first.
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[tokio::test]
async fn waits_end_in_time_and_tell_what_they_saw_last() {
    let bench = Bench::fake("");
    bench.machine.connect().await.unwrap();
    let limit = Duration::from_millis(300);
    for (command, seen) in [
        ("echo nearly; exit 6", "ended with status 6"),
        ("echo nearly; sleep 100", "still running"),
    ] {
        let start = Instant::now();
        let error = bench
            .machine
            .wait_until_succeeds(command, Some(limit))
            .await
            .unwrap_err();
        assert!(
            start.elapsed() >= limit && start.elapsed() < limit + LATE,
            "{:?}",
            start.elapsed()
        );
        let text = error.to_string();
        assert!(text.contains(seen) && text.contains("nearly"), "{text}");
        let Cause::TimedOut {
            limit: name, budget, ..
        } = error.cause
        else {
            panic!("{text}")
        };
        assert_eq!((name, budget), (LimitName::Argument, limit));
    }
    // A command that was killed has not failed by itself.
    let error = bench
        .machine
        .wait_until_fails("sleep 100", Some(limit))
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    bench.check_usable().await;
}
