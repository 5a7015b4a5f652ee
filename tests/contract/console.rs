//! The serial console: every line told, nothing harmful, nothing without bound.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::event::State;
use proctor::limits::{CONSOLE_LINE_BYTES, CONSOLE_QUOTED_LINES};
use proctor_tests::{Bench, LATE, PATIENCE, processes};

/// This process's memory, in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn every_line_is_told_in_order_and_attributed() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let lines = bench.record.console();
    assert!(lines[0].starts_with("SeaBIOS") && lines.iter().any(|line| line.ends_with("Run /init as init process")));
    bench.text("for i in {1..500}; do echo line $i >&2; done").await;
    bench.record.wait_for("line 500").await;
    let lines = bench.record.console();
    let seen: Vec<&String> = lines.iter().filter(|line| line.starts_with("line ")).collect();
    assert_eq!(
        seen,
        (1..=500)
            .map(|number| format!("line {number}"))
            .collect::<Vec<_>>()
            .iter()
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_line_is_told_at_once() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    // The command does not end before the line has been told.
    let command = bench
        .machine
        .execute("echo now >&2; until [ -e told ]; do sleep 0.01; done", Some(PATIENCE));
    let seen = async {
        bench.record.wait_for("now").await;
        std::fs::write(bench.state().join("tmp/told"), "").unwrap();
    };
    let (result, ()) = tokio::join!(command, seen);
    assert_eq!(result.unwrap().status, 0);
}

#[tokio::test]
async fn invalid_bytes_and_escapes_are_made_harmless() {
    let bench = Bench::fake("--fake-serial invalid-utf8 --fake-serial escapes");
    bench.machine.connect(None).await.unwrap();
    bench.record.wait_for("invalid").await;
    bench.record.wait_for("fel").await;
    let lines = bench.record.console();
    let line = |text: &str| lines.iter().find(|line| line.contains(text)).unwrap().clone();
    assert!(line("invalid").contains('\u{fffd}'), "{:?}", line("invalid"));
    assert!(line("red").contains("red"));
    for line in &lines {
        assert!(
            !line
                .chars()
                .any(|c| c.is_control() && c != '\t' || ('\u{202a}'..='\u{202e}').contains(&c)),
            "{line:?}"
        );
    }
}

#[tokio::test]
async fn a_line_without_end_is_cut_into_pieces() {
    let bench = Bench::fake("--fake-serial long-line --fake-serial lines=1");
    bench.machine.connect(None).await.unwrap();
    bench.record.wait_for("flood line 000000000").await;
    let lines = bench.record.console();
    assert!(lines.iter().all(|line| line.len() <= CONSOLE_LINE_BYTES));
    let count: usize = lines
        .iter()
        .filter(|line| line.starts_with("xxx"))
        .map(String::len)
        .sum();
    assert_eq!(count, 1 << 20);
}

#[tokio::test]
async fn a_last_line_without_end_is_told_when_the_machine_ends() {
    let bench = Bench::fake("--fake-serial no-newline");
    bench.machine.connect(None).await.unwrap();
    let machine = &bench.machine;
    processes::wait_until("it is not said", || machine.console_log().contains("login:")).await;
    bench.machine.crash(None).await.unwrap();
    bench.record.wait_for("login:").await;
}

#[tokio::test]
async fn none_of_twenty_thousand_lines_is_lost() {
    let bench = Bench::fake("--fake-serial lines=20000");
    bench.check_usable().await;
    bench.record.wait_for("flood line 000019999").await;
    let lines = bench.record.console();
    let flood: Vec<&String> = lines.iter().filter(|line| line.starts_with("flood line")).collect();
    assert_eq!(flood.len(), 20_000);
    assert!(
        flood
            .iter()
            .enumerate()
            .all(|(number, line)| **line == format!("flood line {number:09}"))
    );
    assert_eq!(bench.record.skipped(), 0);
}

#[tokio::test]
async fn a_flood_without_end_neither_blocks_the_guest_nor_its_callers() {
    let bench = Bench::silent("--fake-serial endless");
    bench.machine.connect(None).await.unwrap();
    let start = Instant::now();
    for _ in 0..20 {
        bench.check_usable().await;
    }
    bench.check_limit(Duration::from_millis(200)).await;
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    bench.machine.crash(None).await.unwrap();
    processes::wait_until_gone(bench.run.path()).await;
}

#[tokio::test]
async fn a_flood_does_not_grow_memory() {
    const TEST: &str = "console::a_flood_does_not_grow_memory";
    if let Some(mut own) = proctor_tests::separate_process(TEST) {
        let own = own.output().unwrap();
        assert!(own.status.success(), "{}", String::from_utf8_lossy(&own.stdout));
        return;
    }
    // Two million lines would take 400 MB; what is kept of them is bounded by `CONSOLE_KEPT_BYTES`. No report is read here.
    let bench = Bench::silent("--fake-serial lines=2000000");
    let before = memory();
    bench.machine.connect(None).await.unwrap();
    let start = Instant::now();
    let mut most = 0;
    while start.elapsed() < Duration::from_secs(3) {
        bench.check_usable().await;
        most = most.max(memory());
    }
    assert!(most - before < 150 << 20, "{} MB", (most - before) >> 20);
}

#[tokio::test]
async fn the_last_lines_are_quoted_when_the_machine_dies() {
    let bench = Bench::fake("--fake-serial lines=1000");
    bench.machine.connect(None).await.unwrap();
    bench.record.wait_for("flood line 000000999").await;
    let cause = bench
        .cause("echo 'Kernel panic' >&2; sleep 0.1; poweroff; sleep 100")
        .await;
    let Cause::MachineDown { console, .. } = cause else {
        panic!("{cause}")
    };
    assert_eq!(console.len(), CONSOLE_QUOTED_LINES);
    assert_eq!(console.last().map(String::as_str), Some("Kernel panic"));
    assert_eq!(console[0], format!("flood line {:09}", 1001 - CONSOLE_QUOTED_LINES));
    // A later start begins with an empty page.
    bench.machine.connect(None).await.unwrap();
    let states = || {
        bench
            .record
            .states()
            .into_iter()
            .map(|(state, _)| state)
            .collect::<Vec<_>>()
    };
    processes::wait_until("not every state was told", || states().len() == 5).await;
    assert_eq!(
        states(),
        [State::Booting, State::Ready, State::Down, State::Booting, State::Ready]
    );
}
