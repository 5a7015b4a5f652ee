//! The services of a machine that runs systemd.

mod wait;

use std::time::Duration;

use super::command::{Attempt, action_of, describe_output};
use super::handle::Machine;
use super::wait::Wait;
use crate::error::{Cause, CommandResult, Result};
use crate::limits::{
    CONSOLE_LINE_BYTES, JOURNAL_LINES, JOURNAL_TIME, QUOTED_ARGUMENT_BYTES, QUOTED_BYTES, UNIT_NAME_BYTES,
    USER_NAME_BYTES,
};
use crate::text;

/// A unit, perhaps a user's.
#[derive(Debug, Clone, Copy)]
pub struct Unit<'a> {
    /// Its name; one without a suffix is a service.
    pub name: &'a str,
    /// Whose service manager knows it; the system's where there is none.
    pub user: Option<&'a str>,
}

impl<'a> Unit<'a> {
    /// The unit of that name, of a user where there is one.
    pub fn of(name: &'a str, user: Option<&'a str>) -> Self {
        Self { name, user }
    }

    /// Errors: what cannot be the name of a unit or of a user.
    pub(super) fn check(&self) -> Result<(), Cause> {
        let possible = |name: &str, most: usize| {
            !name.is_empty() && name.len() <= most && !name.starts_with('-') && !name.contains(char::is_control)
        };
        let (what, name) = match (self.name, self.user) {
            (name, _) if !possible(name, UNIT_NAME_BYTES) => ("unit", name),
            (_, Some(user)) if !possible(user, USER_NAME_BYTES) => ("user", user),
            _ => return Ok(()),
        };
        let name = text::quote(name, QUOTED_ARGUMENT_BYTES);
        Err(Cause::InvalidArgument(format!("no {what} has the name `{name}`")))
    }

    /// One function applied to it and to more texts, for messages.
    pub(crate) fn action(&self, function: &str, more: &[&str]) -> String {
        let action = action_of(function, &[&[self.name], more].concat());
        match self.user {
            None => action,
            Some(user) => format!("{action} of user `{}`", text::quote(user, QUOTED_BYTES)),
        }
    }
}

/// The properties that a wait looks at.
const STATE_PROPERTIES: &str = "--property=ActiveState --property=SubState --property=LoadState";
/// The status of a shell that has not found a program.
const NOT_FOUND: i32 = 127;

impl Machine {
    /// Runs `systemctl` with arguments as they would stand on a command line.
    /// Default timeout: [`crate::limits::Limits::call`]. Errors: as [`Machine::execute`].
    pub async fn systemctl(
        &self,
        arguments: &str,
        user: Option<&str>,
        timeout: Option<Duration>,
    ) -> Result<CommandResult> {
        let work = async {
            Unit::of("any", user).check()?;
            let command = systemctl(arguments, user);
            Ok(self.attempt(&command, self.budget(timeout).1).await?.result)
        };
        self.call(Unit::of(arguments, user).action("systemctl", &[]), work)
            .await
    }

    /// Waits until a unit is active. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::execute`]; the unit has failed, or is inactive and nothing is about to start it; a passed
    /// timeout. Both tell the unit's state and the end of its journal.
    pub async fn wait_for_unit(&self, unit: Unit<'_>, timeout: Option<Duration>) -> Result {
        let work = self.await_state(unit, timeout, "active", true);
        self.call(unit.action("wait-for-unit", &[]), work).await
    }

    /// Waits until a unit's active state is this one, whatever it was before.
    /// Default timeout: [`crate::limits::Limits::call`]. Errors: as [`Machine::execute`], no state, a passed timeout.
    pub async fn wait_for_unit_state(&self, unit: Unit<'_>, state: &str, timeout: Option<Duration>) -> Result {
        let work = async {
            check_state(state)?;
            self.await_state(unit, timeout, state, false).await
        };
        self.call(unit.action("wait-for-unit-state", &[state]), work).await
    }

    /// All properties of a unit, in systemctl's order. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::execute`], `systemctl` that fails, a passed timeout.
    pub async fn get_unit_info(&self, unit: Unit<'_>, timeout: Option<Duration>) -> Result<Vec<(String, String)>> {
        let work = self.properties(unit, "", timeout);
        self.call(unit.action("get-unit-info", &[]), work).await
    }

