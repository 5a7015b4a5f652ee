//! Waiting for a file to be there.

use std::time::Duration;

use super::guest_path::GuestPath;
use crate::error::{Cause, Result};
use crate::limits::{GUEST_LOOK, GUEST_LOOKS, QUOTED_COMMAND_BYTES};
use crate::machine::{Machine, action};
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
        let wait = self.wait_from_now(timeout);
        let mut seen = "no look came to an end".to_owned();
        loop {
            // A look takes a little more than the pause before it.
            let time = self.inner().polling.until_due(wait.left().min(GUEST_LOOKS));
            let looks = time.as_millis() * 3 / 4 / GUEST_LOOK.as_millis();
            let attempt = self.attempt(&look_for(&path, looks), wait.left()).await?;
            if attempt.timed_out {
                return Err(wait.passed(Some(seen)));
            }
            if attempt.result.status == 0 {
                return Ok(());
            }
            let nearest = text::clean(&attempt.result.stdout, QUOTED_COMMAND_BYTES);
            seen = format!("of its path there is no more than `{nearest}`");
            if wait.left() < 2 * GUEST_LOOK {
                tokio::time::sleep(wait.left()).await;
                return Err(wait.passed(Some(seen)));
            }
            tokio::select! {
                biased;
                interrupted = wait.interrupted() => return Err(interrupted),
                () = std::future::ready(()) => {}
            }
        }
    }
}

/// Looks so many times with nothing but what bash has, and prints how much of the path there is.
fn look_for(path: &GuestPath, looks: u128) -> String {
    let (path, pause) = (path.quoted(), GUEST_LOOK.as_secs_f64());
    format!(
        "p={path}; [[ ! -e $p && ! -L $p ]] || exit 0; exec {{n}}<> <(:); for ((i = 0; i < {looks}; i++)); do \
         read -r -t {pause} -u $n || :; [[ ! -e $p && ! -L $p ]] || exit 0; done; \
         while [[ $p == */* && ! -e $p ]]; do p=${{p%/*}}; done; printf %s \"${{p:-/}}\"; exit 1"
    )
}
