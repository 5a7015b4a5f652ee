//! What the host's children are given, whose they are, and where they end.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use proctor::event::State;
use proctor::limits::Limits;
use proctor::machine::{Machine, StartScript};
use proctor::polling::Polling;
use proctor::run_directory::RunDirectory;
use proctor::setup_clock::SetupClock;
use proctor::vlan::Vlan;
use proctor_tests::{Bench, fake_script, path_from_environment, processes, separate_process};

/// The files that a process has open, by number, as the kernel calls them.
fn open_files(process: i32) -> BTreeMap<u32, String> {
    let entries = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().flatten();
    entries
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            Some((number, std::fs::read_link(entry.path()).ok()?.display().to_string()))
        })
        .collect()
}

/// The files that any child of this process has, its standard input, output and error apart: what the tests' caller
/// left open.
async fn inherited_files() -> BTreeMap<u32, String> {
    let mut child = Command::new("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Programs open files of their own as they begin: it has, once it does its work.
    child.stdin.as_mut().unwrap().write_all(b"x").unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    let mut files = open_files(child.id().cast_signed());
    child.kill().unwrap();
    child.wait().unwrap();
    files.split_off(&3)
}

/// The process of a bench's machine, once it has become a program.
async fn process_of(bench: &Bench, program: &str) -> i32 {
    let process = || {
        let states = bench.record.states().into_iter();
        let mut booting = states.filter(|(state, _)| *state == State::Booting);
        let process: i32 = booting.next()?.1.strip_prefix("pid ")?.parse().ok()?;
        let name = std::fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
        (name.trim_end() == program).then_some(process)
    };
    processes::wait_until("the machine has no process", || process().is_some()).await;
    process().unwrap()
}

#[tokio::test]
async fn a_child_has_only_the_files_that_it_is_given() {
    let inherited = inherited_files().await;
    let bench = Bench::script(&Limits::default(), "exec sleep 1000");
    // Its console is a terminal of the host's, and the host has that of the other when it starts the second.
    let first = Vlan::start(1, &bench.run, &bench.events).await.unwrap();
    let second = Vlan::start(2, &bench.run, &bench.events).await.unwrap();
    let machine = bench.machine.clone();
    let starting = tokio::spawn(async move { machine.start(false, None).await });
    let process = process_of(&bench, "sleep").await;
    processes::wait_until("it has more files than it was given", || {
        open_files(process).split_off(&3) == inherited
    })
    .await;
    let files: BTreeMap<u32, String> = open_files(process).into_iter().take(3).collect();
    assert!(
        files.len() == 3 && files.values().all(|file| file.starts_with("pipe:")),
        "{files:?}"
    );
    for (process, command) in processes::of_run(bench.run.path()) {
        let files = open_files(process);
        let terminals = files.values().filter(|file| file.contains("/pts/")).count();
        let expected = usize::from(command.starts_with("vde_switch"));
        assert!(
            terminals == expected && !files.values().any(|file| file.contains("ptmx")),
            "{command}: {files:?}"
        );
    }
    starting.abort();
    first.stop().await;
    second.stop().await;
}

#[tokio::test]
async fn a_machine_named_like_a_vlan_is_not_the_vlan() {
    let run = RunDirectory::create(false, None).unwrap();
    let bench = Bench::in_run(run, &Limits::default(), &[], |directory| {
        fake_script(directory, "vlan1", "")
    })
    .unwrap();
    let vlan = Vlan::start(1, &bench.run, &bench.events).await.unwrap();
    bench.check_usable().await;
    bench.machine.crash(None).await.unwrap();
    // Whatever was killed with it has been killed; that its end is noticed takes a moment.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(vlan.is_up());
    vlan.stop().await;
}

#[tokio::test]
async fn a_machine_whose_name_begins_with_anothers_is_not_the_other() {
    let run = RunDirectory::create(false, None).unwrap();
    let bench = |name: &'static str| {
        let script = move |directory: &Path| fake_script(directory, name, "");
        Bench::in_run(run.clone(), &Limits::default(), &[], script).unwrap()
    };
    let (short, long) = (bench("x:"), bench("x:y"));
    short.check_usable().await;
    long.check_usable().await;
    short.machine.crash(None).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    // A command would start it again.
    assert!(long.machine.is_up().await, "{:?}", long.record.states());
}

/// How the machine ends in [`a_descendant_that_fled_ends_with`].
const END: &str = "PROCTOR_TEST_END";

