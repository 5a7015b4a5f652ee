//! Limits of commands: their length, their time, their output, and their caller's patience.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::{COMMAND_BYTES, LimitName, Limits};
use proctor::machine::Machine;
use proctor_tests::{Bench, LATE, PATIENCE, processes, timed_out_by};

/// In milliseconds: a limit that a command passes after it has printed something.
const ROOM: u64 = proctor_tests::ROOM.as_millis() as u64;

fn milliseconds(count: u64) -> Option<Duration> {
    Some(Duration::from_millis(count))
}

fn numbers(output: &[u8]) -> Vec<i32> {
    String::from_utf8_lossy(output)
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect()
}

/// Runs a command that runs over. Returns its output.
async fn run_over(machine: &Machine, command: &str, limit: u64) -> Vec<u8> {
    let start = Instant::now();
    let result = machine.execute(command, milliseconds(limit)).await.unwrap();
    let elapsed = start.elapsed();
    assert_eq!(result.status, 124, "{command}");
    let limit = Duration::from_millis(limit);
    assert!(elapsed >= limit && elapsed < limit + LATE, "{command}: {elapsed:?}");
    result.stdout
}

#[tokio::test]
async fn what_cannot_be_a_command_is_refused_before_anything_starts() {
    let bench = Bench::fake("");
    for command in ["\0", "echo x\0", &":".repeat(COMMAND_BYTES + 1)] {
        let start = Instant::now();
        let cause = bench.cause(command).await;
        assert!(matches!(&cause, Cause::InvalidArgument(_)), "{cause}");
        assert!(start.elapsed() < LATE);
        assert!(bench.machine.wait_until_succeeds(command, None, None).await.is_err());
    }
    let text = bench.cause(&"x".repeat(COMMAND_BYTES + 1)).await.to_string();
    assert!(text.contains("16777217") && text.contains("16777216"), "{text}");
    assert!(bench.cause("\0").await.to_string().contains("NUL"));
    assert!(bench.record.states().is_empty(), "the machine was started");
}

#[tokio::test]
async fn the_longest_command_is_taken() {
    let bench = Bench::fake("");
    let mut command = "echo x #".to_owned();
    command.push_str(&"y".repeat(COMMAND_BYTES - command.len()));
    assert_eq!(bench.run(&command).await, (0, b"x\n".to_vec()));
}

#[tokio::test]
async fn a_command_that_runs_over_is_killed_and_its_output_kept() {
    let bench = Bench::fake("");
    assert_eq!(
        run_over(&bench.machine, "printf 'half\\n\\0\\377'; sleep 100; echo no", ROOM).await,
        b"half\n\0\xff"
    );
    bench.check_usable().await;
    assert_eq!(run_over(&bench.machine, "while :; do :; done", 100).await, b"");
    assert_eq!(run_over(&bench.machine, "kill -STOP $BASHPID", 100).await, b"");
    assert_eq!(run_over(&bench.machine, "exec sleep 100", 100).await, b"");
    assert_eq!(
        run_over(&bench.machine, "exec 0<&- 1>&- 2>&-; sleep 100", 100).await,
        b""
    );
    bench.check_usable().await;
    let error = bench
        .machine
        .succeed("echo last words; sleep 100", milliseconds(1_500))
        .await
        .unwrap_err();
    let text = error.to_string();
    let Cause::TimedOut {
        limit,
        budget,
        last_seen,
    } = error.cause
    else {
        panic!("{text}")
    };
    assert_eq!((limit, budget), (LimitName::Argument, Duration::from_millis(1_500)));
    assert!(last_seen.unwrap().contains("last words"));
    assert!(text.contains("the call's own timeout of 1.50 s passed"), "{text}");
    let error = bench.machine.fail("sleep 100", milliseconds(100)).await.unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    bench.check_usable().await;
}

#[tokio::test]
async fn the_default_limit_is_that_of_calls() {
    let limits = Limits {
        call: Duration::from_millis(200),
        ..Limits::default()
    };
    let bench = Bench::fake_with(&limits, "");
    bench.machine.connect(None).await.unwrap();
    let start = Instant::now();
    let error = bench.machine.succeed("sleep 100", None).await.unwrap_err();
    assert!(start.elapsed() < limits.call + LATE, "{:?}", start.elapsed());
    assert!(timed_out_by(&error, LimitName::Call), "{error}");
    assert!(error.to_string().contains("--call-timeout"), "{error}");
    assert_eq!(bench.machine.execute("sleep 100", None).await.unwrap().status, 124);
    // A timeout of the call's own goes before it, and time that shall pass is no time that a command takes.
    assert_eq!(
        bench.machine.execute("sleep 0.3", Some(PATIENCE)).await.unwrap().status,
        0
    );
    bench.machine.sleep(Duration::from_millis(300)).await.unwrap();
}

