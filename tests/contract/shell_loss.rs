//! Shells that die, and guests that die under them.

use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::limits::{Limits, SHELL_RESTORE, STOP_GRACE, WORKER_REVIVAL};
use proctor_tests::{Bench, LATE, PATIENCE, ROOM, fake_script, processes};

/// The first shell: the worker's grandparent.
const FIRST_SHELL: &str = "read -r _ _ _ first _ < /proc/$PPID/stat";

async fn check_lost(bench: &Bench, command: &str) -> (String, bool) {
    let cause = bench.cause(command).await;
    let text = cause.to_string();
    let Cause::ShellLost {
        command: told,
        reason,
        restored,
    } = cause
    else {
        panic!("{command}: {text}")
    };
    assert_eq!(told, command);
    (reason, restored)
}

#[tokio::test]
async fn a_killed_shell_is_told_and_restored() {
    let bench = Bench::fake("");
    for (command, reason) in [
        ("kill -9 $$", "killed by signal 9"),
        ("echo partial; kill -KILL $$; sleep 100", "killed by signal 9"),
        ("trap '' HUP; sleep 1000 & kill -SEGV $$; wait", "killed by signal 11"),
    ] {
        let (told, restored) = check_lost(&bench, command).await;
        assert!(restored && told.contains(reason), "{told}");
        bench.check_usable().await;
    }
    assert_eq!(
        bench
            .text("pgrep -f '^sleep 100$|^sleep 1000$' -P $$ || echo none")
            .await,
        "none"
    );
    assert!(bench.machine.is_up().await);
    for _ in 0..10 {
        assert!(check_lost(&bench, "kill -9 $$").await.1);
    }
    bench.check_usable().await;
}

#[tokio::test]
async fn what_a_killed_shell_ran_is_killed_too() {
    let bench = Bench::fake("");
    check_lost(
        &bench,
        "trap '' TERM HUP; sleep 1000 & echo $! $BASHPID > processes; kill -9 $$; wait",
    )
    .await;
    for process in bench.text("cat processes").await.split(' ') {
        processes::wait_for_end(process.parse().unwrap()).await;
    }
}

#[tokio::test]
async fn a_killed_first_shell_is_replaced() {
    let bench = Bench::fake("");
    for command in [
        "kill -9 $first",
        "kill -9 $first; sleep 100",
        "kill -9 $first $$",
        "kill -9 $first $PPID $$ $BASHPID",
    ] {
        // The command may end before anybody notices.
        match bench
            .machine
            .execute(&format!("{FIRST_SHELL}; {command}"), Some(PATIENCE))
            .await
        {
            Ok(result) => assert_eq!((command, result.status), ("kill -9 $first", 0)),
            Err(error) => assert!(
                matches!(error.cause, Cause::ShellLost { restored: true, .. }),
                "{error}"
            ),
        }
        // What ends before anybody notices is followed by a command that finds the shell gone, or by none that does.
        bench.record.wait_for("first shell was replaced").await;
        bench.check_usable().await;
        // The new shells are whole: a limit is kept, a lost worker restored.
        bench.check_limit(Duration::from_millis(100)).await;
        bench.check_usable().await;
        assert!(check_lost(&bench, "kill -9 $$").await.1);
        bench.check_usable().await;
    }
    assert!(bench.record.has("first shell was replaced"));
}

#[tokio::test]
async fn a_first_shell_that_dies_between_commands_is_replaced() {
    let bench = Bench::fake("");
    bench.text(&format!("{FIRST_SHELL}; echo $first > first")).await;
    let first: i32 = bench.text("cat first").await.parse().unwrap();
    std::process::Command::new("kill")
        .args(["-9", &first.to_string()])
        .status()
        .unwrap();
    bench.record.wait_for("first shell was replaced").await;
    bench.check_usable().await;
}

#[tokio::test]
async fn a_supervisor_that_dies_is_no_loss() {
    let bench = Bench::fake("");
    assert_eq!(bench.run("kill -9 $PPID").await.0, 0);
    bench.check_usable().await;
    // Neither may the worker after it die unnoticed.
    let (_, restored) = check_lost(&bench, "kill -9 $$").await;
    assert!(restored);
    bench.check_usable().await;
    assert!(check_lost(&bench, "kill -9 $PPID $$").await.1);
    bench.check_usable().await;
}

