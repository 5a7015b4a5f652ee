//! What a test that may says to the monitor.

use std::time::Duration;

use serde_json::{Map, Value};

use super::NO_ANSWER;
use super::events::EventFilter;
use super::refusal::is_refusal;
use crate::error::{Cause, Result};
use crate::grants::Grants;
use crate::limits::{MONITOR_COMMAND_BYTES, QUOTED_BYTES};
use crate::machine::Machine;
use crate::machine::command::action;
use crate::text;

impl Machine {
    /// Runs a command of the text monitor and returns what it prints. Default timeout: [`crate::limits::Limits::call`],
    /// and never more than [`crate::limits::Limits::monitor_answer`].
    /// Errors: not granted, the machine is down, the monitor refuses, which only its words tell: see `refusal`; a passed
    /// timeout.
    pub async fn send_monitor_command(
        &self,
        grants: &Grants,
        command: &str,
        timeout: Option<Duration>,
    ) -> Result<String> {
        let work = async {
            grants.check_monitor(|| "commanding a machine's monitor".into())?;
            check_size(command.len())?;
            if command.contains(['\n', '\r', '\0']) {
                return Err(Cause::InvalidArgument(
                    "a command of the text monitor is one line".into(),
                ));
            }
            let running = self.expect_running().await?;
            let answer = async { running.unless_down(running.monitor.human(command)).await? };
            let printed = self.bounded(timeout, NO_ANSWER, answer).await?;
            if is_refusal(command, &printed) {
                return Err(Cause::Monitor(text::quote(printed.trim_end(), QUOTED_BYTES)));
            }
            Ok(printed)
        };
        self.call(action("send-monitor-command", command), work).await
    }

    /// Runs a command of the monitor for programs, with a JSON object for its arguments, and returns its answer as JSON.
    /// Errors: as [`Machine::send_monitor_command`]; no JSON object.
    pub async fn send_qmp_command(
        &self,
        grants: &Grants,
        command: &str,
        arguments: Option<&str>,
        timeout: Option<Duration>,
    ) -> Result<String> {
        let work = async {
            grants.check_monitor(|| "commanding a machine's monitor".into())?;
            check_size(command.len().saturating_add(arguments.map_or(0, str::len)))?;
            let arguments = object("the arguments", arguments)?;
            let running = self.expect_running().await?;
            let answer = running.monitor.execute(command, Value::Object(arguments));
            let answer = async { running.unless_down(answer).await? };
            Ok(self.bounded(timeout, NO_ANSWER, answer).await?.to_string())
        };
        self.call(action("send-qmp-command", command), work).await
    }

    /// Waits for an event and returns it as JSON. Looks at those since the machine's start, or since the one that was
    /// returned last. `data` is a JSON object with members that the event's data must have.
    /// Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::send_qmp_command`]; a passed timeout.
    pub async fn wait_for_qmp_event(
        &self,
        grants: &Grants,
        name: Option<&str>,
        data: Option<&str>,
        timeout: Option<Duration>,
    ) -> Result<String> {
        let work = async {
            grants.check_monitor(|| "listening to a machine's monitor".into())?;
            let filter = EventFilter {
                name: name.map(str::to_owned),
                data: object("the filter's data", data)?,
            };
            let running = self.expect_running().await?;
            let wait = self.wait_from_now(timeout);
            let events = running.monitor.events();
            // One event for one caller: whoever waits at the same time gets the next.
            let found = async {
                let mut next = running.next_event.lock().await;
                let (event, after) = events.wait(*next, &filter).await?;
                *next = after;
                Ok(Value::Object(event).to_string())
            };
            let found = async {
                tokio::select! {
                    biased;
                    found = found => found,
                    interrupted = wait.interrupted() => Err(interrupted),
                }
            };
            match running.unless_down(tokio::time::timeout(wait.left(), found)).await? {
                // The machine's end follows, and tells more.
                Ok(Err(interrupted @ Cause::ConditionsDue { .. })) => Err(interrupted),
                Ok(Err(_)) => Err(running.gone("").await),
                Ok(found) => found,
                Err(_) => Err(wait.passed(Some(events.describe()))),
            }
        };
        self.call(action("wait-for-qmp-event", name.unwrap_or_default()), work)
            .await
    }
}

fn check_size(bytes: usize) -> Result<(), Cause> {
    if bytes > MONITOR_COMMAND_BYTES {
        return Err(Cause::InvalidArgument(format!(
            "a command of the monitor of {bytes} bytes; at most {MONITOR_COMMAND_BYTES} are allowed"
        )));
    }
    Ok(())
}

pub(super) fn object(what: &str, text: Option<&str>) -> Result<Map<String, Value>, Cause> {
    match text.map(serde_json::from_str) {
        None => Ok(Map::new()),
        Some(Ok(Value::Object(object))) => Ok(object),
        Some(Ok(_)) => Err(Cause::InvalidArgument(format!("{what} must be a JSON object"))),
        Some(Err(error)) => Err(Cause::InvalidArgument(format!("{what} must be a JSON object: {error}"))),
    }
}