#[tokio::test]
async fn boot_is_not_part_of_a_commands_time() {
    let bench = Bench::fake("--fake-handshake late=1500");
    assert_eq!(
        bench
            .machine
            .execute("echo x", milliseconds(1_400))
            .await
            .unwrap()
            .status,
        0
    );
}

#[tokio::test]
async fn descendants_die_whatever_they_ignore() {
    let bench = Bench::fake("");
    let command = "trap '' TERM INT HUP QUIT
        bash -c 'trap \"\" TERM INT HUP; sleep 1000 & echo $! $$; (trap \"\" TERM; sleep 1000 & echo $!; wait) & echo $!; wait' &
        setsid bash -c 'echo $$; sleep 1000 & echo $!; wait' &
        sleep 1000 | sleep 1000 &
        bash -c 'set -m; sleep 1000 & echo $!; kill -STOP $$' &
        echo $BASHPID; wait";
    let output = run_over(&bench.machine, command, ROOM).await;
    let processes = numbers(&output);
    assert_eq!(processes.len(), 8, "{processes:?}");
    for process in processes {
        processes::wait_for_end(process).await;
    }
    assert_eq!(bench.text("pgrep -f '^sleep 1000$' -s 0 || echo none").await, "none");
    bench.check_usable().await;
}

#[tokio::test]
async fn a_command_that_forks_without_end_is_killed_whole() {
    let bench = Bench::fake("");
    // Each generation leaves before it can be looked at; no more than a hundred live at a time.
    let command =
        "f() { echo $BASHPID; sleep 0.05; (f) & }; for i in {1..5}; do (trap '' TERM; f) & done; wait; sleep 100";
    let mut processes = Vec::new();
    // A busy computer comes to few generations at a time.
    for round in 0.. {
        if round >= 5 && processes.len() > 20 {
            break;
        }
        assert!(round < 50, "{processes:?}");
        processes.extend(numbers(&run_over(&bench.machine, command, 200).await));
    }
    for process in processes {
        processes::wait_for_end(process).await;
    }
    bench.check_usable().await;
}

#[tokio::test]
async fn limits_that_pass_at_any_moment_leave_the_shell_usable() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    for limit in 0..40 {
        let start = Instant::now();
        // It may end in time, or not begin at all.
        let result = bench
            .machine
            .execute("echo x; sleep 0.02; exit 3", milliseconds(limit))
            .await
            .unwrap();
        assert!([3, 124].contains(&result.status), "{}", result.status);
        assert!(
            [b"".as_slice(), b"x\n"].contains(&result.stdout.as_slice()),
            "{:?}",
            result.stdout
        );
        assert!(
            start.elapsed() < Duration::from_millis(limit) + LATE,
            "{limit}: {:?}",
            start.elapsed()
        );
        assert_eq!(
            bench.run(&format!("echo {limit}")).await,
            (0, format!("{limit}\n").into_bytes())
        );
    }
    assert_eq!(
        bench
            .machine
            .execute("sleep 100", Some(Duration::ZERO))
            .await
            .unwrap()
            .status,
        124
    );
    bench.check_usable().await;
}

#[tokio::test]
async fn a_limit_may_pass_while_the_command_is_handed_over() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let command = format!("cat <<'END'\n{}\nEND", "x".repeat(4 << 20));
    let start = Instant::now();
    assert_eq!(bench.run(&command).await.1.len(), (4 << 20) + 1);
    let whole = start.elapsed();
    let start = Instant::now();
    let result = bench.machine.execute(&command, milliseconds(30)).await.unwrap();
    assert_eq!((result.status, result.stdout), (124, Vec::new()));
    assert!(start.elapsed() < whole, "{:?}, {whole:?}", start.elapsed());
    bench.check_usable().await;
}

#[tokio::test]
async fn a_call_that_waits_for_its_turn_ends_in_time_too() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let machine = bench.machine.clone();
    let command = "touch began; until [ -e go ]; do sleep 0.01; done; echo long";
    let long = tokio::spawn(async move { machine.execute(command, Some(PATIENCE)).await });
    let here = bench.state().join("tmp");
    processes::wait_until("the first does not run", || here.join("began").exists()).await;
    let start = Instant::now();
    let error = bench.machine.succeed("touch ran", milliseconds(200)).await.unwrap_err();
    assert!(timed_out_by(&error, LimitName::Argument), "{error}");
    assert!(
        start.elapsed() < Duration::from_millis(200) + LATE,
        "{:?}",
        start.elapsed()
    );
    // The command before it is none of its business, and it never runs.
    std::fs::write(here.join("go"), "").unwrap();
    assert_eq!(long.await.unwrap().unwrap().stdout, b"long\n");
    assert_eq!(bench.run("[ -e ran ]").await.0, 1);
}

