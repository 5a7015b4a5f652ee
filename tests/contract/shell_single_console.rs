//! Guests with one console only, and guests whose devices come late.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::{Limits, WORKER_SETUP};
use proctor_tests::{Bench, LATE, PATIENCE, ROOM, processes};

fn limit(milliseconds: u64) -> Option<Duration> {
    Some(Duration::from_millis(milliseconds))
}

#[tokio::test]
async fn commands_work_as_with_all_ports() {
    let bench = Bench::fake("--fake-one-console");
    for status in [0, 1, 3, 42, 124, 255] {
        assert_eq!(bench.run(&format!("exit {status}")).await, (status, Vec::new()));
    }
    let bytes: Vec<u8> = (0..=u8::MAX).collect();
    let octal: String = bytes.iter().map(|byte| format!("\\{byte:03o}")).collect();
    assert_eq!(bench.run(&format!("printf '{octal}'")).await, (0, bytes));
    for (command, status, output) in [
        ("false; echo no", 1, ""),
        ("false | true", 1, ""),
        (")", 2, ""),
        ("exec 1>&-; exit 4", 4, ""),
        ("echo yes; exit 3; echo no", 3, "yes\n"),
        ("cat", 0, ""),
        ("cat <<END\nline\nEND", 0, "line\n"),
        ("kill -KILL $BASHPID", 137, ""),
        ("", 0, ""),
    ] {
        assert_eq!(bench.run(command).await, (status, output.into()), "{command:?}");
    }
    let text = "a\x1f'ü\n\x1f0".repeat(30_000);
    let (status, output) = bench.run(&format!("cat <<'END'\n{text}\nEND")).await;
    assert!(
        status == 0 && output == format!("{text}\n").into_bytes(),
        "{} bytes came back",
        output.len()
    );
    let (status, output) = bench.run("head -c 3000000 /dev/zero").await;
    assert!(status == 0 && output.len() == 3_000_000 && output.iter().all(|byte| *byte == 0));
    bench.check_usable().await;
    for number in 0..50 {
        assert_eq!(
            bench.run(&format!("echo {number}; exit {number}")).await,
            (number, format!("{number}\n").into_bytes())
        );
    }
}

#[tokio::test]
async fn output_that_is_lost_is_no_empty_output() {
    let bench = Bench::fake("--fake-one-console");
    // It may not have become that program yet.
    let command = "until pkill -KILL -P $$ -x cat; do sleep 0.01; done; echo lost";
    let error = bench.machine.execute(command, Some(PATIENCE)).await;
    let error = error.unwrap_err();
    assert!(error.to_string().contains("output was lost"), "{error}");
    bench.check_usable().await;
}

#[tokio::test]
async fn limits_hold() {
    let limits = Limits {
        command_output: 10_000,
        ..Limits::default()
    };
    let bench = Bench::fake_with(&limits, "--fake-one-console");
    bench.machine.connect(None).await.unwrap();
    let command = "trap '' TERM; sleep 1000 & echo $! $BASHPID; sleep 1000 & echo $!; wait; sleep 1000";
    let start = Instant::now();
    let result = bench.machine.execute(command, Some(ROOM)).await.unwrap();
    assert!(start.elapsed() < ROOM + LATE, "{:?}", start.elapsed());
    assert_eq!(result.status, 124);
    let text = String::from_utf8(result.stdout).unwrap();
    assert_eq!(text.split_whitespace().count(), 3, "{text:?}");
    for process in text.split_whitespace() {
        processes::wait_for_end(process.parse().unwrap()).await;
    }
    bench.check_usable().await;
    let error = bench.machine.succeed("sleep 1000", limit(100)).await.unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    bench.check_usable().await;
    let cause = bench.cause("head -c 10001 /dev/zero").await;
    assert!(matches!(cause, Cause::OutputTooLarge { limit: 10_000, .. }), "{cause}");
    assert_eq!(bench.run("head -c 10000 /dev/zero").await.1.len(), 10_000);
    for number in 0..10 {
        let _ = tokio::time::timeout(
            Duration::from_millis(number * 5),
            bench.machine.execute("sleep 1000", None),
        )
        .await;
        bench.check_usable().await;
    }
}

#[tokio::test]
async fn output_in_many_small_pieces_is_whole() {
    let bench = Bench::fake_with(
        &Limits {
            command_output: 200_000,
            ..Limits::default()
        },
        "--fake-one-console",
    );
    let (status, output) = bench
        .run("for i in {1..3000}; do echo $i; done; sleep 0.1; seq 3001 6000")
        .await;
    let expected: String = (1..=6_000).map(|number| format!("{number}\n")).collect();
    assert!(
        status == 0 && output == expected.into_bytes(),
        "{status}, {} bytes",
        output.len()
    );
}

