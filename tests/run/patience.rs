//! Waiting for what happens in other processes.

use std::time::{Duration, Instant};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Waits until something holds. Panics, with what it said last, where it does not hold within `patience`.
pub fn wait_until<T>(patience: Duration, what: &str, mut holds: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match holds() {
            Ok(value) => return value,
            Err(state) if start.elapsed() > patience => panic!("waited {patience:?} until {what}: {state}"),
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}
