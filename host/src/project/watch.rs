//! A build under watch: code of the project's author runs in some, and need not end.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::error::{BuildError, Result};
use super::toolchain::Tell;
use crate::error::seconds;
use crate::limits::{BUILD_TOLD, KILLED_LOOK};
use crate::process_tree::kill_descendants;

/// Does the work of a build. While it takes long that is told from time to time; when it takes longer than `limit`, the
/// programs that this process has started are killed. Errors: the work's; the limit passed.
pub(super) fn watched<T>(limit: Duration, tell: Tell<'_>, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let mut pause = BUILD_TOLD;
            while let Some(left) = limit.checked_sub(start.elapsed()) {
                if is_done.recv_timeout(pause.min(left)) != Err(RecvTimeoutError::Timeout) {
                    return false;
                }
                if start.elapsed() < limit {
                    tell(&format!("still building, after {}", seconds(start.elapsed())));
                    pause *= 2;
                }
            }
            // It may start others before it notices.
            while is_done.recv_timeout(KILLED_LOOK) == Err(RecvTimeoutError::Timeout) {
                kill_descendants(std::process::id().cast_signed());
            }
            true
        });
        let made = work();
        drop(done);
        match (made, watch.join()) {
            (Err(_), Ok(true)) => Err(BuildError::TimedOut {
                limit,
                elapsed: start.elapsed(),
            }),
            (made, Ok(_)) => made,
            (_, Err(panic)) => std::panic::resume_unwind(panic),
        }
    })
}
