//! Calls that wait: for time to pass, for a command to end as wanted.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::{LimitName, PROBE_PAUSE_SHORTEST};
use proctor_tests::{Bench, LATE, PATIENCE};

#[tokio::test]
async fn time_passes_on_the_machine() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
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
    bench.machine.connect(None).await.unwrap();
    let count = "echo x >> count; wc -l < count";
    let start = Instant::now();
    let result = bench
        .machine
        .wait_until_succeeds(&format!("[ $({count}) -ge 20 ] && cat count"), None, None)
        .await
        .unwrap();
    // Quick probes: with a second between two of them, they would take longer.
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    assert_eq!((result.status, result.stdout), (0, b"x\n".repeat(20)));
    let result = bench
        .machine
        .wait_until_fails(&format!("[ $({count}) -lt 24 ]"), None, None)
        .await
        .unwrap();
    assert_eq!(result.status, 1);
}

#[tokio::test]
async fn waits_end_in_time_and_tell_what_they_saw_last() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let limit = Duration::from_secs(1);
    for (command, seen) in [
        ("echo nearly; exit 6", "ended with status 6"),
        ("echo nearly; sleep 100", "still running"),
    ] {
        let start = Instant::now();
        let error = bench
            .machine
            .wait_until_succeeds(command, Some(limit), None)
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
        .wait_until_fails("sleep 100", Some(limit), None)
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    bench.check_usable().await;
}

/// An attempt that hangs is killed, and the next one may do better.
#[tokio::test]
async fn an_attempt_has_a_limit_of_its_own() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let limit = Duration::from_millis(300);
    let attempt = Some(limit);
    let start = Instant::now();
    let command = "echo x >> attempts; [ $(wc -l < attempts) -ge 3 ] || sleep 100";
    let wait = bench.machine.wait_until_succeeds(command, Some(PATIENCE), attempt);
    assert_eq!(wait.await.unwrap().status, 0);
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    // Nor has one that was killed failed.
    let wait = bench.machine.wait_until_fails("sleep 100", Some(3 * limit), attempt);
    let error = wait.await.unwrap_err();
    assert!(error.to_string().contains("still running"), "{error}");
    assert!(start.elapsed() < 2 * LATE, "{:?}", start.elapsed());
}

/// After a long wait as soon as after a short one.
#[tokio::test]
async fn what_is_waited_for_is_noticed_soon() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let (mut late, mut looks) = (Vec::new(), Vec::new());
    for number in 0..7 {
        let command = format!("(sleep 1; date +%s%N > new; mv new event{number}) > /dev/null 2>&1 & true");
        bench.text(&command).await;
        let command = format!("cat event{number} && date +%s%N");
        let result = bench.machine.wait_until_succeeds(&command, None, None).await.unwrap();
        let start = Instant::now();
        bench.run(&command).await;
        looks.push(start.elapsed());
        let text = String::from_utf8(result.stdout).unwrap();
        let times: Vec<u64> = text.split_whitespace().map(|time| time.parse().unwrap()).collect();
        late.push(Duration::from_nanos(times[1] - times[0]));
    }
    late.sort();
    looks.sort();
    // A look, a pause that is as long or the shortest, and generous for a busy computer.
    let most = 4 * (looks[3] + PROBE_PAUSE_SHORTEST);
    assert!(late[3] < most, "{late:?}, looks: {looks:?}");
}
