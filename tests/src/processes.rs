//! Processes of a run, found from outside.

use std::path::Path;
use std::time::{Duration, Instant};

/// What dies takes a moment to vanish; on a busy machine a long one.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Whether a process runs; one that is dead and not yet collected does not.
pub fn is_alive(process: i32) -> bool {
    let status = std::fs::read(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = status
        .iter()
        .rposition(|byte| *byte == b')')
        .and_then(|at| status.get(at + 2));
    after_name.is_some_and(|state| !b"ZX".contains(state))
}

/// Waits until a process does not run any more. Panics where it goes on.
pub async fn wait_for_end(process: i32) {
    wait_until(&format!("process {process} runs"), || !is_alive(process)).await;
}

/// The living processes whose environment mentions a run: everything that Proctor starts carries the run's marker, and
/// what the fake machine starts knows its directories. With their command lines.
pub fn of_run(run: &Path) -> Vec<(i32, String)> {
    let text = run.to_string_lossy();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|process| *process != std::process::id().cast_signed())
        .filter(|process| {
            let environment = std::fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
            String::from_utf8_lossy(&environment).contains(&*text)
        })
        .map(|process| {
            let command = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            (
                process,
                String::from_utf8_lossy(&command)
                    .replace('\0', " ")
                    .chars()
                    .take(200)
                    .collect(),
            )
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
        assert!(start.elapsed() < PATIENCE, "processes of the run are left: {left:#?}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Waits until something holds. Panics where it never does.
pub async fn wait_until(failure: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{failure}");
        tokio::time::sleep(PAUSE).await;
    }
}
