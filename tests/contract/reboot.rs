//! Machines that boot again.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor_tests::{Bench, LATE, PATIENCE, processes};

#[tokio::test]
async fn a_machine_reboots_and_is_usable_afterwards() {
    let bench = Bench::fake("");
    bench.machine.start(true, None).await.unwrap();
    for _ in 0..3 {
        let before = bench.text("echo $$").await;
        let start = Instant::now();
        bench.machine.reboot(None).await.unwrap();
        // The next command waits for the new boot.
        assert_ne!(bench.text("echo $$").await, before);
        bench.check_usable().await;
        assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    }
    bench.check_limit(Duration::from_millis(100)).await;
    bench.machine.shutdown(None).await.unwrap();
    assert!(!bench.machine.is_up().await);
}

#[tokio::test]
async fn a_machine_that_boots_still_is_waited_for_first() {
    // Its keys do nothing until then.
    let bench = Bench::fake("--fake-handshake late=1000");
    let start = Instant::now();
    bench.machine.start(true, None).await.unwrap();
    bench.machine.reboot(Some(LATE)).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
    bench.check_usable().await;
}

#[tokio::test]
async fn a_guest_that_reboots_by_itself_is_followed() {
    let bench = Bench::fake("");
    bench.machine.start(true, None).await.unwrap();
    for command in ["reboot; sleep 100", "(sleep 0.2; reboot) > /dev/null 2>&1 &"] {
        bench.check_usable().await;
        let ready = bench.record.ready();
        // The command may be lost with its shell.
        let _ = bench.machine.execute(command, Some(PATIENCE)).await;
        processes::wait_until("it does not come back", || bench.record.ready() > ready).await;
        bench.check_usable().await;
    }
}

#[tokio::test]
async fn without_leave_a_machine_does_not_reboot() {
    let bench = Bench::fake("");
    let error = bench.machine.reboot(None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
    bench.machine.connect(None).await.unwrap();
    let error = bench.machine.reboot(None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Unsupported(_)), "{error}");
    bench.check_usable().await;
    // Where the guest does, the machine goes down.
    let cause = bench.cause("reboot; sleep 100").await;
    assert!(matches!(cause, Cause::MachineDown { .. }), "{cause}");
}

#[tokio::test]
async fn a_guest_that_ignores_its_keys_is_told_in_time() {
    let bench = Bench::fake("--fake-ignore-powerdown");
    bench.machine.start(true, None).await.unwrap();
    bench.machine.connect(None).await.unwrap();
    let start = Instant::now();
    let limit = Duration::from_millis(300);
    let error = bench.machine.reboot(Some(limit)).await.unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    assert!(
        start.elapsed() >= limit && start.elapsed() < LATE,
        "{:?}",
        start.elapsed()
    );
    bench.check_usable().await;
}

/// The first shell is that of the initial RAM disk; it ends when the machine goes on to its own system.
#[tokio::test]
async fn the_root_is_switched() {
    let bench = Bench::fake("");
    bench
        .text(
            "printf '#!/bin/sh\\ncase $1 in isolate) read -r _ _ _ first _ < /proc/$PPID/stat; touch switched; \
             (sleep 0.3; kill -9 '$(read -r _ _ _ first _ < /proc/$PPID/stat; echo $first)') > /dev/null 2>&1 & ;; \
             *) echo ActiveState=active ;; esac\\n' > ${PATH%%:*}/systemctl; chmod +x ${PATH%%:*}/systemctl",
        )
        .await;
    let before = bench.text("echo $$").await;
    processes::wait_until("the first shell is not told", || bench.record.ready() == 1).await;
    bench.machine.switch_root(None).await.unwrap();
    assert!(bench.machine.is_up().await);
    assert_ne!(bench.text("echo $$").await, before, "it did not wait for the new shell");
    // What is reported comes a moment after what it is about.
    processes::wait_until("the new shell is not told", || bench.record.ready() == 2).await;
    assert_eq!(bench.run("test -e switched").await.0, 0);
}