#[tokio::test]
async fn endless_output_is_ended() {
    let bench = Bench::fake_with(
        &Limits {
            command_output: 10_000,
            ..Limits::default()
        },
        "--fake-one-console",
    );
    bench.machine.connect(None).await.unwrap();
    let start = Instant::now();
    let cause = bench.cause("echo $BASHPID > process; yes").await;
    assert!(matches!(cause, Cause::OutputTooLarge { .. }), "{cause}");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    processes::wait_for_end(bench.text("cat process").await.parse().unwrap()).await;
    bench.check_usable().await;
}

#[tokio::test]
async fn background_jobs_keep_nobody_waiting() {
    let bench = Bench::fake("--fake-one-console");
    bench.machine.connect(None).await.unwrap();
    let start = Instant::now();
    assert_eq!(
        bench
            .run("(until [ -e go ]; do sleep 0.05; done; echo late) & echo early; exit 3")
            .await,
        (3, b"early\n".to_vec())
    );
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    for _ in 0..25 {
        assert_eq!(bench.run("sleep 0.05; echo now").await.1, b"now\n");
    }
    bench.record.wait_for("its standard output is still held by").await;
    std::fs::write(bench.state().join("tmp/go"), "").unwrap();
}

#[tokio::test]
async fn a_killed_shell_is_replaced_where_the_guest_does_so() {
    let bench = Bench::fake("--fake-one-console");
    for _ in 0..2 {
        let cause = bench.cause("kill -9 $$; sleep 100").await;
        assert!(matches!(cause, Cause::ShellLost { restored: true, .. }), "{cause}");
        bench.check_usable().await;
    }
}

/// Something else of the guest's has it: found when the worker dies there again and again, or when it stays silent.
#[tokio::test]
async fn a_second_console_that_is_another_s_is_done_without() {
    // What is silent is waited for, what dies is not.
    for (console, limit) in [("null", LATE), ("deaf", WORKER_SETUP + LATE)] {
        let bench = Bench::fake(&format!("--fake-second-console {console}"));
        let start = Instant::now();
        bench.check_usable().await;
        assert!(start.elapsed() < limit, "{:?}", start.elapsed());
        assert_eq!(bench.record.count("its first works alone"), 1);
        // The ports are used all the same, and no shell is left on that console.
        let output = bench.run("head -c 1000000 /dev/zero").await.1;
        assert_eq!(output.len(), 1_000_000);
        let processes = processes::of_run(bench.run.path());
        let worker = processes.iter().find(|(_, command)| command.contains("proctor-worker"));
        assert!(worker.is_none(), "{processes:?}");
        bench.check_limit(Duration::from_millis(100)).await;
        bench.check_usable().await;
    }
}

#[tokio::test]
async fn stray_bytes_do_not_get_into_answers() {
    // Noise in the midst of an answer is told; before and after, it is set aside.
    let bench = Bench::fake("--fake-one-console");
    bench.check_usable().await;
    let start = Instant::now();
    for _ in 0..10 {
        bench.text("echo answer").await;
    }
    // So often that most commands are spared, on a busy computer, too.
    let every = start.elapsed().as_millis().max(150);
    let bench = Bench::fake(&format!("--fake-one-console --fake-babble hvc0,every={every}"));
    let mut right = 0;
    for number in 0..30 {
        let command = format!("echo answer {number}; exit 3");
        match bench.machine.fail(&command, limit(2_000)).await {
            Ok(result) => {
                let answer = format!("answer {number}\n").into_bytes();
                assert_eq!((result.status, result.stdout), (3, answer));
                right += 1;
            }
            Err(error) => assert!(
                matches!(error.cause, Cause::Unsupported(_) | Cause::TimedOut { .. }),
                "{error}"
            ),
        }
    }
    assert!(right > 15, "{right}");
    let bench = Bench::fake("--fake-one-console --fake-babble hvc0");
    assert_eq!(
        bench
            .run("printf 'broadcast\\n\\002\\003' > $PROCTOR_DEV/hvc0; echo fine")
            .await
            .1,
        b"fine\n"
    );
    bench.check_usable().await;
}

#[tokio::test]
async fn devices_may_come_late() {
    // In time for the worker, and after it has been given up.
    for late in [250, 1_500] {
        let bench = Bench::fake(&format!("--fake-nodes-late {late}"));
        bench.check_usable().await;
        let bytes = bench.run("head -c 1000000 /dev/zero").await.1;
        assert_eq!(bytes.len(), 1_000_000);
        tokio::time::sleep(Duration::from_millis(500)).await;
        bench.check_limit(Duration::from_millis(100)).await;
        let cause = bench.cause("kill -9 $$").await;
        assert!(matches!(cause, Cause::ShellLost { restored: true, .. }), "{cause}");
        bench.check_usable().await;
    }
}
