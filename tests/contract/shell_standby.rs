//! The subshell that waits for the next command.

use std::process::Command;
use std::time::Duration;

use proctor::error::Cause;
use proctor_tests::{Bench, processes};

/// A worker and the subshell that it keeps ready.
struct Standby {
    worker: String,
    subshell: String,
}

/// Finds them, once the worker has come to rest.
async fn find(bench: &Bench) -> Standby {
    let worker = bench.text("echo $$").await;
    let children = || -> Vec<String> {
        let output = Command::new("pgrep").args(["-P", &worker]).output().unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        output.lines().map(str::to_owned).collect()
    };
    // The last command's is there until the worker has seen its end.
    processes::wait_until("not one subshell waits for a command", || children().len() == 1).await;
    let subshell = children().pop().unwrap();
    Standby { worker, subshell }
}

fn kill(signal: &str, process: &str) {
    let status = Command::new("kill").args([signal, process]).status().unwrap();
    assert!(status.success(), "{signal} {process}");
}

#[tokio::test]
async fn it_becomes_the_next_command_whatever_its_length() {
    for options in ["", "--fake-second-console null"] {
        let bench = Bench::fake(options);
        for length in [0, 1, 1_000, 1_999, 2_000] {
            let standby = find(&bench).await;
            let command = format!("echo $BASHPID{}", " ".repeat(length));
            // Spaces at the end are part of a command; they end none here.
            let told = command.len() <= 2_000;
            assert_eq!(bench.text(&command).await == standby.subshell, told, "{length}");
            if !told {
                processes::wait_for_end(standby.subshell.parse().unwrap()).await;
            }
        }
        let standby = find(&bench).await;
        assert_eq!(bench.text("echo $BASHPID\n:\n").await, standby.subshell);
        bench.check_usable().await;
    }
}

#[tokio::test]
async fn its_death_is_no_loss() {
    for options in ["", "--fake-second-console null"] {
        let bench = Bench::fake(options);
        for signal in ["-KILL", "-TERM", "-HUP"] {
            let standby = find(&bench).await;
            kill(signal, &standby.subshell);
            processes::wait_for_end(standby.subshell.parse().unwrap()).await;
            assert_eq!(bench.text("echo $$").await, standby.worker, "{signal}");
            bench.check_usable().await;
        }
    }
}

#[tokio::test]
async fn it_dies_with_its_worker() {
    let bench = Bench::fake("");
    for signal in ["-KILL", "-TERM"] {
        let standby = find(&bench).await;
        kill(signal, &standby.worker);
        processes::wait_for_end(standby.subshell.parse().unwrap()).await;
        // The first command may come before anybody has noticed.
        let _ = bench.machine.execute("true", None).await;
        bench.check_usable().await;
        assert_ne!(find(&bench).await.worker, standby.worker);
    }
    assert!(!bench.record.has("still held by"), "{:?}", bench.record.messages());
}

/// What it was told and did not take must not be taken by the next one.
#[tokio::test]
async fn a_command_that_it_never_began_is_never_run() {
    for options in ["", "--fake-second-console null"] {
        let bench = Bench::fake(options);
        for _ in 0..3 {
            let standby = find(&bench).await;
            kill("-STOP", &standby.subshell);
            let limit = Some(Duration::from_millis(200));
            let error = bench.machine.succeed("touch run-late", limit).await.unwrap_err();
            assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
            assert_eq!(bench.text("echo this").await, "this");
            let next = find(&bench).await;
            assert_eq!(next.worker, standby.worker);
            assert_eq!(bench.run("test -e run-late").await.0, 1);
        }
    }
}
