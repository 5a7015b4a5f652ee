//! The shell on a real kernel: what the fake machine cannot show, and the bad data once more.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::machine::Machine;
use proctor_tests::{Bench, LATE, PATIENCE, ROOM};

/// Runs a command and returns its status and text.
async fn run(machine: &Machine, command: &str) -> (i32, String) {
    let result = machine.execute(command, Some(PATIENCE)).await.unwrap();
    (result.status, String::from_utf8_lossy(&result.stdout).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_data_is_survived() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    assert_eq!(run(machine, "exit 3").await, (3, String::new()));
    assert_eq!(run(machine, ")").await.0, 2);
    assert_eq!(run(machine, "echo before; echo $unset; echo after").await.0, 1);
    assert_eq!(run(machine, "false | true; echo after").await.0, 1);
    assert_eq!(run(machine, "cat <<END\na $((1+1))\nEND").await, (0, "a 2\n".into()));
    assert_eq!(run(machine, "echo seen; exec 1>&-").await, (0, "seen\n".into()));
    assert_eq!(run(machine, "pwd; id -u").await, (0, "/tmp\n0\n".into()));
    let binary = machine
        .succeed("printf '\\000\\377\\002\\003\\r\\n'", None)
        .await
        .unwrap();
    assert_eq!(binary.stdout, b"\0\xff\x02\x03\r\n");
    let long = format!("x='{}'; echo ${{#x}}", "y\n".repeat(500_000));
    assert_eq!(run(machine, &long).await, (0, "1000000\n".into()));
    assert!(bench.record.messages().is_empty(), "{:?}", bench.record.messages());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_runs_over_dies_with_its_children() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    let start = Instant::now();
    let command = "trap '' TERM INT HUP; echo begun; (trap '' TERM; sleep 1234) & setsid sleep 1234 & sleep 1234";
    let result = machine.execute(command, Some(ROOM)).await.unwrap();
    assert_eq!((result.status, result.stdout.as_slice()), (124, &b"begun\n"[..]));
    assert!(start.elapsed() < ROOM + LATE, "{:?}", start.elapsed());
    let left = machine
        .succeed("ps | grep -c '[s]leep 1234' || true", None)
        .await
        .unwrap();
    assert_eq!(left.stdout, b"0\n");
    let error = machine
        .succeed("sleep 1234", Some(Duration::from_millis(200)))
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_background_job_keeps_its_port_and_nobody_elses_answer() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    let start = Instant::now();
    assert_eq!(
        run(
            machine,
            "(until [ -e go ]; do sleep 0.1; done; echo late) & setsid sleep 1000 & echo now"
        )
        .await,
        (0, "now\n".into())
    );
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    bench.record.wait_for("still held by").await;
    for number in 0..50 {
        let command = if number == 10 {
            "touch go; echo mine"
        } else {
            "echo mine"
        };
        assert_eq!(run(machine, command).await, (0, "mine\n".into()));
    }
    bench.record.wait_for("late output of a background job: late").await;
    // One job each for all ports: what comes then goes over the console.
    for _ in 0..4 {
        assert_eq!(run(machine, "setsid sleep 1000 & echo now").await, (0, "now\n".into()));
    }
    assert_eq!(
        run(machine, "head -c 300000 /dev/zero | wc -c; exit 7").await,
        (7, "300000\n".into())
    );
    let much = machine.succeed("head -c 300000 /dev/zero", None).await.unwrap();
    assert_eq!(much.stdout, vec![0; 300_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_from_a_background_job_keeps_nobody_waiting() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    for flood in [
        "setsid yes",
        "setsid cat /dev/zero",
        "yes > /dev/hvc0",
        "yes > /dev/hvc1",
    ] {
        let command = format!("(sleep 0.5; exec {flood}) & echo $!");
        let (status, job) = run(machine, &command).await;
        assert_eq!(status, 0, "{flood}");
        tokio::time::sleep(Duration::from_secs(1)).await;
        let start = Instant::now();
        let limit = Duration::from_secs(1);
        let killed = machine.execute("sleep 100", Some(limit)).await.unwrap();
        assert_eq!(killed.status, 124, "{flood}");
        assert!(start.elapsed() < limit + LATE, "{flood}: {:?}", start.elapsed());
        machine.sleep(Duration::from_millis(200)).await.unwrap();
        assert_eq!(run(machine, "echo mine").await, (0, "mine\n".into()), "{flood}");
        machine.succeed(&format!("kill -9 {job}"), None).await.unwrap();
        assert!(start.elapsed() < limit + 3 * LATE, "{flood}: {:?}", start.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_the_output_is_told_whatever_it_did_to_hide() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    for (number, job) in ["setsid sleep 1001 &", "setsid sleep 1002 3>&1 > /dev/null 2>&1 &"]
        .iter()
        .enumerate()
    {
        let command = format!("{job} sleep 0.2; echo now");
        assert_eq!(run(machine, &command).await, (0, "now\n".into()), "{job}");
        machine.succeed("true", None).await.unwrap();
        let told = || bench.record.count("still held by");
        proctor_tests::processes::wait_until(job, || told() == number + 1).await;
    }
    let messages = bench.record.messages();
    assert!(
        messages
            .iter()
            .filter(|text| text.contains("still held by"))
            .all(|text| text.contains(":sleep")),
        "{messages:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_shells_come_back() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    for command in ["kill -9 $$", "kill -9 -1"] {
        let error = machine.succeed(command, None).await.unwrap_err();
        assert!(
            matches!(error.cause, Cause::ShellLost { restored: true, .. }),
            "{error}"
        );
        assert_eq!(run(machine, "echo back").await, (0, "back\n".into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_ends_under_a_command_and_starts_again() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    machine.connect(None).await.unwrap();
    let start = Instant::now();
    let error = machine.succeed("poweroff -f; sleep 1000", None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    assert!(!machine.is_up().await);
    assert_eq!(run(machine, "echo again").await, (0, "again\n".into()));
    machine.crash(None).await.unwrap();
    machine.connect(None).await.unwrap();
    let start = Instant::now();
    machine.sleep(Duration::from_millis(1200)).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(1200));
    machine.shutdown(Some(PATIENCE)).await.unwrap();
    assert!(!machine.is_up().await);
}