/// Runs a machine in a host of its own whose start script leaves processes in sessions of their own, without the run's
/// mark, one a child of the machine's and one an orphan. Has the machine end in some way, or the host be killed, and
/// waits until both are gone.
async fn a_descendant_that_fled_ends_with(test: &str, end: &str) {
    let Some(mut own) = separate_process(test) else {
        return host(end).await;
    };
    let mut host = own.env(END, end).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(host.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let line = output.by_ref().find(|line| line.starts_with("fled "));
    let line = line.unwrap_or_else(|| panic!("the host ended: {:?}", host.wait()));
    let fled = line.split(' ').skip(1).map(|process| process.parse().unwrap());
    let fled = Fled(fled.collect());
    assert_eq!(fled.0.len(), 2, "{line}");
    if end == "kill" {
        host.kill().unwrap();
    }
    // The rest is the host's; where it fails, so does this.
    let rest: Vec<String> = output.collect();
    assert_eq!(host.wait().unwrap().success(), end != "kill", "{end}: {rest:#?}");
    for process in &fled.0 {
        processes::wait_for_end(*process).await;
    }
}

/// Processes that bear no mark: where they are left, nobody else would find them.
struct Fled(Vec<i32>);

impl Drop for Fled {
    fn drop(&mut self) {
        for process in self.0.iter().filter(|process| processes::is_alive(**process)) {
            let _ = kill(Pid::from_raw(*process), Signal::SIGKILL);
        }
    }
}

async fn host(end: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let record = |number: u32| scratch.path().join(format!("fled{number}"));
    let flee = |number: u32| {
        let record = record(number);
        let path = record.display();
        format!("setsid env -i /bin/sh -c 'echo $$ > {path}.new; /bin/mv {path}.new {path}; exec /bin/sleep 1000' &")
    };
    let run = RunDirectory::create(false, Some(&path_from_environment("PROCTOR_BIN"))).unwrap();
    let bench = Bench::in_run(run, &Limits::default(), &[], |directory| {
        let script = fake_script(directory, "machine", "");
        let text = std::fs::read_to_string(&script).unwrap();
        let (head, tail) = text.split_once('\n').unwrap();
        proctor_tests::write_script(&script, &format!("{head}\n{}\n({})\n{tail}", flee(1), flee(2)));
        script
    })
    .unwrap();
    bench.check_usable().await;
    let number = |number: u32| -> i32 {
        let text = std::fs::read_to_string(record(number)).unwrap();
        text.trim().parse().unwrap()
    };
    processes::wait_until("nothing fled", || record(1).exists() && record(2).exists()).await;
    let fled = [number(1), number(2)];
    println!("\nfled {} {}", fled[0], fled[1]);
    match end {
        "release" => bench.machine.release().await,
        "crash" => bench.machine.crash(None).await.unwrap(),
        "shutdown" => bench.machine.shutdown(None).await.unwrap(),
        "drop" => drop(bench),
        _ => std::future::pending().await,
    }
    for process in fled {
        if end == "drop" {
            processes::wait_for_end(process).await;
        } else {
            assert!(!processes::is_alive(process), "process {process} outlives its machine");
        }
    }
}

#[tokio::test]
async fn a_descendant_that_fled_does_not_outlive_a_killed_host() {
    a_descendant_that_fled_ends_with(
        "child_processes::a_descendant_that_fled_does_not_outlive_a_killed_host",
        "kill",
    )
    .await;
}

#[tokio::test]
async fn a_descendant_that_fled_does_not_outlive_its_machine() {
    const TEST: &str = "child_processes::a_descendant_that_fled_does_not_outlive_its_machine";
    if let Ok(end) = std::env::var(END) {
        return a_descendant_that_fled_ends_with(TEST, &end).await;
    }
    for end in ["release", "crash", "shutdown", "drop"] {
        a_descendant_that_fled_ends_with(TEST, end).await;
    }
}

#[tokio::test]
async fn a_child_that_was_there_before_the_host_is_no_orphan() {
    const TEST: &str = "child_processes::a_child_that_was_there_before_the_host_is_no_orphan";
    if let Some(mut own) = separate_process(TEST) {
        let output = own.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    // As one that a wrapper script started before it became the host.
    let mut before = Command::new("setsid").args(["sleep", "1000"]).spawn().unwrap();
    let run = RunDirectory::create(false, Some(&path_from_environment("PROCTOR_BIN"))).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let script: PathBuf = fake_script(scratch.path(), "machine", "");
    let (_reporter, events) = proctor::event::Reporter::start(Vec::new()).unwrap();
    let machine = Machine::new(
        StartScript::open(&script).unwrap(),
        &run,
        &[],
        &Limits::default(),
        &events,
        &SetupClock::default(),
        &Polling::default(),
    )
    .unwrap();
    machine.connect(None).await.unwrap();
    machine.release().await;
    let outcome = before.try_wait().unwrap();
    before.kill().unwrap();
    before.wait().unwrap();
    assert_eq!(outcome, None);
}
