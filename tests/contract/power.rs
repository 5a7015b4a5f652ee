//! The end of machines, and their new beginning.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::{LimitName, Limits, STOP_GRACE};
use proctor_tests::{Bench, LATE, PATIENCE, processes};

/// A busy computer is late, but not each time.
const TRIES: usize = 5;

#[tokio::test]
async fn a_shutdown_waits_for_the_end_and_can_be_followed_by_a_start() {
    let bench = Bench::fake("");
    for _ in 0..2 {
        bench.check_usable().await;
        assert!(bench.machine.is_up().await);
        let start = Instant::now();
        bench.machine.shutdown(None).await.unwrap();
        assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
        assert!(!bench.machine.is_up().await);
        processes::wait_until_gone(bench.run.path()).await;
        // Nothing more to do.
        bench.machine.shutdown(None).await.unwrap();
        bench.machine.wait_for_shutdown(None).await.unwrap();
        bench.machine.crash(None).await.unwrap();
    }
    // A command starts it again.
    bench.check_usable().await;
}

#[tokio::test]
async fn what_never_ran_is_off() {
    let bench = Bench::fake("");
    assert!(!bench.machine.is_up().await);
    bench.machine.shutdown(None).await.unwrap();
    bench.machine.wait_for_shutdown(None).await.unwrap();
    bench.machine.crash(None).await.unwrap();
    bench.machine.release().await;
    bench.machine.sync().await;
    assert!(bench.record.states().is_empty());
}

#[tokio::test]
async fn a_guest_that_does_not_power_off_passes_the_limit() {
    let bench = Bench::fake_with(
        &Limits {
            call: Duration::from_millis(1_000),
            ..Limits::default()
        },
        "",
    );
    bench
        .text("ln -sf /bin/true \"$(command -v poweroff)\"; echo last line >&2")
        .await;
    for (timeout, name) in [
        (Some(Duration::from_millis(700)), LimitName::Argument),
        (None, LimitName::Call),
    ] {
        let start = Instant::now();
        let error = bench.machine.shutdown(timeout).await.unwrap_err();
        let Cause::TimedOut { limit, last_seen, .. } = &error.cause else {
            panic!("{error}")
        };
        assert_eq!(*limit, name);
        assert!(
            last_seen.as_deref().is_some_and(|line| line.contains("last line")),
            "{last_seen:?}"
        );
        assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
        let error = bench.machine.wait_for_shutdown(timeout).await.unwrap_err();
        assert!(
            matches!(error.cause, Cause::TimedOut { limit, .. } if limit == name),
            "{error}"
        );
    }
    bench.check_usable().await;
}

#[tokio::test]
async fn a_guest_that_refuses_to_power_off_is_an_error() {
    let bench = Bench::fake("");
    bench.text("ln -sf /bin/false \"$(command -v poweroff)\"").await;
    let error = bench.machine.shutdown(None).await.unwrap_err();
    let Cause::CommandFailed(result) = &error.cause else {
        panic!("{error}")
    };
    assert_eq!((result.command.as_str(), result.status), ("poweroff", 1));
    bench.check_usable().await;
}

#[tokio::test]
async fn whoever_waits_for_the_end_is_told_of_it() {
    let bench = Bench::fake("");
    bench.check_usable().await;
    let machine = bench.machine.clone();
    let waiting = tokio::spawn(async move { machine.wait_for_shutdown(Some(PATIENCE)).await });
    let off = bench.text("sh -c 'sleep 0.2; poweroff' > /dev/null 2>&1 & true").await;
    assert_eq!(off, "");
    let start = Instant::now();
    waiting.await.unwrap().unwrap();
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_crash_is_at_once_whatever_the_machine_does() {
    for options in [
        "",
        "--fake-qmp mute",
        "--fake-ignore-sigterm",
        "--fake-ignore-sigterm --fake-qmp mute",
    ] {
        let bench = Bench::fake(options);
        let crash = async || {
            bench.machine.start(false, None).await.unwrap();
            let start = Instant::now();
            bench.machine.crash(None).await.unwrap();
            let elapsed = start.elapsed();
            assert!(!bench.machine.is_up().await);
            processes::wait_until_gone(bench.run.path()).await;
            elapsed
        };
        if options.contains("mute") {
            let elapsed = crash().await;
            assert!(elapsed < STOP_GRACE + LATE, "{options}: {elapsed:?}");
        } else {
            let mut tries = 0..TRIES;
            while crash().await >= STOP_GRACE {
                assert!(tries.next().is_some(), "{options}: it ends when it is killed");
            }
        }
        bench.machine.start(false, None).await.unwrap();
    }
}

#[tokio::test]
async fn a_reboot_ends_a_machine_that_may_not_reboot() {
    let bench = Bench::fake("");
    let cause = bench.cause("reboot; sleep 100").await;
    assert!(matches!(cause, Cause::MachineDown { .. }), "{cause}");
    bench.check_usable().await;
}

#[tokio::test]
async fn a_sync_is_no_trouble_for_a_machine_that_cannot() {
    let bench = Bench::fake("");
    bench.text("true").await;
    bench.machine.sync().await;
    assert!(bench.record.messages().is_empty(), "{:?}", bench.record.messages());
    bench.text("ln -sf /bin/false \"${PATH%%:*}/sync\"").await;
    bench.machine.sync().await;
    bench.record.wait_for("`sync` failed").await;
}
