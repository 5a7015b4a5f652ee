//! A call's own timeout is kept, whatever hangs.

use std::pin::Pin;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use proctor::error::{Cause, Error, Result};
use proctor::grants::Grants;
use proctor::limits::{CALL_LATE, LimitName, Limits, SERIAL_INPUT_BYTES, STOP_GRACE};
use proctor::machine::Unit;
use proctor::output_directory::OutputDirectory;
use proctor_tests::{Bench, LATE, fake_script, processes, tesseract_is_installed};

const TIMEOUT: Duration = Duration::from_millis(300);
const SOME: Option<Duration> = Some(TIMEOUT);

/// A machine that hangs, and what calls on it need.
struct Scene {
    bench: Bench,
    grants: Grants,
    output: OutputDirectory,
}

type Call = for<'a> fn(&'a Scene) -> Pin<Box<dyn Future<Output = Result> + 'a>>;

/// The rows of a table: a method of a machine by its name in the interface, and a call of it; what it returns does not
/// matter.
macro_rules! calls {
    (|$scene:ident, $machine:ident| $($name:literal => $call:expr,)+) => {
        [$((
            $name,
            |$scene| {
                Box::pin(async move {
                    let $machine = &$scene.bench.machine;
                    $call.await.map(drop)
                })
            },
        )),+]
    };
}

fn unit() -> Unit<'static> {
    Unit::of("unit", None)
}

/// Those that speak with QEMU.
const OF_QEMU: &[(&str, Call)] = &calls! { |scene, machine|
    "send-key" => machine.send_key("a", None, SOME),
    "send-chars" => machine.send_chars("abc", None, SOME),
    "send-console" => machine.send_console(&"x".repeat(SERIAL_INPUT_BYTES), SOME),
    "screenshot" => machine.screenshot(Ok(&scene.output), "picture", SOME),
    "get-screen-text" => machine.screen_text(SOME),
    "get-screen-text-variants" => machine.screen_text_variants(SOME),
    "wait-for-text" => machine.wait_for_text("text", SOME),
    "send-monitor-command" => machine.send_monitor_command(&scene.grants, "info status", SOME),
    "send-qmp-command" => machine.send_qmp_command(&scene.grants, "query-status", None, SOME),
    "wait-for-qmp-event" => machine.wait_for_qmp_event(&scene.grants, Some("STOP"), None, SOME),
    "block" => machine.block(SOME),
    "unblock" => machine.unblock(SOME),
    "forward-port" => machine.forward_port(&scene.grants, 0, 80, SOME),
    "forward-port of a port" => machine.forward_port(&scene.grants, 8080, 80, SOME),
    "reboot" => machine.reboot(SOME),
    "wait-for-console-text" => machine.wait_for_console_text("never", SOME),
    "wait-for-shutdown" => machine.wait_for_shutdown(SOME),
};

/// Those of them that need a program.
const OF_TESSERACT: [&str; 3] = ["get-screen-text", "get-screen-text-variants", "wait-for-text"];

/// Those that run commands on the machine.
const OF_SHELL: &[(&str, Call)] = &calls! { |scene, machine|
    "succeed" => machine.succeed("true", SOME),
    "get-tty-text" => machine.tty_text("1", SOME),
    "get-window-names" => machine.window_names(SOME),
    "get-unit-info" => machine.get_unit_info(unit(), SOME),
    "get-unit-property" => machine.get_unit_property(unit(), "Id", SOME),
    "require-unit-state" => machine.require_unit_state(unit(), "active", SOME),
    "start-job" => machine.start_job(unit(), SOME),
    "stop-job" => machine.stop_job(unit(), SOME),
    "wait-for-unit" => machine.wait_for_unit(unit(), SOME),
    "wait-for-x" => machine.wait_for_x(SOME),
    "wait-for-open-port" => machine.wait_for_open_port(80, None, SOME),
    "wait-for-file" => machine.wait_for_file("/file", SOME),
    "copy-from-machine" => machine.copy_from_machine(&scene.output, "/etc/passwd", "", SOME),
    "shutdown" => machine.shutdown(SOME),
};

async fn hanging() -> Scene {
    let script = |directory: &std::path::Path| fake_script(directory, "machine", "");
    let bench = Bench::new(&Limits::default(), &[1], script);
    bench.machine.start(true, None).await.unwrap();
    bench.check_usable().await;
    bench.hang().await;
    let grants = Grants {
        monitor: true,
        forward_ports: true,
        ..Grants::default()
    };
    let output = OutputDirectory::open(bench.scratch.path()).unwrap();
    Scene { bench, grants, output }
}

/// Panics unless a call has passed its timeout. Whether it ended in time.
fn check(name: &str, start: Instant, outcome: Result) -> bool {
    let elapsed = start.elapsed();
    let Err(Error { cause, .. }) = outcome else {
        panic!("{name} succeeds")
    };
    let Cause::TimedOut { limit, budget, .. } = cause else {
        panic!("{name}: {cause}")
    };
    assert_eq!((limit, budget), (LimitName::Argument, TIMEOUT), "{name}");
    assert!(
        cause.to_string().contains("the call's own timeout of 0.30 s passed"),
        "{name}: {cause}"
    );
    assert!(elapsed >= TIMEOUT, "{name} took {elapsed:?}");
    elapsed < TIMEOUT + CALL_LATE
}

