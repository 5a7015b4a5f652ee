//! Much output, while the host has other things to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use proctor::error::Cause;
use proctor_tests::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_64_megabytes_is_lost_while_the_host_is_busy() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    let busy = Arc::new(AtomicBool::new(true));
    let spinning = Arc::clone(&busy);
    let spinner = std::thread::spawn(move || while spinning.load(Ordering::Relaxed) {});
    // Every line is different, so that a lost, doubled or moved one shows.
    let command = "seq -f %015.0f 1 4000000";
    let result = machine.succeed(command, Some(Duration::from_secs(120))).await;
    busy.store(false, Ordering::Relaxed);
    spinner.join().unwrap();
    let stdout = result.unwrap().stdout;
    assert_eq!(stdout.len(), 64_000_000);
    for (line, number) in stdout.chunks(16).zip(1_u64..) {
        assert_eq!(line, format!("{number:015}\n").as_bytes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_output_than_allowed_is_an_error_and_the_shell_stays_usable() {
    let bench = Bench::mini();
    let error = bench
        .machine
        .succeed("head -c 100000000 /dev/zero", None)
        .await
        .unwrap_err();
    assert!(
        matches!(error.cause, Cause::OutputTooLarge { limit: 67_108_864, .. }),
        "{error}"
    );
    assert_eq!(
        bench.machine.succeed("echo fine", None).await.unwrap().stdout,
        b"fine\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_serial_line_of_20_000_is_lost() {
    let bench = Bench::mini();
    bench
        .machine
        .succeed(
            "echo >&2; seq 1 20000 >&2; echo the end >&2",
            Some(Duration::from_secs(120)),
        )
        .await
        .unwrap();
    bench.record.wait_for("the end").await;
    let numbers: Vec<u32> = bench
        .record
        .console()
        .iter()
        .filter_map(|line| line.parse().ok())
        .collect();
    assert_eq!(numbers, (1..=20_000).collect::<Vec<_>>());
}