    /// One property of a unit. Errors: as [`Machine::get_unit_info`]; there is none of that name.
    pub async fn get_unit_property(&self, unit: Unit<'_>, property: &str, timeout: Option<Duration>) -> Result<String> {
        let work = async {
            let option = format!("--property={}", text::shell_quote(property));
            let properties = self.properties(unit, &option, timeout).await?;
            let found = properties.into_iter().find(|(name, _)| name == property);
            let missing = || {
                let (unit, property) = (
                    text::quote(unit.name, QUOTED_BYTES),
                    text::quote(property, QUOTED_BYTES),
                );
                Cause::InvalidArgument(format!("unit \"{unit}\" has no property \"{property}\""))
            };
            Ok(found.ok_or_else(missing)?.1)
        };
        self.call(unit.action("get-unit-property", &[property]), work).await
    }

    /// Fails unless a unit's active state is this one. Errors: as [`Machine::get_unit_info`], another state.
    pub async fn require_unit_state(&self, unit: Unit<'_>, state: &str, timeout: Option<Duration>) -> Result {
        let work = async {
            check_state(state)?;
            let wait = self.wait_from_now(timeout);
            let found = self.unit_state(unit, wait.left()).await?;
            let found = found.map_err(|failed| failed.into_cause(&wait))?;
            if found.active == state {
                return Ok(());
            }
            let message = format!(
                "Expected unit ‘{}’ to to be in state '{state}' but it is in state ‘{}’",
                unit.name, found.active
            );
            Err(self.unit_failed(unit, found.active, message, wait.left()).await)
        };
        self.call(unit.action("require-unit-state", &[state]), work).await
    }

    /// Starts a unit. Default timeout: [`crate::limits::Limits::call`]. Errors: as [`Machine::execute`], a passed timeout.
    pub async fn start_job(&self, unit: Unit<'_>, timeout: Option<Duration>) -> Result<CommandResult> {
        self.call(unit.action("start-job", &[]), self.job("start", unit, timeout))
            .await
    }

    /// Stops a unit. Otherwise as [`Machine::start_job`].
    pub async fn stop_job(&self, unit: Unit<'_>, timeout: Option<Duration>) -> Result<CommandResult> {
        self.call(unit.action("stop-job", &[]), self.job("stop", unit, timeout))
            .await
    }

    async fn job(&self, verb: &str, unit: Unit<'_>, timeout: Option<Duration>) -> Result<CommandResult, Cause> {
        unit.check()?;
        let arguments = format!("{verb} -- {}", text::shell_quote(unit.name));
        self.in_time(&systemctl(&arguments, unit.user), timeout).await
    }

    async fn unit_failed(&self, unit: Unit<'_>, state: String, message: String, time: Duration) -> Cause {
        Cause::UnitFailed {
            unit: unit.name.into(),
            user: unit.user.map(str::to_owned),
            state,
            message,
            journal: self.journal(unit, time).await,
        }
    }

    /// The last lines of a unit's journal; none where they cannot be had in time.
    async fn journal(&self, unit: Unit<'_>, time: Duration) -> Vec<String> {
        let which = match unit.user {
            None => format!("--unit={}", text::shell_quote(unit.name)),
            // `--user-unit` is for the units of whoever asks.
            Some(user) => {
                let suffix = if unit.name.contains('.') { "" } else { ".service" };
                let name = text::shell_quote(&format!("{}{suffix}", unit.name));
                let user = format!("_UID=$(id -u -- {})", text::shell_quote(user));
                format!("{user} _SYSTEMD_USER_UNIT={name} + {user} USER_UNIT={name}")
            }
        };
        let command = format!("journalctl --no-pager --quiet --output=cat --lines={JOURNAL_LINES} {which}");
        let Ok(Attempt {
            result,
            timed_out: false,
        }) = self.attempt(&command, time.min(JOURNAL_TIME)).await
        else {
            return Vec::new();
        };
        let lines: Vec<&[u8]> = result.stdout.split(|byte| *byte == b'\n').collect();
        let lines = lines.iter().filter(|line| !line.is_empty()).take(JOURNAL_LINES);
        lines.map(|line| text::clean(line, CONSOLE_LINE_BYTES)).collect()
    }

    /// The states of a unit now. `Ok(Err(..))`: `systemctl` failed.
    async fn unit_state(&self, unit: Unit<'_>, time: Duration) -> Result<Result<State, Failed>, Cause> {
        let (properties, result) = match self.show(unit, STATE_PROPERTIES, time).await? {
            Ok(shown) => shown,
            Err(failed) => return Ok(Err(failed)),
        };
        let mut state = State::default();
        for (name, value) in properties {
            match name.as_str() {
                "ActiveState" => state.active = value,
                "SubState" => state.sub = value,
                "LoadState" => state.load = value,
                _ => {}
            }
        }
        Ok(if state.active.is_empty() {
            Err(Failed {
                result,
                timed_out: false,
            })
        } else {
            Ok(state)
        })
    }

