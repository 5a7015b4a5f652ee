//! What else writes to the shells' lines: disturbances, programs on a console, jobs that stay behind.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::STRAY_LINES;
use proctor_tests::{Bench, LATE, PATIENCE, ROOM, processes};

#[tokio::test]
async fn stray_bytes_do_not_get_into_answers() {
    let ports = [
        "hvc0",
        "hvc1",
        "proctor.bulk.0",
        "proctor.bulk.1",
        "proctor.bulk.2",
        "proctor.bulk.3",
    ];
    let babble: Vec<String> = ports
        .iter()
        .map(|port| format!("--fake-babble {port},every=2"))
        .collect();
    // Bytes that come in the midst of an answer are part of it: on the ports the noise is before the boot only.
    for options in [
        ports.map(|port| format!("--fake-babble {port}")).join(" "),
        babble[..2].join(" "),
    ] {
        let bench = Bench::fake(&options);
        for number in 0..100 {
            let (status, output) = bench.run(&format!("echo answer {number}; exit {number}")).await;
            assert_eq!((status, output), (number, format!("answer {number}\n").into_bytes()));
        }
        let (status, output) = bench.run("head -c 1000000 /dev/zero").await;
        assert!(status == 0 && output.len() == 1_000_000 && output.iter().all(|byte| *byte == 0));
        bench.check_limit(Duration::from_millis(100)).await;
        let lost = bench.cause("kill -9 $$").await;
        assert!(matches!(lost, Cause::ShellLost { restored: true, .. }), "{lost}");
        bench.check_usable().await;
        bench.record.wait_for("stray output on the shell's console").await;
    }
}

#[tokio::test]
async fn what_a_command_writes_to_a_console_is_logged() {
    let bench = Bench::fake("");
    for console in ["hvc0", "hvc1"] {
        for text in [
            "broadcast message\\n",
            "no line end",
            "\\002",
            "\\002x",
            "\\003",
            "\\002\\002\\003\\003\\n",
            "\\000\\377",
        ] {
            let command = format!("printf '{text}' > $PROCTOR_DEV/{console}; echo fine");
            assert_eq!(bench.run(&command).await, (0, b"fine\n".to_vec()), "{console} {text}");
        }
        for frame in [
            "ready 1 4",
            "down 137 x",
            "end 1 0",
            "pong",
            "start 1 1",
            "length 1 99999999",
            "data 1 AAAA",
        ] {
            let command =
                format!("printf '\\00200000000deadbeef {frame}\\003' > $PROCTOR_DEV/{console}; echo fine; exit 3");
            assert_eq!(bench.run(&command).await, (3, b"fine\n".to_vec()), "{console} {frame}");
        }
        bench.check_usable().await;
    }
    bench
        .record
        .wait_for("stray output on the shell's console: broadcast message")
        .await;
    bench
        .text("head -c 3000000 /dev/zero | tr '\\0' x > $PROCTOR_DEV/hvc0")
        .await;
    bench
        .text("head -c 3000000 /dev/zero | tr '\\0' '\\n' > $PROCTOR_DEV/hvc1")
        .await;
    bench.check_usable().await;
    assert!(bench.record.messages().iter().map(String::len).sum::<usize>() < 8_000_000);
}

#[tokio::test]
async fn a_handshake_that_is_none_does_no_lasting_harm() {
    let bench = Bench::fake("");
    let forge = "echo 'Spawning backdoor root shell...' > $PROCTOR_DEV";
    // On the second console it means nothing, on the first it cannot be told from a true one.
    assert_eq!(
        bench.run(&format!("{forge}/hvc1; echo fine")).await,
        (0, b"fine\n".to_vec())
    );
    bench.check_usable().await;
    let start = Instant::now();
    let result = bench
        .machine
        .execute(&format!("{forge}/hvc0; sleep 0.1; echo fine"), Some(PATIENCE))
        .await;
    if let Err(error) = result {
        assert!(
            matches!(error.cause, Cause::ShellLost { restored: true, .. }),
            "{error}"
        );
    }
    bench.check_usable().await;
    bench.check_usable().await;
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    // What was set up before is gone: two workers would take each other's commands.
    let sessions = || -> HashSet<_> {
        let running = processes::of_run(bench.run.path()).into_iter();
        running
            .filter_map(|(_, command)| Some(command.split_once("proctor-worker ")?.1.to_owned()))
            .collect()
    };
    processes::wait_until("an old worker is left", || sessions().len() == 1).await;
    for number in 0..20 {
        assert_eq!(bench.text(&format!("echo {number}")).await, number.to_string());
    }
    assert_eq!(sessions().len(), 1, "{:?}", sessions());
}

