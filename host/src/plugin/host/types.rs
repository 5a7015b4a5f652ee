//! `types`: errors and failures, both ways.

use std::time::Duration;

use crate::error::{Cause, CommandResult, Error, seconds};
use crate::event::{CommandReport, ErrorReport, FailureReport, PassedLimit};
use crate::limits::{FAILURE_CONSOLE_LINES, FAILURE_TEXT_BYTES, FILE_NAME_BYTES, LimitName, Value};
use crate::plugin::answer;
use crate::plugin::bindings::proctor::driver::types;
use crate::plugin::state::TestState;
use crate::text;

impl types::Host for TestState {}

fn milliseconds(duration: Duration) -> u32 {
    duration.as_millis().try_into().unwrap_or(u32::MAX)
}

impl From<Error> for types::Error {
    fn from(error: Error) -> Self {
        Self {
            machine: error.machine,
            action: error.action,
            elapsed: milliseconds(error.elapsed),
            cause: error.cause.into(),
        }
    }
}

impl From<Cause> for types::ErrorCause {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::TimedOut {
                limit,
                budget,
                last_seen,
            } => Self::TimedOut(types::TimedOut {
                limit: limit.to_string(),
                budget: milliseconds(budget),
                last_seen,
            }),
            Cause::CommandFailed(result) => Self::CommandFailed(result.into()),
            Cause::CommandUnexpectedlySucceeded(result) => Self::CommandUnexpectedlySucceeded(result.into()),
            Cause::OutputTooLarge { command, limit } => {
                let limit_bytes = limit.try_into().unwrap_or(u32::MAX);
                Self::OutputTooLarge(types::OutputTooLarge { command, limit_bytes })
            }
            Cause::ShellLost {
                command,
                reason,
                restored,
            } => Self::ShellLost(types::ShellLost {
                command,
                reason,
                restored,
            }),
            Cause::MachineDown { status, console } => Self::MachineDown(types::MachineDown { status, console }),
            Cause::UnitFailed {
                unit,
                user,
                state,
                message,
                journal,
            } => Self::UnitFailed(types::UnitFailed {
                unit,
                user,
                state,
                message,
                journal,
            }),
            Cause::Denied { capability, what } => Self::Denied(types::Denied {
                capability: capability.into(),
                what,
            }),
            Cause::Monitor(text) => Self::MonitorError(text),
            Cause::Unsupported(text) => Self::Unsupported(text),
            cause @ Cause::Interrupted => Self::Unsupported(cause.to_string()),
            Cause::InvalidArgument(text) => Self::InvalidArgument(text),
            Cause::ConditionsDue { conditions, wait } => Self::ConditionsDue(types::ConditionsDue {
                conditions,
                remaining: wait.map(|wait| milliseconds(wait.left)),
            }),
            Cause::PollingConditionFailed { description, message } => {
                Self::PollingConditionFailed(types::PollingConditionFailed { description, message })
            }
            cause @ Cause::Several(_) => Self::HostFailure(cause.to_string()),
            Cause::Host(text) => Self::HostFailure(text),
        }
    }
}

impl From<CommandResult> for types::CommandResult {
    fn from(
        CommandResult {
            command,
            status,
            stdout,
        }: CommandResult,
    ) -> Self {
        Self {
            command,
            status,
            stdout,
        }
    }
}

fn clean(text: &str) -> String {
    text::clean_lines(text.as_bytes(), FAILURE_TEXT_BYTES)
}

impl From<types::Failure> for FailureReport {
    fn from(failure: types::Failure) -> Self {
        Self {
            message: clean(&failure.message),
            place: failure.place.map(|place| describe_place(&place)),
            error: failure.cause.map(ErrorReport::from),
            ..Self::default()
        }
    }
}

/// `file:line:column`, without what is not known.
pub(crate) fn describe_place(place: &types::Place) -> String {
    let file = text::clean(place.file.as_bytes(), FILE_NAME_BYTES);
    if place.column == 0 {
        format!("{file}:{}", place.line)
    } else {
        format!("{file}:{}:{}", place.line, place.column)
    }
}

