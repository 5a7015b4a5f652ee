//! Processes of a run, found from outside.

use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::lateness::LATE;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// The state of a process or thread, from its directory below `/proc`, as the kernel's letter. None: it is gone.
fn state(directory: &Path) -> Option<u8> {
    let status = std::fs::read(directory.join("stat")).ok()?;
    let name_end = status.iter().rposition(|byte| *byte == b')')?;
    status.get(name_end + 2).copied()
}

/// Whether a process runs; one that is dead and not yet collected does not.
pub fn is_alive(process: i32) -> bool {
    let state = state(Path::new(&format!("/proc/{process}")));
    state.is_some_and(|state| !b"ZX".contains(&state))
}

/// Stops a process in the midst of whatever it does. Panics where it goes on.
pub async fn stop(process: i32) {
    kill(Pid::from_raw(process), Signal::SIGSTOP).unwrap_or_else(|error| panic!("{process}: {error}"));
    // On a busy computer its other threads go on until one of them has taken the signal.
    let threads = format!("/proc/{process}/task");
    wait_until(&format!("process {process} does not stop"), || {
        let mut threads = std::fs::read_dir(&threads).into_iter().flatten().flatten();
        threads.all(|thread| state(&thread.path()).is_none_or(|state| b"TZX".contains(&state)))
    })
    .await;
}

/// Waits until a process does not run any more. Panics where it goes on.
pub async fn wait_for_end(process: i32) {
    wait_until(&format!("process {process} runs"), || !is_alive(process)).await;
}

/// The living processes whose environment mentions a run: everything that Proctor starts carries the run's marker, and
/// what the fake machine starts knows its directories. With their command lines.
pub fn of_run(run: &Path) -> Vec<(i32, String)> {
    that_have(run, &["environ"])
}

/// The living processes whose environment or command line mentions a directory. With their command lines. A browser's
/// processes write their titles over their environment.
pub fn that_mention(directory: &Path) -> Vec<(i32, String)> {
    that_have(directory, &["environ", "cmdline"])
}

/// The living processes that have a path in one of these files of theirs below `/proc`.
fn that_have(path: &Path, files: &[&str]) -> Vec<(i32, String)> {
    let text = path.to_string_lossy();
    let read = |process: i32, file: &str| {
        let bytes = std::fs::read(format!("/proc/{process}/{file}")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|process| *process != std::process::id().cast_signed())
        .filter(|process| files.iter().any(|file| read(*process, file).contains(&*text)))
        .map(|process| {
            let command = read(process, "cmdline").replace('\0', " ");
            (process, command.chars().take(200).collect())
        })
        .collect()
}

/// Waits until no process of a run is left. Panics where one stays.
pub async fn wait_until_gone(run: &Path) {
    let start = Instant::now();
    loop {
        let left = of_run(run);
        if left.is_empty() {
            return;
        }
        assert!(start.elapsed() < LATE, "processes of the run are left: {left:#?}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Waits until something holds. Panics where it never does.
pub async fn wait_until(failure: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LATE, "{failure}");
        tokio::time::sleep(PAUSE).await;
    }
}
