//! Starting machines: the start script's contract, and whatever can go wrong on the way to a shell.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::event::{Events, Reporter, State};
use proctor::limits::{LimitName, Limits, STOP_GRACE};
use proctor::machine::{Machine, StartScript};
use proctor::polling::Polling;
use proctor::run_directory::RunDirectory;
use proctor::setup_clock::SetupClock;
use proctor_tests::{Bench, LATE, PATIENCE, ROOM, fake_script, processes, separate_process, timed_out_by};

fn machine_of(script: &Path, run: &RunDirectory) -> Machine {
    let (reporter, events): (Reporter, Events) = Reporter::start(Vec::new()).unwrap();
    let script = StartScript::open(script).unwrap();
    let machine = Machine::new(
        script,
        run,
        &[],
        &Limits::default(),
        &events,
        &SetupClock::default(),
        &Polling::default(),
    )
    .unwrap();
    reporter.finish();
    machine
}

/// Records what the start script is given, in the state directory.
const SNOOP: &str =
    "env -0 > env; pwd > pwd; for a in \"$@\"; do printf '%s\\0' \"$a\"; done > args; echo \"$0\" > script";

fn recorded(path: &Path) -> Vec<OsString> {
    let bytes = std::fs::read(path).unwrap();
    bytes
        .split(|byte| *byte == 0)
        .filter(|item| !item.is_empty())
        .map(|item| OsString::from_vec(item.into()))
        .collect()
}

fn variables(state: &Path) -> BTreeMap<String, String> {
    let items = recorded(&state.join("env"))
        .into_iter()
        .filter_map(|item| item.into_string().ok());
    items
        .filter_map(|item| item.split_once('=').map(|(name, value)| (name.into(), value.into())))
        .collect()
}

