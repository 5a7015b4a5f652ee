//! Waiting for the state of a unit.

use std::time::Duration;

use super::{MANAGER, State, Unit, as_user, systemctl};
use crate::error::Cause;
use crate::limits::QUOTED_BYTES;
use crate::machine::command::Attempt;
use crate::machine::wait::Wait;
use crate::machine::{Machine, guest_loop};
use crate::text;

/// The status of a guest's looks that have seen another state.
const OTHER_STATE: i32 = 3;
/// What `id` says of a user that there is not: GNU's, then busybox's.
const UNKNOWN_USER: [&str; 2] = ["no such user", "unknown user"];

impl Machine {
    /// Waits until a unit's active state is that one; where it `may_fail`, no longer than it can become so.
    pub(in crate::machine) async fn await_state(
        &self,
        unit: Unit<'_>,
        timeout: Option<Duration>,
        wanted: &str,
        may_fail: bool,
    ) -> Result<(), Cause> {
        unit.check()?;
        self.connected().await?;
        let mut wait = self.wait_from_now(timeout);
        // The state that the guest last found to be another.
        let mut left = None;
        loop {
            // Looked at while there is time, for it takes some.
            if wait.begins_gathering() {
                let journal = self.journal(unit, wait.left()).await;
                if !journal.is_empty() {
                    wait.add_note("; last lines of its journal:");
                }
                journal.iter().for_each(|line| wait.add_note(&format!("\n    {line}")));
            }
            let state = match self.unit_state(unit, wait.left()).await? {
                // The service manager may not be there yet.
                Err(failed) if failed.timed_out => {
                    wait.cut_off(failed.seen()).await?;
                    continue;
                }
                Err(failed) => {
                    self.check_user(unit, &wait).await?;
                    wait.not_yet(failed.seen()).await?;
                    continue;
                }
                Ok(state) if state.active == wanted => return Ok(()),
                Ok(state) => state,
            };
            if may_fail && let Some(message) = self.hopeless(unit, &state, &wait).await? {
                return Err(self.unit_failed(unit, state.active, message, wait.left()).await);
            }
            let seen = format!("unit \"{}\": {state}", unit.name);
            if left.take().is_some_and(|left: String| left == state.active) {
                // The guest's look does not see what ours does.
                wait.not_yet(seen).await?;
                continue;
            }
            let command = looks(unit, wanted, &state.active, wait.guest_looks());
            let Attempt { result, timed_out } = self.attempt(&command, wait.left()).await?;
            match result.status {
                _ if timed_out => {}
                0 => return Ok(()),
                OTHER_STATE => left = Some(state.active),
                _ => {}
            }
            wait.guest_saw(seen).await?;
        }
    }

    /// Errors: the unit is that of a user whom the machine does not know.
    async fn check_user(&self, unit: Unit<'_>, wait: &Wait) -> Result<(), Cause> {
        let Some(user) = unit.user else { return Ok(()) };
        let command = format!("LC_ALL=C id -u -- {} 2>&1", text::shell_quote(user));
        let Attempt { result, timed_out } = self.attempt(&command, wait.left()).await?;
        let said = String::from_utf8_lossy(&result.stdout);
        if timed_out || !UNKNOWN_USER.iter().any(|words| said.contains(words)) {
            return Ok(());
        }
        let user = text::quote(user, QUOTED_BYTES);
        Err(Cause::InvalidArgument(format!("the machine has no user `{user}`")))
    }

    /// Why a unit will not become active, where that is so.
    async fn hopeless(&self, unit: Unit<'_>, state: &State, wait: &Wait) -> Result<Option<String>, Cause> {
        let name = unit.name;
        match state.active.as_str() {
            "failed" => return Ok(Some(format!("unit \"{name}\" reached state \"failed\""))),
            "inactive" => {}
            _ => return Ok(None),
        }
        let jobs = self
            .attempt(&systemctl("list-jobs --full 2>&1", unit.user), wait.left())
            .await?;
        if jobs.timed_out || !String::from_utf8_lossy(&jobs.result.stdout).contains("No jobs") {
            return Ok(None);
        }
        // It may have come and gone between the two looks.
        match self.unit_state(unit, wait.left()).await? {
            Ok(again) if again.active == state.active => {
                let missing = if again.load == "not-found" {
                    "; the machine has no such unit"
                } else {
                    ""
                };
                Ok(Some(format!(
                    "unit \"{name}\" is inactive and there are no pending jobs{missing}"
                )))
            }
            _ => Ok(None),
        }
    }
}

/// Looks for so long whether a unit's state is the wanted one, and as long as it is still the same.
fn looks(unit: Unit<'_>, wanted: &str, same: &str, time: Duration) -> String {
    let (name, same) = (text::shell_quote(unit.name), text::shell_quote(same));
    let manager = unit.user.map_or("", |_| "--user ");
    // It asks for one property where `show` asks for all, and takes half the time. Nobody waits for its end.
    let look = format!(
        "read -r s < <(systemctl {manager}is-active -- {name} 2> /dev/null); [[ $s != {wanted} ]] || exit 0; \
         [[ $s == {same} ]] || exit {OTHER_STATE}"
    );
    let looks = format!("{}; exit 1", guest_loop::repeat(&look, time));
    match unit.user {
        None => looks,
        Some(user) => {
            // The user's shell may be any; the machine's own is bash.
            let command = text::shell_quote(&format!("{MANAGER}exec "));
            let looks = text::shell_quote(&format!(" -c {}", text::shell_quote(&looks)));
            as_user(user, &format!("{command}\"$BASH\"{looks}"))
        }
    }
}