/// An error that a test hands back. It is the test's word, not the host's: shown, never relied on.
impl From<types::Error> for ErrorReport {
    fn from(error: types::Error) -> Self {
        let mut journal = Vec::new();
        let mut limit = None;
        let kind = kind(&error.cause);
        let (message, command, console) = match error.cause {
            types::ErrorCause::CommandFailed(result) => (
                format!("command failed (exit code {})", result.status),
                Some(result),
                Vec::new(),
            ),
            types::ErrorCause::CommandUnexpectedlySucceeded(result) => {
                ("command unexpectedly succeeded".into(), Some(result), Vec::new())
            }
            types::ErrorCause::TimedOut(timed_out) => {
                let budget = seconds(super::duration(timed_out.budget));
                limit = Some(PassedLimit {
                    name: clean(&timed_out.limit),
                    value: budget.clone(),
                });
                let seen = timed_out
                    .last_seen
                    .map_or(String::new(), |seen| format!("; last seen: {seen}"));
                (
                    format!("timed out: {} of {budget} passed{seen}", timed_out.limit),
                    None,
                    Vec::new(),
                )
            }
            types::ErrorCause::OutputTooLarge(large) => {
                let (name, most) = (LimitName::CommandOutput, large.limit_bytes);
                limit = Some(name.passed(Value::Size(most.into())));
                let text = format!("{name} of {most} bytes passed: the command printed more and was killed");
                (
                    text,
                    Some(types::CommandResult {
                        command: large.command,
                        status: 137,
                        stdout: Vec::new(),
                    }),
                    Vec::new(),
                )
            }
            types::ErrorCause::ShellLost(lost) => {
                let state = if lost.restored {
                    "a new one answers"
                } else {
                    "there is no new one"
                };
                (
                    format!("the shell was lost: {}; {state}", lost.reason),
                    None,
                    Vec::new(),
                )
            }
            types::ErrorCause::MachineDown(down) => (format!("machine is down ({})", down.status), None, down.console),
            types::ErrorCause::UnitFailed(unit) => {
                journal = unit.journal;
                (unit.message, None, Vec::new())
            }
            types::ErrorCause::Denied(denied) => {
                let text = format!("denied: {}; to allow it, run with --{}", denied.what, denied.capability);
                (text, None, Vec::new())
            }
            types::ErrorCause::MonitorError(text) => (format!("monitor: {text}"), None, Vec::new()),
            types::ErrorCause::Unsupported(text) => (format!("not supported: {text}"), None, Vec::new()),
            types::ErrorCause::InvalidArgument(text) => (format!("invalid argument: {text}"), None, Vec::new()),
            types::ErrorCause::ConditionsDue(due) => {
                let (conditions, wait) = (due.conditions, None);
                (Cause::ConditionsDue { conditions, wait }.to_string(), None, Vec::new())
            }
            types::ErrorCause::PollingConditionFailed(failed) => {
                let (description, message) = (failed.description, failed.message);
                let cause = Cause::PollingConditionFailed { description, message };
                (cause.to_string(), None, Vec::new())
            }
            types::ErrorCause::HostFailure(text) => (text, None, Vec::new()),
        };
        let quoted = |lines: Vec<String>| {
            let lines = lines.iter().take(FAILURE_CONSOLE_LINES);
            lines.map(|line| clean(line)).collect()
        };
        Self {
            machine: error.machine.map(|machine| clean(&machine)),
            action: clean(&error.action),
            kind: kind.into(),
            message: clean(&message),
            limit,
            elapsed: super::duration(error.elapsed),
            command: command.map(CommandReport::from),
            console: quoted(console),
            journal: quoted(journal),
        }
    }
}

/// Which error it is, as the interface calls it.
fn kind(cause: &types::ErrorCause) -> &'static str {
    match cause {
        types::ErrorCause::TimedOut(_) => "timed-out",
        types::ErrorCause::CommandFailed(_) => "command-failed",
        types::ErrorCause::CommandUnexpectedlySucceeded(_) => "command-unexpectedly-succeeded",
        types::ErrorCause::OutputTooLarge(_) => "output-too-large",
        types::ErrorCause::ShellLost(_) => "shell-lost",
        types::ErrorCause::MachineDown(_) => "machine-down",
        types::ErrorCause::UnitFailed(_) => "unit-failed",
        types::ErrorCause::Denied(_) => "denied",
        types::ErrorCause::MonitorError(_) => "monitor-error",
        types::ErrorCause::Unsupported(_) => "unsupported",
        types::ErrorCause::InvalidArgument(_) => "invalid-argument",
        types::ErrorCause::ConditionsDue(_) => "conditions-due",
        types::ErrorCause::PollingConditionFailed(_) => "polling-condition-failed",
        types::ErrorCause::HostFailure(_) => "host-failure",
    }
}

impl From<types::CommandResult> for CommandReport {
    fn from(result: types::CommandResult) -> Self {
        answer::report(&result.command, result.status, &result.stdout, FAILURE_TEXT_BYTES)
    }
}

impl Error {
    /// The error, ready to be shown.
    pub(crate) fn report(&self) -> ErrorReport {
        let limit = match &self.cause {
            Cause::TimedOut { limit, budget, .. } => Some(limit.passed(seconds(*budget))),
            Cause::OutputTooLarge { limit, .. } => Some(LimitName::CommandOutput.passed(Value::Size(*limit as u64))),
            _ => None,
        };
        let mut report = ErrorReport {
            limit,
            ..types::Error::from(self.clone()).into()
        };
        if matches!(self.cause, Cause::Interrupted) {
            report.message = self.cause.to_string();
        }
        report
    }
}
