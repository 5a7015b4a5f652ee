//! Whatever happens, nothing stays behind.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use proctor::limits::Limits;
use proctor::run_directory::RunDirectory;
use proctor::vlan::Vlan;
use proctor_tests::{Bench, fake_script, path_from_environment, processes, separate_process};

/// Runs something in a runtime of its own, drops it all, and checks that nothing is left.
fn check_left(drive: impl AsyncFnOnce(&Bench), options: &str) {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let (first, second) = (runtime(), runtime());
    let bench = Bench::fake(options);
    let (run, scratch) = (bench.run.path().to_owned(), bench.scratch.path().to_owned());
    first.block_on(async {
        let vlan = Vlan::start(1, &bench.run, &bench.events).await.unwrap();
        drive(&bench).await;
        drop(vlan);
        drop(bench);
    });
    drop(first);
    second.block_on(async {
        processes::wait_until_gone(&run).await;
        processes::wait_until("the run's directory is left", || !run.exists()).await;
    });
    assert!(!scratch.exists());
}

#[test]
fn nothing_is_left_of_a_machine_that_runs() {
    check_left(async |bench| bench.check_usable().await, "");
}

#[test]
fn nothing_is_left_of_a_machine_that_ignores_everything() {
    for options in ["--fake-ignore-sigterm", "--fake-stray group", "--fake-stray session"] {
        check_left(async |bench| bench.machine.start(false, None).await.unwrap(), options);
    }
}

#[test]
fn nothing_is_left_of_a_machine_that_boots_or_floods() {
    for options in [
        "--fake-handshake never",
        "--fake-serial endless",
        "--fake-qmp silent",
        "--fake-hang-after 1",
    ] {
        let drive = async |bench: &Bench| {
            // A start that hangs is given up.
            let _ = tokio::time::timeout(Duration::from_millis(100), bench.machine.start(false, None)).await;
        };
        check_left(drive, options);
    }
}

#[test]
fn nothing_is_left_of_a_machine_under_commands() {
    let drive = async |bench: &Bench| {
        bench
            .text("trap '' TERM HUP; sleep 1000 > /dev/null 2>&1 & setsid sleep 1000 > /dev/null 2>&1 & true")
            .await;
        let command = "trap '' TERM HUP INT; setsid sleep 1000 & touch began; sleep 1000";
        let call = bench.machine.execute(command, None);
        let began = bench.state().join("tmp/began");
        tokio::select! {
            result = call => panic!("{result:?}"),
            () = processes::wait_until("no command runs", || began.exists()) => {}
        }
    };
    check_left(drive, "");
}

#[test]
fn nothing_is_left_of_a_machine_that_ended_by_itself() {
    check_left(
        async |bench| {
            bench.check_usable().await;
            bench.machine.shutdown(None).await.unwrap();
            processes::wait_until("the machine's processes are left", || {
                processes::of_run(bench.run.path()).len() == 1
            })
            .await;
        },
        "--fake-stray session",
    );
}

#[test]
fn a_panic_leaves_nothing() {
    let mut path = PathBuf::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.block_on(async {
            let bench = Bench::fake("--fake-stray session");
            path = bench.run.path().to_owned();
            bench.check_usable().await;
            std::panic::resume_unwind(Box::new("as a bug would"));
        });
    }));
    assert!(caught.is_err());
    drop(runtime);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(processes::wait_until_gone(&path));
    assert!(!path.exists());
}

#[tokio::test]
async fn a_killed_host_leaves_nothing() {
    const TEST: &str = "cleanup::a_killed_host_leaves_nothing";
    let Some(mut own) = separate_process(TEST) else {
        // The host: everything runs, and it waits to be killed.
        let run = RunDirectory::create(false, Some(&path_from_environment("PROCTOR_BIN"))).unwrap();
        let path = run.path().to_owned();
        let options = "--fake-ignore-sigterm --fake-stray session";
        let bench = Bench::in_run(run, &Limits::default(), &[], |directory| {
            fake_script(directory, "machine", options)
        })
        .unwrap();
        let _vlan = Vlan::start(1, &bench.run, &bench.events).await.unwrap();
        bench
            .text("trap '' TERM HUP; setsid sleep 1000 > /dev/null 2>&1 & true")
            .await;
        println!("\nrun {}", path.display());
        std::future::pending::<()>().await;
        return;
    };
    let mut host = own.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(host.stdout.take().unwrap());
    let (mut line, mut all) = (String::new(), String::new());
    while !line.starts_with("run ") {
        line.clear();
        if output.read_line(&mut line).unwrap() == 0 {
            output.read_to_string(&mut all).unwrap();
            panic!("the host ended: {all}");
        }
        all.push_str(&line);
    }
    let run = PathBuf::from(line.trim_end().trim_start_matches("run "));
    assert!(
        run.is_dir() && processes::of_run(&run).len() >= 4,
        "{:?}",
        processes::of_run(&run)
    );
    host.kill().unwrap();
    host.wait().unwrap();
    processes::wait_until_gone(&run).await;
    processes::wait_until("the run's directory is left", || !run.exists()).await;
}
