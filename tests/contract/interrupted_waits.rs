//! Waits break off where polling conditions are due, each of them, and go on where they are called again.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::pin::Pin;
use std::time::{Duration, Instant};

use proctor::error::{Cause, Error, Result};
use proctor::limits::{LimitName, Limits, SHORTEST_WAIT};
use proctor::machine::{Machine, Unit, UnixSocketKind};
use proctor::plugin::interface;
use proctor::polling::{ConditionId, Polling};
use proctor_tests::{Bench, LATE, PATIENCE, ROOM, tesseract_is_installed, timed_out_by};

/// Programs that have nothing of what is waited for.
const PROGRAMS: &str = r##"
bin=${PATH%%:*}
printf '#!/bin/sh\ncase $1 in is-active) echo activating; exit 3;; list-jobs) echo "No jobs running.";;
*) printf "ActiveState=activating\\nLoadState=loaded\\n";; esac\n' > $bin/systemctl
printf '#!/bin/sh\necho "     0x1 \\"xterm\\": ()"\n' > $bin/xwininfo
printf '#!/bin/sh\nexit 0\n' > $bin/poweroff
printf '#!/bin/sh\nexit 1\n' > $bin/journalctl
chmod +x $bin/*
printf '\002\014\000\000%48s' ' ' > "$PROCTOR_DEV/vcsa1"
"##;
/// How often the condition is looked at.
const OFTEN: Duration = Duration::from_millis(100);
const UNIT: Unit<'static> = Unit {
    name: "inactive",
    user: None,
};

type Waited<'a> = Pin<Box<dyn Future<Output = Result> + Send + 'a>>;
type Wait = for<'a> fn(&'a Machine) -> Waited<'a>;

/// Waits in vain, by the names of the interface.
const WAITS: [(&str, Wait); 18] = [
    ("shell.wait-until-succeeds", |m| {
        Box::pin(async { m.wait_until_succeeds("false", None, None).await.map(drop) })
    }),
    ("shell.wait-until-fails", |m| {
        Box::pin(async { m.wait_until_fails("true", None, None).await.map(drop) })
    }),
    ("shell.sleep", |m| Box::pin(m.sleep(PATIENCE))),
    ("files.wait-for-file", |m| Box::pin(m.wait_for_file("/no/such", None))),
    ("network.wait-for-open-port", |m| {
        Box::pin(m.wait_for_open_port(1, None, None))
    }),
    ("network.wait-for-closed-port", |m| {
        Box::pin(async {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            m.wait_for_closed_port(listener.local_addr().unwrap().port(), None, None)
                .await
        })
    }),
    ("network.wait-for-open-unix-socket", |m| {
        Box::pin(m.wait_for_open_unix_socket("/no/such", UnixSocketKind::Stream, None))
    }),
    ("console.wait-for-console-text", |m| {
        Box::pin(async { m.wait_for_console_text("never said", None).await.map(drop) })
    }),
    ("console.wait-until-tty-matches", |m| {
        Box::pin(async { m.wait_until_tty_matches("1", "login", None).await.map(drop) })
    }),
    ("units.wait-for-unit", |m| Box::pin(m.wait_for_unit(UNIT, None))),
    ("units.wait-for-unit-state", |m| {
        Box::pin(m.wait_for_unit_state(UNIT, "active", None))
    }),
    ("screen.wait-for-x", |m| Box::pin(m.wait_for_x(None))),
    ("screen.wait-for-window", |m| {
        Box::pin(async { m.wait_for_window("Firefox", None).await.map(drop) })
    }),
    ("screen.wait-for-text", |m| {
        Box::pin(async { m.wait_for_text("login", None).await.map(drop) })
    }),
    ("machine.wait-for-shutdown", |m| Box::pin(m.wait_for_shutdown(None))),
    ("machine.shutdown", |m| Box::pin(m.shutdown(None))),
    ("machine.reboot", |m| Box::pin(m.reboot(None))),
    ("machine.switch-root", |m| Box::pin(m.switch_root(None))),
];
/// Those that are shown elsewhere: of several machines at once, of a machine that boots, of one whose monitor is granted.
const ELSEWHERE: [&str; 3] = ["driver.join-all", "machine.connect", "monitor.wait-for-qmp-event"];

/// A condition that stands entered and has just been evaluated.
fn enter(polling: &Polling) -> ConditionId {
    enter_every(polling, OFTEN)
}

fn enter_every(polling: &Polling, interval: Duration) -> ConditionId {
    let condition = polling.add("holds", Some(interval));
    polling.enter(condition).unwrap();
    assert!(polling.gate().is_err(), "it is due at once");
    evaluate(polling, condition);
    condition
}

/// What a test does that was asked for it, before it makes its call again.
fn evaluate(polling: &Polling, condition: ConditionId) {
    polling.begin_evaluation(condition).unwrap();
    polling.end_evaluation(condition, Ok(())).unwrap();
    polling.gate().unwrap();
}

fn leave(polling: &Polling, condition: ConditionId) {
    while polling.exit(condition).is_err() {
        polling.begin_evaluation(condition).unwrap();
        polling.end_evaluation(condition, Ok(())).unwrap();
    }
}

fn is_due(error: &Error) -> bool {
    matches!(error.cause, Cause::ConditionsDue { .. })
}

#[test]
fn every_function_that_waits_is_here() {
    let functions = interface::functions()
        .unwrap()
        .into_iter()
        .map(|function| function.name);
    let waiting: BTreeSet<String> = functions
        .filter(|name| {
            let (_, function) = name.split_once('.').unwrap();
            let others = ["sleep", "join-all", "connect", "shutdown", "reboot", "switch-root"];
            function.starts_with("wait-") || others.contains(&function)
        })
        .collect();
    let here = WAITS.iter().map(|(name, _)| *name).chain(ELSEWHERE);
    assert_eq!(waiting, here.map(str::to_owned).collect());
}

#[tokio::test]
async fn every_wait_breaks_off() {
    for (name, wait) in WAITS {
        let screen = tempfile::tempdir().unwrap();
        let screen = screen.path().join("screen.ppm");
        std::fs::write(&screen, [&b"P6\n64 64\n255\n"[..], &[7; 3 * 64 * 64]].concat()).unwrap();
        if name == "screen.wait-for-text" && !tesseract_is_installed() {
            continue;
        }
        let bench = Bench::fake(&format!("--fake-ignore-powerdown --fake-screen '{}'", screen.display()));
        bench.machine.start(true, None).await.unwrap();
        bench.text(PROGRAMS).await;
        let condition = enter(&bench.polling);
        // Twice: what goes on meanwhile is waited for again.
        for _ in 0..2 {
            let start = Instant::now();
            let waited = wait(&bench.machine).await;
            assert!(waited.as_ref().is_err_and(is_due), "{name}: {waited:?}");
            assert!(start.elapsed() < LATE, "{name}: {:?}", start.elapsed());
            evaluate(&bench.polling, condition);
        }
        leave(&bench.polling, condition);
    }
}

#[tokio::test]
async fn a_condition_that_is_always_due_leaves_waits_some_time() {
    let bench = Bench::fake("");
    bench.machine.start(false, None).await.unwrap();
    bench.machine.connect(None).await.unwrap();
    let condition = enter_every(&bench.polling, Duration::ZERO);
    let waits: [Wait; 2] = [
        |m| Box::pin(m.wait_for_shutdown(None)),
        |m| Box::pin(async { m.wait_for_console_text("never said", None).await.map(drop) }),
    ];
    for wait in waits {
        let start = Instant::now();
        for _ in 0..10 {
            assert!(is_due(&wait(&bench.machine).await.unwrap_err()));
            evaluate(&bench.polling, condition);
        }
        assert!(start.elapsed() >= 10 * SHORTEST_WAIT, "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn what_cannot_be_done_twice_is_done_once() {
    let bench = Bench::fake("--fake-ignore-powerdown");
    bench.machine.start(true, None).await.unwrap();
    bench
        .text("printf '#!/bin/sh\\necho >> asked\\n' > ${PATH%%:*}/poweroff")
        .await;
    let condition = enter(&bench.polling);
    for _ in 0..3 {
        assert!(is_due(&bench.machine.shutdown(None).await.unwrap_err()));
        evaluate(&bench.polling, condition);
    }
    leave(&bench.polling, condition);
    assert_eq!(bench.text("wc -l < asked").await.trim(), "1");
}

#[tokio::test]
async fn a_boot_breaks_off_and_is_bounded_as_a_whole() {
    let limits = Limits {
        boot: Duration::from_millis(700),
        ..Limits::default()
    };
    let bench = Bench::fake_with(&limits, "--fake-handshake never");
    bench.machine.start(false, None).await.unwrap();
    let condition = enter(&bench.polling);
    let (start, mut looks) = (Instant::now(), 0);
    let error = loop {
        let error = bench.machine.succeed("true", None).await.unwrap_err();
        if !is_due(&error) {
            break error;
        }
        // The command's own time has not begun.
        assert!(
            matches!(error.cause, Cause::ConditionsDue { wait: None, .. }),
            "{error:?}"
        );
        evaluate(&bench.polling, condition);
        looks += 1;
        assert!(start.elapsed() < LATE + limits.boot, "{looks}");
    };
    assert!(
        matches!(error.cause, Cause::TimedOut { limit: LimitName::Boot, budget, .. } if budget == limits.boot),
        "{error}"
    );
    assert!(looks >= 3, "{looks}");
    assert!(start.elapsed() + OFTEN >= limits.boot, "{:?}", start.elapsed());
    assert!(bench.machine.never_came_up());
}

#[tokio::test]
async fn a_connection_in_time_tells_what_is_left_of_its_time() {
    let bench = Bench::fake("--fake-handshake never");
    bench.machine.start(false, None).await.unwrap();
    enter(&bench.polling);
    let error = bench.machine.connect(Some(ROOM)).await.unwrap_err();
    let Cause::ConditionsDue { wait: Some(wait), .. } = error.cause else {
        panic!("{error}")
    };
    assert_eq!((wait.limit, wait.budget), (LimitName::Argument, ROOM));
    assert!(wait.left < ROOM, "{wait:?}");
    assert!(!bench.machine.never_came_up());
}

#[tokio::test]
async fn a_guest_that_reboots_under_a_wait_leaves_it_its_time() {
    let bench = Bench::fake("");
    bench.machine.start(true, None).await.unwrap();
    bench.machine.reboot(None).await.unwrap();
    let condition = enter(&bench.polling);
    let (mut left, start) = (ROOM, Instant::now());
    let error = loop {
        let error = bench
            .machine
            .wait_until_succeeds("false", Some(left), None)
            .await
            .unwrap_err();
        let Cause::ConditionsDue { wait, .. } = error.cause else {
            break error;
        };
        left = wait.map_or(left, |wait| wait.left);
        evaluate(&bench.polling, condition);
    };
    assert!(timed_out_by(&error, LimitName::Argument), "{error}");
    assert!(start.elapsed() < ROOM + LATE, "{:?}", start.elapsed());
}
