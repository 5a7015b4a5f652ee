//! Limits on what a machine's other side may do: talk without end, and say nothing.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::{LimitName, Limits};
use proctor_tests::{Bench, LATE, PATIENCE, processes};

#[tokio::test]
async fn a_monitor_that_talks_without_end_is_given_up() {
    let bench = Bench::fake("--fake-qmp endless");
    let start = Instant::now();
    let error = bench.machine.start(false, None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Monitor(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains("a message of more than 4194304 bytes: "), "{text}");
    assert!(text.len() < 10_000, "{} bytes", text.len());
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    processes::wait_until_gone(bench.run.path()).await;
}

#[tokio::test]
async fn a_guest_that_falls_silent_under_a_command_has_lost_its_shells() {
    let silence = Duration::from_secs(1);
    let limits = Limits {
        guest_silence: silence,
        ..Limits::default()
    };
    let bench = Bench::fake_with(&limits, "");
    bench.check_usable().await;
    bench.hang().await;
    let start = Instant::now();
    let error = bench.machine.execute("sleep 1000", Some(PATIENCE)).await.unwrap_err();
    let elapsed = start.elapsed();
    let limit = LimitName::GuestSilence;
    let passed = |cause: &Cause| matches!(cause, Cause::TimedOut { limit: named, budget, .. } if (*named, *budget) == (limit, silence));
    assert!(passed(&error.cause), "{error}");
    assert!(error.to_string().contains("gives no sign of life"), "{error}");
    assert!(elapsed >= silence && elapsed < silence + LATE, "{elapsed:?}: {error}");
}
