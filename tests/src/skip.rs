//! Tests that cannot run everywhere.

use std::io::Write as _;

/// Says that the test that asks is skipped, and why: past the test harness, which shows what failing tests print only.
pub fn say_skipped(why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    // Nobody is there to be told otherwise.
    let _ = writeln!(std::io::stderr(), "skipped: {test}{why}");
}