#[tokio::test]
async fn output_is_limited() {
    let bench = Bench::fake_with(
        &Limits {
            command_output: 10_000,
            ..Limits::default()
        },
        "",
    );
    bench.machine.connect(None).await.unwrap();
    for (count, fits) in [
        (9_999, true),
        (10_000, true),
        (10_001, false),
        (20_000, false),
        (5_000_000, false),
    ] {
        let result = bench
            .machine
            .execute(&format!("head -c {count} /dev/zero"), Some(PATIENCE))
            .await;
        match result {
            Ok(result) => assert!(fits && result.stdout.len() == count, "{count}"),
            Err(error) => {
                let Cause::OutputTooLarge { command, limit } = &error.cause else {
                    panic!("{error}")
                };
                assert!(!fits && *limit == 10_000 && command.starts_with("head"), "{error}");
                assert!(error.to_string().contains("of 10000 bytes passed"), "{error}");
            }
        }
        bench.check_usable().await;
    }
    let start = Instant::now();
    let cause = bench
        .cause("echo $BASHPID > process; trap '' TERM PIPE; yes & sleep 1000")
        .await;
    assert!(matches!(cause, Cause::OutputTooLarge { .. }), "{cause}");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    processes::wait_for_end(bench.text("cat process").await.parse().unwrap()).await;
    bench.check_usable().await;
    // Every function says so.
    let error = bench
        .machine
        .wait_until_succeeds("yes; true", Some(PATIENCE), None)
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::OutputTooLarge { .. }), "{error}");
    bench.check_usable().await;
}

#[tokio::test]
async fn large_output_comes_whole_and_larger_is_refused() {
    let bench = Bench::fake("");
    let (status, output) = bench.run("head -c 67108864 /dev/zero | tr '\\0' x").await;
    assert!(status == 0 && output.len() == 64 << 20 && output.iter().all(|byte| *byte == b'x'));
    drop(output);
    let cause = bench.cause("head -c 100000000 /dev/zero").await;
    assert!(
        matches!(cause, Cause::OutputTooLarge { limit: 67_108_864, .. }),
        "{cause}"
    );
    bench.check_usable().await;
}

#[tokio::test]
async fn a_command_whose_caller_has_gone_is_killed() {
    let bench = Bench::fake("");
    let command = "trap '' TERM; sleep 1000 & echo $! $BASHPID > processes; wait; sleep 1000";
    let call = bench.machine.execute(command, milliseconds(100_000));
    let processes = bench.state().join("tmp/processes");
    let started = processes::wait_until("the command runs", || {
        std::fs::read_to_string(&processes).is_ok_and(|text| text.ends_with('\n'))
    });
    tokio::select! {
        result = call => panic!("{result:?}"),
        () = started => {}
    }
    let start = Instant::now();
    bench.check_usable().await;
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    for process in numbers(&std::fs::read(processes).unwrap()) {
        processes::wait_for_end(process).await;
    }
}

#[tokio::test]
async fn a_command_whose_caller_has_gone_before_its_turn_never_runs() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let machine = bench.machine.clone();
    let command = "touch began; until [ -e go ]; do sleep 0.01; done";
    let first = tokio::spawn(async move { machine.execute(command, Some(PATIENCE)).await });
    let here = bench.state().join("tmp");
    processes::wait_until("the first does not run", || here.join("began").exists()).await;
    for number in 0..10 {
        let command = format!("touch ran-{number}");
        let given_up = bench.machine.execute(&command, Some(PATIENCE));
        assert!(tokio::time::timeout(Duration::from_millis(10), given_up).await.is_err());
    }
    std::fs::write(here.join("go"), "").unwrap();
    assert_eq!(first.await.unwrap().unwrap().status, 0);
    assert_eq!(bench.text("echo ran-*").await, "ran-*");
}

#[tokio::test]
async fn callers_that_go_at_any_moment_leave_the_shell_usable() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let long = format!("sleep 0.003 # {}", "x".repeat(10_000));
    for number in 0..60 {
        let command = if number % 2 == 0 { "sleep 0.003; echo y" } else { &long };
        let call = bench.machine.execute(command, Some(PATIENCE));
        let _ = tokio::time::timeout(Duration::from_micros(number * 250), call).await;
        assert_eq!(
            bench.run(&format!("echo {number}")).await,
            (0, format!("{number}\n").into_bytes())
        );
    }
}