#[tokio::test]
async fn a_background_job_that_holds_the_output_keeps_nobody_waiting() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let start = Instant::now();
    let command = "(until [ -e go ]; do sleep 0.05; done; echo late; sleep 0.1; echo later) & echo early; exit 3";
    assert_eq!(bench.run(command).await, (3, b"early\n".to_vec()));
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    for number in 0..20 {
        assert_eq!(
            bench.run(&format!("sleep 0.05; echo {number}")).await.1,
            format!("{number}\n").into_bytes()
        );
    }
    std::fs::write(bench.state().join("tmp/go"), "").unwrap();
    bench.record.wait_for("its standard output is still held by").await;
    let warning = bench
        .record
        .messages()
        .into_iter()
        .find(|text| text.contains("still held by"))
        .unwrap();
    assert!(warning.contains(":bash") || warning.contains(":sleep"), "{warning}");
    bench.record.wait_for("late output of a background job: late").await;
    bench.record.wait_for("late output of a background job: later").await;
    let warnings = bench.record.count("still held by");
    assert_eq!(warnings, 1);
}

#[tokio::test]
async fn a_background_job_that_holds_nothing_is_not_told() {
    let bench = Bench::fake("");
    // A job that is still on its way to let go of the output when its command ends would be told.
    let job = |command: &str| {
        format!("{command} > /dev/null 2>&1 < /dev/null & until [[ $(< /proc/$!/comm) == sleep ]]; do :; done; echo $!")
    };
    let first: i32 = bench.text(&job("sleep 100")).await.parse().unwrap();
    let second: i32 = bench.text(&job("setsid sleep 100")).await.parse().unwrap();
    bench.check_usable().await;
    // It lives on, through other commands' limits too.
    bench.check_limit(Duration::from_millis(100)).await;
    assert!(processes::is_alive(first) && processes::is_alive(second));
    bench.check_usable().await;
    assert!(!bench.record.has("still held by"), "{:?}", bench.record.messages());
}

#[tokio::test]
async fn a_flood_from_a_background_job_keeps_nobody_waiting() {
    for flood in [
        "yes",
        "cat /dev/zero",
        "yes > $PROCTOR_DEV/hvc0",
        "yes > $PROCTOR_DEV/hvc1",
        "yes >&2",
    ] {
        let bench = Bench::fake("");
        let command = format!("(sleep 0.2; exec {flood}) & echo started");
        assert_eq!(bench.run(&command).await, (0, b"started\n".to_vec()));
        tokio::time::sleep(Duration::from_millis(300)).await;
        let start = Instant::now();
        let limit = Duration::from_millis(500);
        let killed = bench.machine.execute("sleep 100", Some(limit)).await.unwrap();
        assert_eq!(killed.status, 124, "{flood}");
        assert!(start.elapsed() < limit + LATE, "{flood}: {:?}", start.elapsed());
        for number in 0..5 {
            let text = bench.text(&format!("sleep 0.1; echo {number}")).await;
            assert_eq!(text, number.to_string(), "{flood}");
        }
        assert!(start.elapsed() < limit + 3 * LATE, "{flood}: {:?}", start.elapsed());
        let strays = bench.record.count("output");
        let most = 4 * STRAY_LINES * usize::try_from(start.elapsed().as_secs() + 2).unwrap();
        assert!(strays < most, "{flood}: {strays}");
    }
}

#[tokio::test]
async fn more_jobs_than_ports_are_no_trouble() {
    let bench = Bench::fake("");
    for number in 0..7 {
        let (status, output) = bench.run(&format!("sleep 1000 & echo {number}; exit {number}")).await;
        assert_eq!((status, output), (number, format!("{number}\n").into_bytes()));
    }
    let count = || bench.record.count("still held by");
    processes::wait_until("not every job was told", || count() == 7).await;
    // The slow way is as good as the quick one.
    let bytes = bench.run("printf '\\000\\001\\002\\003\\377'; exit 9").await;
    assert_eq!(bytes, (9, b"\0\x01\x02\x03\xff".to_vec()));
    let (status, output) = bench.run("head -c 3000000 /dev/zero").await;
    assert!(status == 0 && output.len() == 3_000_000);
    let result = bench.machine.execute("echo part; sleep 100", Some(ROOM)).await.unwrap();
    assert_eq!((result.status, result.stdout.as_slice()), (124, b"part\n".as_slice()));
    bench.check_usable().await;
    // A port is used again once it is free.
    for (process, command) in processes::of_run(bench.run.path()) {
        if command.starts_with("sleep 1000") {
            bench.text(&format!("kill {process}")).await;
        }
    }
    bench.check_usable().await;
}