#[tokio::test]
async fn a_start_script_gets_what_the_contract_says() {
    let before: Vec<_> = std::env::vars_os().collect();
    let bench = Bench::new(&Limits::default(), &[1, 12], |directory| {
        let path = fake_script(directory, "web", "");
        let text = std::fs::read_to_string(&path)
            .unwrap()
            .replacen('\n', &format!("\n{SNOOP}\n"), 1);
        proctor_tests::write_script(&path, &text);
        path
    });
    bench.machine.start(false, None).await.unwrap();
    let (run, state) = (bench.run.path().display().to_string(), bench.state());
    assert_eq!(state, bench.run.path().join("vm-state-web"));
    assert_eq!(std::fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(
        std::fs::read_to_string(state.join("pwd")).unwrap().trim_end(),
        state.to_str().unwrap()
    );
    let seen = variables(&state);
    for (name, value) in [
        ("TMPDIR", state.display().to_string()),
        ("SHARED_DIR", format!("{run}/shared-xchg")),
        ("USE_TMPDIR", "1".into()),
        ("QEMU_VDE_SOCKET_1", format!("{run}/vde1.ctl")),
        ("QEMU_VDE_SOCKET_12", format!("{run}/vde12.ctl")),
        ("NIX_EFI_VARS", format!("{}/web-efi-vars.fd", state.display())),
    ] {
        assert_eq!(seen.get(name), Some(&value), "{name}");
    }
    assert!(bench.run.shared().is_dir());
    let arguments: Vec<String> = recorded(&state.join("args"))
        .into_iter()
        .map(|argument| argument.into_string().unwrap())
        .collect();
    let joined = arguments.join(" ");
    let state = state.display();
    let contract = format!(
        "-qmp unix:{state}/qmp,server=on,wait=off -monitor unix:{state}/monitor -chardev \
         socket,id=shell,path={state}/shell -device virtio-serial -device virtconsole,chardev=shell "
    );
    assert!(joined.starts_with(&contract), "{joined}");
    assert!(
        joined.contains(" -device virtio-rng-pci -serial stdio -no-reboot"),
        "{joined}"
    );
    let has_display = std::env::var_os("DISPLAY")
        .or_else(|| std::env::var_os("WAYLAND_DISPLAY"))
        .is_some();
    assert_eq!(joined.ends_with(" -nographic"), !has_display, "{joined}");
    // The host's own environment is as it was.
    assert_eq!(std::env::vars_os().collect::<Vec<_>>(), before);
}

#[tokio::test]
async fn what_the_user_sets_for_qemu_passes_through_once() {
    const TEST: &str = "launch::what_the_user_sets_for_qemu_passes_through_once";
    if let Some(mut own) = separate_process(TEST) {
        own.env("QEMU_OPTS", "-fancy 'a  b'")
            .env("QEMU_NET_OPTS", "hostfwd=x")
            .env("QEMU_KERNEL_PARAMS", "quiet");
        let own = own
            .env("DISPLAY", ":7")
            .env("QEMU_VDE_SOCKET_9", "not ours")
            .output()
            .unwrap();
        assert!(own.status.success(), "{}", String::from_utf8_lossy(&own.stdout));
        return;
    }
    let bench = Bench::fake_after(SNOOP, "");
    bench.machine.start(false, None).await.unwrap();
    let seen = variables(&bench.state());
    assert_eq!(seen["QEMU_OPTS"], "-fancy 'a  b'");
    assert_eq!(seen["QEMU_NET_OPTS"], "hostfwd=x");
    assert_eq!(seen["QEMU_KERNEL_PARAMS"], "quiet");
    let arguments = recorded(&bench.state().join("args"));
    assert!(
        !arguments
            .iter()
            .any(|argument| argument == "-fancy" || argument == "-nographic"),
        "{arguments:?}"
    );
}

#[tokio::test]
async fn names_may_have_odd_characters() {
    let (scratch, run) = (tempfile::tempdir().unwrap(), RunDirectory::create(false, None).unwrap());
    for name in [
        "a b", "ü€", "$x", "`id`", "a'b", "a\"b", "a,b", "a,,b", "-x", "a;b", "a&b|c>d", "*", "run-x-vm", "\\",
    ] {
        let machine = machine_of(&fake_script(scratch.path(), name, ""), &run);
        assert_eq!(machine.name(), name);
        let result = machine.execute("echo fine; pwd", Some(PATIENCE)).await.unwrap();
        assert!(result.stdout.starts_with(b"fine\n"), "{name}: {result:?}");
        assert!(run.path().join(format!("vm-state-{name}")).is_dir());
        machine.release().await;
    }
    let with_directory = scratch.path().join("a b'\"$c,d");
    std::fs::create_dir(&with_directory).unwrap();
    let machine = machine_of(&fake_script(&with_directory, "m", ""), &run);
    assert_eq!(machine.execute("exit 3", Some(PATIENCE)).await.unwrap().status, 3);
}

#[tokio::test]
async fn a_run_directory_that_is_too_long_is_refused() {
    const TEST: &str = "launch::a_run_directory_that_is_too_long_is_refused";
    if let Some(mut own) = separate_process(TEST) {
        let scratch = tempfile::tempdir().unwrap();
        let long = scratch.path().join("x".repeat(90));
        std::fs::create_dir(&long).unwrap();
        let own = own.env("TMPDIR", &long).env_remove("XDG_RUNTIME_DIR").output().unwrap();
        assert!(own.status.success(), "{}", String::from_utf8_lossy(&own.stdout));
        assert_eq!(std::fs::read_dir(&long).unwrap().count(), 0, "something was left");
        return;
    }
    // The run itself may notice, or the machine.
    let run = RunDirectory::create(false, None).map_err(|error| error.to_string());
    let refused = run.and_then(|run| {
        Bench::in_run(run, &Limits::default(), &[], |directory| {
            fake_script(directory, "machine", "")
        })
        .map_err(|error| error.to_string())
    });
    let text = refused.err().unwrap();
    assert!(text.contains("107") && text.contains("TMPDIR"), "{text}");
}

#[tokio::test]
async fn a_name_that_makes_a_socket_too_long_is_refused() {
    let run = RunDirectory::create(false, None).unwrap();
    let name = "ü".repeat(60);
    let refused = Bench::in_run(run, &Limits::default(), &[], |directory| {
        fake_script(directory, &name, "")
    });
    let text = refused.err().unwrap().to_string();
    assert!(text.contains("107") && text.contains("shorten"), "{text}");
}

#[tokio::test]
async fn a_machine_that_dies_on_the_way_is_told_at_once() {
    let bulk = "before=proctor-bulk-0";
    for when in [
        "start",
        "before=monitor",
        "before=shell",
        "before=proctor-worker",
        bulk,
        "after=0",
        "after=30",
    ] {
        let options = format!(
            "--fake-die {when} --fake-die-status 7 --fake-die-text 'no more memory' \
            --fake-handshake never"
        );
        check_death(when, &options).await;
    }
    // While the shells are set up.
    for when in [2, 4, 6, 8, 10, 12, 15, 18, 25, 40] {
        let options = format!("--fake-die after={when} --fake-die-status 7 --fake-die-text 'no more memory'");
        check_death(&when.to_string(), &options).await;
    }
}

/// Where the machine lives long enough to come up, a command of its finds it dead.
async fn check_death(when: &str, options: &str) {
    let bench = Bench::fake(options);
    let start = Instant::now();
    let error = bench.machine.succeed("sleep 100", None).await.unwrap_err();
    assert!(start.elapsed() < LATE, "{when}: {:?}", start.elapsed());
    let Cause::MachineDown { status, console } = &error.cause else {
        panic!("{when}: {error}")
    };
    assert!(status.starts_with("exit status: 7"), "{when}: {status}");
    assert!(
        console.iter().any(|line| line == "no more memory"),
        "{when}: {console:?}"
    );
    assert!(!bench.machine.is_up().await);
    // Each call tries anew: a machine that is down is started.
    let cause = bench.machine.start(false, None).await.err().map(|error| error.cause);
    assert!(matches!(cause, Some(Cause::MachineDown { .. }) | None), "{cause:?}");
}

#[tokio::test]
async fn a_script_that_cannot_run_is_told_with_what_it_printed() {
    for (text, wanted) in [
        ("echo 'no kernel here' >&2; exit 3", "no kernel here"),
        ("/no/such/qemu \"$@\"", "not found"),
        ("exit 0", "exit status: 0"),
        ("kill -SEGV $$", "signal: 11"),
        ("exec /no/such/qemu \"$@\"", "not found"),
    ] {
        let bench = Bench::script(&Limits::default(), text);
        let start = Instant::now();
        let error = bench.machine.start(false, None).await.unwrap_err();
        assert!(error.to_string().contains(wanted), "{error}");
        assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
        assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_script_that_never_becomes_a_machine_is_ended() {
    let limits = Limits {
        launch: Duration::from_secs(1),
        ..Limits::default()
    };
    for text in [
        "echo $$ > process; exec sleep 1000",
        "trap '' TERM; echo $$ > process; sleep 1000; sleep 1000",
    ] {
        let bench = Bench::script(&limits, text);
        let start = Instant::now();
        let error = bench.machine.start(false, None).await.unwrap_err();
        assert!(timed_out_by(&error, LimitName::Launch), "{error}");
        assert!(error.to_string().contains("launch limit"), "{error}");
        // One that ignores SIGTERM is given that.
        assert!(
            start.elapsed() < limits.launch + STOP_GRACE + LATE,
            "{:?}",
            start.elapsed()
        );
        let process = std::fs::read_to_string(bench.state().join("process")).unwrap();
        processes::wait_for_end(process.trim().parse().unwrap()).await;
        processes::wait_until_gone(bench.run.path()).await;
    }
}

#[tokio::test]
async fn a_monitor_that_is_none_is_told() {
    let limits = Limits {
        launch: ROOM,
        ..Limits::default()
    };
    for (how, is_expected) in [
        (
            "silent",
            (|cause| {
                matches!(
                    cause,
                    Cause::TimedOut {
                        limit: LimitName::Launch,
                        ..
                    }
                )
            }) as fn(&Cause) -> bool,
        ),
        ("garbage", |cause| matches!(cause, Cause::Monitor(_))),
        ("close", |cause| matches!(cause, Cause::Monitor(_))),
    ] {
        let bench = Bench::fake_with(&limits, &format!("--fake-qmp {how}"));
        let error = bench.machine.start(false, None).await.unwrap_err();
        assert!(is_expected(&error.cause), "{how}: {error}");
        processes::wait_until_gone(bench.run.path()).await;
    }
    let bench = Bench::fake("--fake-qmp late=100");
    bench.check_usable().await;
}

#[tokio::test]
async fn a_handshake_may_be_split_or_late_but_must_come() {
    for options in ["--fake-handshake split=30", "--fake-handshake late=300"] {
        Bench::fake(options).check_usable().await;
    }
    let limits = Limits {
        boot: Duration::from_secs(1),
        ..Limits::default()
    };
    let bench = Bench::fake_with(&limits, "--fake-handshake never");
    let start = Instant::now();
    let error = bench.machine.succeed("echo x", None).await.unwrap_err();
    let Cause::TimedOut {
        limit,
        budget,
        last_seen,
    } = &error.cause
    else {
        panic!("{error}")
    };
    assert_eq!((*limit, *budget), (LimitName::Boot, limits.boot));
    assert!(
        last_seen.as_deref().is_some_and(|line| line.contains("Run /init")),
        "{last_seen:?}"
    );
    assert!(error.to_string().contains("--boot-timeout"), "{error}");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    // A shell whose line is closed never comes either.
    let bench = Bench::fake_with(&limits, "--fake-handshake eof");
    assert!(bench.machine.connect(None).await.is_err());
}

#[tokio::test]
async fn a_start_that_is_given_up_leaves_nothing() {
    let bench = Bench::script(&Limits::default(), "trap '' TERM HUP; sleep 1000; sleep 1000");
    assert!(
        tokio::time::timeout(Duration::from_millis(200), bench.machine.start(false, None))
            .await
            .is_err()
    );
    processes::wait_until_gone(bench.run.path()).await;
}

#[tokio::test]
async fn concurrent_starts_start_one_machine() {
    let bench = Bench::fake_after("echo started >> starts; sleep 0.1", "");
    let starts: Vec<_> = (0..10)
        .map(|number| {
            let machine = bench.machine.clone();
            tokio::spawn(async move {
                if number % 2 == 0 {
                    machine.start(false, None).await
                } else {
                    machine.connect(None).await
                }
            })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
    bench.machine.start(false, None).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(bench.state().join("starts")).unwrap(),
        "started\n"
    );
    // What is reported comes a moment after what it is about.
    let is_ready = || bench.record.states().iter().any(|(state, _)| *state == State::Ready);
    processes::wait_until("it is not told to be ready", is_ready).await;
    let states: Vec<State> = bench.record.states().into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, [State::Booting, State::Ready]);
}

#[tokio::test]
async fn state_outlives_a_stop_and_not_a_new_attempt() {
    let (scratch, run) = (tempfile::tempdir().unwrap(), RunDirectory::create(false, None).unwrap());
    let script = fake_script(scratch.path(), "machine", "");
    let machine = machine_of(&script, &run);
    let disk = run.machine("machine").join("disk");
    machine.start(false, None).await.unwrap();
    std::fs::write(&disk, "kept").unwrap();
    machine.crash(None).await.unwrap();
    machine.start(false, None).await.unwrap();
    assert!(disk.exists());
    machine.release().await;
    let machine = machine_of(&script, &run);
    assert!(!disk.exists() && run.machine("machine").is_dir());
    machine.connect(None).await.unwrap();
}

#[tokio::test]
async fn kept_state_outlives_a_run_and_is_one_runs_at_a_time() {
    const TEST: &str = "launch::kept_state_outlives_a_run_and_is_one_runs_at_a_time";
    if let Some(mut own) = separate_process(TEST) {
        let scratch = tempfile::tempdir().unwrap();
        let own = own
            .env("TMPDIR", scratch.path())
            .env_remove("XDG_RUNTIME_DIR")
            .output()
            .unwrap();
        assert!(own.status.success(), "{}", String::from_utf8_lossy(&own.stdout));
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let script = fake_script(scratch.path(), "machine", "");
    for attempt in 0..2 {
        let run = RunDirectory::create(true, None).unwrap();
        assert!(
            RunDirectory::create(true, None)
                .unwrap_err()
                .to_string()
                .contains("in use")
        );
        let machine = machine_of(&script, &run);
        let disk = run.machine("machine").join("disk");
        assert_eq!(disk.exists(), attempt == 1);
        std::fs::write(&disk, "kept").unwrap();
        machine.connect(None).await.unwrap();
        machine.release().await;
    }
}
