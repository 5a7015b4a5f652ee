//! Waiting for a file to be there.

use std::time::Duration;

use super::guest_path::GuestPath;
use crate::error::{Cause, Result};
use crate::limits::{GUEST_LOOK, QUOTED_COMMAND_BYTES};
use crate::machine::{Machine, action, guest_loop};
use crate::text;

impl Machine {
    /// Waits until there is a file of this name, of whatever kind, a link without a target too.
    /// Default timeout: [`crate::limits::Limits::call`]. Errors: a passed timeout, which tells how much of the path there
    /// is; no path; as [`Machine::execute`].
    pub async fn wait_for_file(&self, path: &str, timeout: Option<Duration>) -> Result {
        self.call(action("wait-for-file", path), self.await_file(path, timeout))
            .await
    }

    async fn await_file(&self, path: &str, timeout: Option<Duration>) -> Result<(), Cause> {
        let path = GuestPath::new(path)?;
        self.connected().await?;
        let mut wait = self.wait_from_now(timeout);
        loop {
            let command = look_for(&path, wait.guest_looks());
            let attempt = self.attempt(&command, wait.left()).await?;
            if attempt.timed_out {
                wait.cut_off("a look that was still running".into()).await?;
                continue;
            }
            if attempt.result.status == 0 {
                return Ok(());
            }
            let nearest = text::clean(&attempt.result.stdout, QUOTED_COMMAND_BYTES);
            if wait.left() < 2 * GUEST_LOOK {
                // Another look would be cut off.
                tokio::time::sleep(wait.left()).await;
            }
            let seen = format!("of its path there is no more than `{nearest}`");
            wait.guest_saw(seen).await?;
        }
    }
}

/// Looks for so long with nothing but what bash has, and prints how much of the path there is.
fn look_for(path: &GuestPath, time: Duration) -> String {
    let looks = guest_loop::repeat("[[ ! -e $f && ! -L $f ]] || exit 0", time);
    format!(
        "f={path}; {looks}; while [[ $f == */* && ! -e $f ]]; do f=${{f%/*}}; done; printf %s \"${{f:-/}}\"; exit 1",
        path = path.quoted()
    )
}