#[tokio::test]
async fn a_guest_that_does_not_restart_its_shell_is_lost_for_good() {
    let bench = Bench::fake("--fake-no-respawn");
    bench.check_usable().await;
    let start = Instant::now();
    let (_, restored) = check_lost(&bench, &format!("{FIRST_SHELL}; kill -9 $first $$")).await;
    assert!(!restored);
    let limit = SHELL_RESTORE + WORKER_REVIVAL;
    assert!(start.elapsed() < limit + LATE, "{:?}", start.elapsed());
    assert!(!bench.machine.is_up().await);
    for _ in 0..3 {
        let start = Instant::now();
        let cause = bench.cause("echo x").await;
        assert!(matches!(cause, Cause::ShellLost { restored: false, .. }), "{cause}");
        // Nobody waits for it once more.
        assert!(start.elapsed() < SHELL_RESTORE, "{:?}", start.elapsed());
    }
    // Its end needs no shell.
    bench.machine.crash(None).await.unwrap();
}

#[tokio::test]
async fn a_lost_shell_does_not_outlast_the_calls_limit() {
    let limit = ROOM;
    for (options, command) in [
        // Nothing comes back.
        ("--fake-no-respawn", "kill -9 $first $$"),
        // Something comes back that is no shell.
        (
            "",
            "kill -STOP $first; echo 'Spawning backdoor root shell...' > $PROCTOR_DEV/hvc0; sleep 100",
        ),
    ] {
        let bench = Bench::fake(options);
        bench.check_usable().await;
        let start = Instant::now();
        let error = bench
            .machine
            .execute(&format!("{FIRST_SHELL}; {command}"), Some(limit))
            .await
            .unwrap_err();
        assert!(
            matches!(error.cause, Cause::ShellLost { restored: false, .. }),
            "{error}"
        );
        // Otherwise it would be told when no new one is waited for any more.
        assert!(start.elapsed() < SHELL_RESTORE, "{command}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_guest_that_hangs_does_not_hang_its_callers() {
    let limits = Limits {
        monitor_answer: Duration::from_secs(1),
        ..Limits::default()
    };
    let bench = Bench::fake_with(&limits, "");
    bench.check_usable().await;
    bench.hang().await;
    let limit = Duration::from_secs(1);
    let start = Instant::now();
    assert_eq!(
        bench.machine.execute("sleep 100", Some(limit)).await.unwrap().status,
        124
    );
    assert!(start.elapsed() < limit + LATE, "{:?}", start.elapsed());
    // Whatever else is tried ends within its limit too, and says that the shell or the time is gone.
    for _ in 0..2 {
        let start = Instant::now();
        match bench.machine.succeed("echo x", Some(limit)).await {
            Err(error) => assert!(
                matches!(error.cause, Cause::TimedOut { .. } | Cause::ShellLost { .. }),
                "{error}"
            ),
            Ok(result) => panic!("{result:?}"),
        }
        // Otherwise it would be told when no new shell is waited for any more.
        assert!(start.elapsed() < SHELL_RESTORE, "{:?}", start.elapsed());
    }
    let start = Instant::now();
    bench.machine.crash(None).await.unwrap();
    assert!(start.elapsed() < STOP_GRACE + LATE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_machine_that_powers_off_under_a_command_is_told_at_once() {
    let bench = Bench::new(&Limits::default(), &[], |directory| fake_script(directory, "web", ""));
    bench.machine.connect(None).await.unwrap();
    let start = Instant::now();
    let error = bench
        .machine
        .succeed("echo last words >&2; sleep 0.05; poweroff; sleep 100", None)
        .await
        .unwrap_err();
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    let text = error.to_string();
    let Cause::MachineDown { status, console } = error.cause else {
        panic!("{text}")
    };
    assert_eq!(status, "exit status: 0");
    assert!(console.iter().any(|line| line.contains("last words")), "{console:?}");
    assert!(text.contains("machine `web`") && text.contains("last words"), "{text}");
    // So is everything after it.
    let start = Instant::now();
    assert!(!bench.machine.is_up().await);
    let cause = bench.machine.block(None).await.unwrap_err().cause;
    assert!(matches!(cause, Cause::MachineDown { .. }), "{cause}");
    assert!(start.elapsed() < LATE);
}

#[tokio::test]
async fn a_killed_machine_is_told_with_its_signal_to_every_caller() {
    let bench = Bench::fake_after("echo $$ > qemu", "");
    bench.check_usable().await;
    let calls: Vec<_> = (0..5)
        .map(|_| {
            let machine = bench.machine.clone();
            tokio::spawn(async move { machine.succeed("touch running; sleep 100", None).await })
        })
        .collect();
    // While one runs, the others wait for their turn.
    let running = bench.state().join("tmp/running");
    processes::wait_until("no command runs", || running.exists()).await;
    let process = std::fs::read_to_string(bench.state().join("qemu")).unwrap();
    let start = Instant::now();
    std::process::Command::new("kill")
        .args(["-9", process.trim()])
        .status()
        .unwrap();
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        let Cause::MachineDown { status, console } = &error.cause else {
            panic!("{error}")
        };
        assert!(status.contains("signal: 9") && !console.is_empty(), "{error}");
    }
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
}
