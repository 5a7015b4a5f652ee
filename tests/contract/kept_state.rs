//! State that is kept belongs to one run at a time, also where the run before it was killed.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use proctor::limits::Limits;
use proctor::run_directory::RunDirectory;
use proctor_tests::{Bench, fake_script, path_from_environment, processes, separate_process};

/// Runs in which the host is killed. What it is about is a race, lost in most of them where it can be lost.
const KILLED: usize = 4;

/// The host of one run: has a machine run commands, and says so.
async fn host() {
    let run = RunDirectory::create(true, Some(&path_from_environment("PROCTOR_BIN"))).unwrap();
    // Some of the machine's processes take the guard a while, as a large one's do.
    let options = "--fake-stray session";
    let bench = Bench::in_run(run, &Limits::default(), &[], |directory| {
        fake_script(directory, "machine", options)
    })
    .unwrap();
    for _ in 0..20 {
        bench.check_usable().await;
    }
    println!("\nhas run");
    if std::env::var_os("PROCTOR_TEST_WAITS").is_some() {
        std::future::pending::<()>().await;
    }
    bench.machine.release().await;
}

fn start(mut own: Command, directory: &Path, waits: bool) -> Child {
    own.env("TMPDIR", directory).env_remove("XDG_RUNTIME_DIR");
    if waits {
        own.env("PROCTOR_TEST_WAITS", "1");
    }
    own.stdout(Stdio::piped()).spawn().unwrap()
}

#[tokio::test]
async fn the_guard_of_a_killed_run_leaves_the_next_alone() {
    const TEST: &str = "kept_state::the_guard_of_a_killed_run_leaves_the_next_alone";
    let own = || separate_process(TEST);
    if own().is_none() {
        return host().await;
    }
    let scratch = tempfile::Builder::new().prefix("p").tempdir().unwrap();
    for _ in 0..KILLED {
        let mut host = start(own().unwrap(), scratch.path(), true);
        let mut output = BufReader::new(host.stdout.take().unwrap());
        let (mut line, mut all) = (String::new(), String::new());
        while line != "has run\n" {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "the host ended: {all}");
            all.push_str(&line);
        }
        host.kill().unwrap();
        host.wait().unwrap();
        let mut next = start(own().unwrap(), scratch.path(), false);
        let mut all = String::new();
        next.stdout.take().unwrap().read_to_string(&mut all).unwrap();
        assert!(next.wait().unwrap().success(), "{all}");
    }
    processes::wait_until_gone(scratch.path()).await;
    let entries = std::fs::read_dir(scratch.path()).unwrap().flatten();
    // The scratch directories of the killed hosts' tests are there, too.
    let runs = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("proctor-"));
    let runs: Vec<_> = runs.collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    let left: Vec<_> = std::fs::read_dir(runs[0].path()).unwrap().flatten().collect();
    assert!(left.len() == 1 && left[0].file_name() == "vm-state-machine", "{left:?}");
}
