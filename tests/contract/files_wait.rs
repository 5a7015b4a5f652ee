//! Waiting for a file.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::{GUEST_LOOK, LimitName};
use proctor_tests::{Bench, LATE, timed_out_by};

#[tokio::test]
async fn every_kind_of_file_is_one() {
    let bench = Bench::fake("");
    let names = ["a b", "it's", "-x", "two\nlines", "*", "deep/er"];
    bench
        .text("mkdir deep; touch 'a b' \"it's\" ./-x $'two\\nlines' '*'; mkfifo deep/er; ln -s nowhere link")
        .await;
    for name in names.into_iter().chain(["link", "deep", "/dev/null", "/"]) {
        bench.machine.wait_for_file(name, Some(LATE)).await.unwrap();
    }
    bench.check_usable().await;
}

#[tokio::test]
async fn a_file_that_does_not_come_is_a_passed_limit_that_tells_how_much_there_is() {
    let bench = Bench::fake("");
    bench.text("mkdir 'of it'").await;
    let limit = Duration::from_secs(1);
    for path in ["of it/none/at all", "of it/[x]", "of it/none"] {
        let start = Instant::now();
        let error = bench.machine.wait_for_file(path, Some(limit)).await.unwrap_err();
        assert!(
            start.elapsed() >= limit && start.elapsed() < limit + LATE,
            "{:?}",
            start.elapsed()
        );
        let text = error.to_string();
        assert!(timed_out_by(&error, LimitName::Argument), "{text}");
        assert!(text.contains("no more than `./of it`"), "{text}");
    }
    let error = bench.machine.wait_for_file("/none", Some(limit)).await.unwrap_err();
    assert!(error.to_string().contains("no more than `/`"), "{error}");
    for path in ["", "a\0b", &"x".repeat(5_000)] {
        let error = bench.machine.wait_for_file(path, None).await.unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    }
    bench.check_usable().await;
}

/// After a long wait as soon as after a short one.
#[tokio::test]
async fn a_file_is_noticed_soon() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let (mut late, mut looks) = (Vec::new(), Vec::new());
    for number in 0..7 {
        let file = bench.state().join(format!("tmp/event{number}"));
        let made = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300 + 250 * number)).await;
            std::fs::write(file, "").unwrap();
            Instant::now()
        });
        bench
            .machine
            .wait_for_file(&format!("event{number}"), None)
            .await
            .unwrap();
        late.push(made.await.unwrap().elapsed());
        let start = Instant::now();
        bench.machine.wait_for_file("event0", None).await.unwrap();
        looks.push(start.elapsed());
    }
    late.sort();
    looks.sort();
    // A look, the pause before it, and generous for a busy computer.
    let most = 4 * (looks[3] + GUEST_LOOK);
    assert!(late[3] < most, "{late:?}, looks: {looks:?}");
}