    async fn properties(
        &self,
        unit: Unit<'_>,
        options: &str,
        timeout: Option<Duration>,
    ) -> Result<Vec<(String, String)>, Cause> {
        let wait = self.wait_from_now(timeout);
        let shown = self.show(unit, options, wait.left()).await?;
        Ok(shown.map_err(|failed| failed.into_cause(&wait))?.0)
    }

    async fn show(&self, unit: Unit<'_>, options: &str, time: Duration) -> Result<Result<Shown, Failed>, Cause> {
        unit.check()?;
        let name = text::shell_quote(unit.name);
        // What `su` says of a user that there is not, too.
        let show = systemctl(&format!("--no-pager show {options} -- {name}"), unit.user);
        let command = format!("{show} 2>&1");
        let Attempt { result, timed_out } = self.attempt(&command, time).await?;
        if result.status == NOT_FOUND {
            let su = unit.user.map_or("", |_| ", or no `su`");
            return Err(Cause::Unsupported(format!(
                "the machine has no program `systemctl`{su}"
            )));
        }
        if timed_out || result.status != 0 {
            return Ok(Err(Failed { result, timed_out }));
        }
        Ok(Ok((properties(&result.stdout), result)))
    }
}

type Shown = (Vec<(String, String)>, CommandResult);

/// A `systemctl` that did not tell what it was asked.
struct Failed {
    result: CommandResult,
    timed_out: bool,
}

impl Failed {
    fn into_cause(self, wait: &Wait) -> Cause {
        if self.timed_out {
            return wait.passed(Some(self.seen()));
        }
        Cause::CommandFailed(self.result)
    }

    fn seen(&self) -> String {
        let how = if self.timed_out {
            "systemctl was still running".into()
        } else {
            format!("systemctl ended with status {}", self.result.status)
        };
        format!("{how}, {}", describe_output(&self.result.stdout))
    }
}

/// What a wait looks at.
#[derive(Debug, Default)]
struct State {
    active: String,
    sub: String,
    load: String,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, {})", self.active, self.sub, self.load)
    }
}

/// A command line for a service manager.
pub(super) fn systemctl(arguments: &str, user: Option<&str>) -> String {
    match user {
        None => format!("systemctl {arguments}"),
        Some(user) => {
            let command = format!("{MANAGER}systemctl --user {arguments}");
            as_user(user, &text::shell_quote(&command))
        }
    }
}

/// What tells a user's command where the user's service manager is.
const MANAGER: &str = "XDG_RUNTIME_DIR=/run/user/$(id -u) ";

/// A command line that has a user run what one word of it says.
fn as_user(user: &str, word: &str) -> String {
    format!("su -l {} --shell /bin/sh -c {word}", text::shell_quote(user))
}

pub(super) fn check_state(state: &str) -> Result<(), Cause> {
    let known = [
        "active",
        "reloading",
        "inactive",
        "failed",
        "activating",
        "deactivating",
        "maintenance",
        "refreshing",
    ];
    if known.contains(&state) {
        return Ok(());
    }
    let state = text::quote(state, QUOTED_BYTES);
    Err(Cause::InvalidArgument(format!(
        "a unit is never \"{state}\"; there are {}",
        known.join(", ")
    )))
}

/// The lines `NAME=VALUE`. A line that is none continues the value above it.
pub(super) fn properties(printed: &[u8]) -> Vec<(String, String)> {
    let mut properties: Vec<(String, String)> = Vec::new();
    for line in String::from_utf8_lossy(printed).lines() {
        let named = line
            .split_once('=')
            .filter(|(name, _)| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        match (named, properties.last_mut()) {
            (Some((name, value)), _) => properties.push((name.to_owned(), value.to_owned())),
            (None, Some((_, value))) => {
                value.push('\n');
                value.push_str(line);
            }
            (None, None) => {}
        }
    }
    properties
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_with_all_that_a_value_can_hold() {
        let printed = b"stray\nId=x.service\nEnvironment=A=1 B=\nDescription=two\n lines = here\nEmpty=\n\xff=1\n";
        let expected = [
            ("Id", "x.service"),
            ("Environment", "A=1 B="),
            ("Description", "two\n lines = here"),
            ("Empty", "\n\u{fffd}=1"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(properties(printed), expected);
    }

    #[test]
    fn nothing_that_is_asked_of_a_users_manager_is_evaluated_before_it_is_there() {
        assert_eq!(systemctl("start x", None), "systemctl start x");
        assert_eq!(
            systemctl("start 'it'", Some("o'hara")),
            r"su -l 'o'\''hara' --shell /bin/sh -c 'XDG_RUNTIME_DIR=/run/user/$(id -u) systemctl --user start '\''it'\'''"
        );
    }
}