/// A busy computer is late, but not each time.
const TRIES: usize = 20;

#[tokio::test]
async fn a_timeout_is_kept_where_qemu_hangs() {
    let scene = hanging().await;
    for (name, call) in OF_QEMU {
        if OF_TESSERACT.contains(name) && !tesseract_is_installed() {
            continue;
        }
        let mut tries = 0..TRIES;
        let in_time = async || {
            let start = Instant::now();
            check(name, start, call(&scene).await)
        };
        while !in_time().await {
            assert!(tries.next().is_some(), "{name} is late");
        }
    }
}

#[tokio::test]
async fn a_timeout_is_kept_where_the_guest_hangs() {
    for (name, call) in OF_SHELL {
        let mut tries = 0..TRIES;
        let in_time = async || {
            // A machine of its own: one whose shell is given up answers at once.
            let scene = hanging().await;
            let start = Instant::now();
            check(name, start, call(&scene).await)
        };
        while !in_time().await {
            assert!(tries.next().is_some(), "{name} is late");
        }
    }
}

#[tokio::test]
async fn a_timeout_bounds_a_start_and_a_boot() {
    let bench = Bench::script(&Limits::default(), "exec sleep 1000");
    for connects in [false, true] {
        let start = Instant::now();
        let outcome = match connects {
            false => bench.machine.start(false, SOME).await,
            true => bench.machine.connect(SOME).await,
        };
        check("start", start, outcome);
        assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
        processes::wait_until_gone(bench.run.path()).await;
        // The test was too short, not the machine too slow.
        assert!(!bench.machine.never_came_up());
    }
    let bench = Bench::fake("--fake-handshake never");
    bench.machine.start(false, None).await.unwrap();
    let mut tries = 0..TRIES;
    let in_time = async || {
        let start = Instant::now();
        check("connect", start, bench.machine.connect(SOME).await)
    };
    while !in_time().await {
        assert!(tries.next().is_some(), "connect is late");
    }
    assert!(!bench.machine.never_came_up());
}

#[tokio::test]
async fn what_passes_first_is_named() {
    let limits = Limits {
        monitor_answer: TIMEOUT,
        boot: TIMEOUT,
        ..Limits::default()
    };
    let later = Some(TIMEOUT * 10);
    let named =
        |error: &Error, name| matches!(error.cause, Cause::TimedOut { limit, budget: TIMEOUT, .. } if limit == name);
    let bench = Bench::fake_with(&limits, "");
    bench.machine.start(false, None).await.unwrap();
    bench.hang().await;
    let error = bench.machine.send_key("a", None, later).await.unwrap_err();
    assert!(named(&error, LimitName::MonitorAnswer), "{error}");
    let bench = Bench::fake_with(&limits, "--fake-handshake never");
    bench.machine.start(false, None).await.unwrap();
    let error = bench.machine.connect(later).await.unwrap_err();
    assert!(named(&error, LimitName::Boot), "{error}");
    assert!(bench.machine.never_came_up());
}

#[tokio::test]
async fn a_hanging_machine_crashes_in_time() {
    let crash = async |timeout| {
        let Scene { bench, .. } = hanging().await;
        let start = Instant::now();
        bench.machine.crash(timeout).await.unwrap();
        let elapsed = start.elapsed();
        assert!(!bench.machine.is_up().await);
        processes::wait_until_gone(bench.run.path()).await;
        elapsed
    };
    let elapsed = crash(None).await;
    assert!(elapsed >= STOP_GRACE && elapsed < STOP_GRACE + LATE, "{elapsed:?}");
    let mut tries = 0..TRIES;
    while crash(Some(STOP_GRACE / 3)).await >= STOP_GRACE {
        assert!(tries.next().is_some(), "it takes as long as it may without a timeout");
    }
}

/// A command that is given up in the midst of its line does not spoil the next one.
#[tokio::test]
async fn a_monitor_that_hung_is_of_use_again() {
    let Scene { bench, grants, .. } = hanging().await;
    // Several are more than a socket holds.
    let long = format!(r#"{{"x": "{}"}}"#, "x".repeat(200_000));
    for _ in 0..6 {
        let start = Instant::now();
        let sent = bench
            .machine
            .send_qmp_command(&grants, "query-status", Some(&long), SOME);
        check("send-qmp-command", start, sent.await.map(drop));
    }
    let running = processes::of_run(bench.run.path());
    for (process, _) in running {
        let _ = kill(Pid::from_raw(process), Signal::SIGCONT);
    }
    let status = bench.machine.send_qmp_command(&grants, "query-status", None, None);
    assert!(status.await.unwrap().contains("running"));
}
