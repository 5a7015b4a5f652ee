//! What the user reads while a task runs.

use std::time::Instant;

/// Says what is being done.
pub(crate) fn say(text: &str) {
    eprintln!("xtask: {text}");
}

/// Does something and says how it ended and how long it took.
pub(crate) fn timed<T, E>(what: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let start = Instant::now();
    let result = work();
    let verdict = if result.is_ok() { "done" } else { "FAILED" };
    say(&format!("{what}: {verdict} in {:.1} s", start.elapsed().as_secs_f64()));
    result
}

/// Does one of several things in a row: says its name before, and how it ended after.
pub(crate) fn step<T, E>(what: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    say(&format!("{what} ..."));
    timed(what, work)
}
