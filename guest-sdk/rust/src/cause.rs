//! Errors and failures between this crate's types and the interface's.

use std::panic::Location;

use crate::bindings::proctor::driver::types;
use crate::duration::{duration, milliseconds};
use crate::error::{Call, Error, ErrorKind};
use crate::{CommandResult, Output};

/// Of a command's output in a failure only as many bytes go back to the host, the last ones. The host has seen the output
/// before, and limits how much a test may hand to it at a time.
const RETURNED_OUTPUT_BYTES: usize = 64 * 1024;

/// Turns an error of the host into ours, with the place at which a test called the method that calls this.
#[track_caller]
pub(crate) fn here() -> impl FnOnce(types::Error) -> Error {
    let place = Location::caller();
    move |error| at(place, error)
}

/// Turns an error of the host into ours, with a place.
pub(crate) fn at(place: &'static Location<'static>, error: types::Error) -> Error {
    let call = Call {
        machine: error.machine,
        action: error.action,
        elapsed: duration(error.elapsed),
    };
    Error::at(place, kind(error.cause), Some(call))
}

fn kind(cause: types::ErrorCause) -> ErrorKind {
    use types::ErrorCause as Cause;
    match cause {
        Cause::TimedOut(types::TimedOut {
            limit,
            budget,
            last_seen,
        }) => ErrorKind::TimedOut {
            limit,
            budget: duration(budget),
            last_seen,
        },
        Cause::CommandFailed(result) => ErrorKind::CommandFailed(result.into()),
        Cause::CommandUnexpectedlySucceeded(result) => ErrorKind::CommandUnexpectedlySucceeded(result.into()),
        Cause::OutputTooLarge(types::OutputTooLarge { command, limit_bytes }) => {
            ErrorKind::OutputTooLarge { command, limit_bytes }
        }
        Cause::ShellLost(types::ShellLost {
            command,
            reason,
            restored,
        }) => ErrorKind::ShellLost {
            command,
            reason,
            restored,
        },
        Cause::MachineDown(types::MachineDown { status, console }) => ErrorKind::MachineDown { status, console },
        Cause::UnitFailed(types::UnitFailed {
            unit,
            user,
            state,
            message,
            journal,
        }) => ErrorKind::UnitFailed {
            unit,
            user,
            state,
            message,
            journal,
        },
        Cause::Denied(types::Denied { capability, what }) => ErrorKind::Denied { capability, what },
        Cause::MonitorError(text) => ErrorKind::Monitor(text),
        Cause::Unsupported(text) => ErrorKind::Unsupported(text),
        Cause::InvalidArgument(text) => ErrorKind::InvalidArgument(text),
        // It is answered before an error becomes ours; a test that calls the interface itself may see it.
        Cause::ConditionsDue(_) => ErrorKind::PollingConditionFailed {
            description: String::new(),
            message: "conditions are due and could not be evaluated".to_owned(),
        },
        Cause::PollingConditionFailed(types::PollingConditionFailed { description, message }) => {
            ErrorKind::PollingConditionFailed { description, message }
        }
        Cause::HostFailure(text) => ErrorKind::HostFailure(text),
    }
}

impl From<types::CommandResult> for CommandResult {
    fn from(result: types::CommandResult) -> Self {
        Self {
            command: result.command,
            status: result.status,
            output: Output::from(result.stdout),
        }
    }
}

/// What the host is told of an error that ends a subtest or a test.
pub(crate) fn failure(error: &Error) -> types::Failure {
    types::Failure {
        message: error.to_string(),
        place: Some(place(error.place())),
        cause: host_error(error),
    }
}

/// A failure without a call of the host.
pub(crate) fn plain_failure(message: String, location: Option<&Location<'_>>) -> types::Failure {
    types::Failure {
        message,
        place: location.map(place),
        cause: None,
    }
}

fn place(location: &Location<'_>) -> types::Place {
    types::Place {
        file: location.file().to_owned(),
        line: location.line(),
        column: location.column(),
    }
}

/// The host's own record again; none where the error was not the host's.
fn host_error(error: &Error) -> Option<types::Error> {
    let call = error.call()?;
    Some(types::Error {
        machine: call.machine.clone(),
        action: call.action.clone(),
        elapsed: milliseconds(call.elapsed),
        cause: cause(error.kind())?,
    })
}

fn cause(kind: &ErrorKind) -> Option<types::ErrorCause> {
    use types::ErrorCause as Cause;
    Some(match kind {
        ErrorKind::TimedOut {
            limit,
            budget,
            last_seen,
        } => Cause::TimedOut(types::TimedOut {
            limit: limit.clone(),
            budget: milliseconds(*budget),
            last_seen: last_seen.clone(),
        }),
        ErrorKind::CommandFailed(result) => Cause::CommandFailed(command_result(result)),
        ErrorKind::CommandUnexpectedlySucceeded(result) => Cause::CommandUnexpectedlySucceeded(command_result(result)),
        ErrorKind::OutputTooLarge { command, limit_bytes } => Cause::OutputTooLarge(types::OutputTooLarge {
            command: command.clone(),
            limit_bytes: *limit_bytes,
        }),
        ErrorKind::ShellLost {
            command,
            reason,
            restored,
        } => Cause::ShellLost(types::ShellLost {
            command: command.clone(),
            reason: reason.clone(),
            restored: *restored,
        }),
        ErrorKind::MachineDown { status, console } => Cause::MachineDown(types::MachineDown {
            status: status.clone(),
            console: console.clone(),
        }),
        ErrorKind::UnitFailed {
            unit,
            user,
            state,
            message,
            journal,
        } => Cause::UnitFailed(types::UnitFailed {
            unit: unit.clone(),
            user: user.clone(),
            state: state.clone(),
            message: message.clone(),
            journal: journal.clone(),
        }),
        ErrorKind::Denied { capability, what } => Cause::Denied(types::Denied {
            capability: capability.clone(),
            what: what.clone(),
        }),
        ErrorKind::Monitor(text) => Cause::MonitorError(text.clone()),
        ErrorKind::Unsupported(text) => Cause::Unsupported(text.clone()),
        ErrorKind::InvalidArgument(text) => Cause::InvalidArgument(text.clone()),
        ErrorKind::PollingConditionFailed { description, message } => {
            Cause::PollingConditionFailed(types::PollingConditionFailed {
                description: description.clone(),
                message: message.clone(),
            })
        }
        ErrorKind::HostFailure(text) => Cause::HostFailure(text.clone()),
        ErrorKind::Message(_) | ErrorKind::Other(_) => return None,
    })
}

fn command_result(result: &CommandResult) -> types::CommandResult {
    let bytes = result.output.bytes();
    let start = bytes.len().saturating_sub(RETURNED_OUTPUT_BYTES);
    types::CommandResult {
        command: result.command.clone(),
        status: result.status,
        stdout: bytes.get(start..).unwrap_or_default().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_errors() -> Vec<types::Error> {
        use types::ErrorCause as Cause;
        let result = || types::CommandResult {
            command: "x".to_owned(),
            status: 3,
            stdout: vec![b'a', 0, 0xff],
        };
        let text = || "text".to_owned();
        let timed_out = |last_seen| types::TimedOut {
            limit: "call".to_owned(),
            budget: 1500,
            last_seen,
        };
        [
            Cause::TimedOut(timed_out(Some(text()))),
            Cause::TimedOut(timed_out(None)),
            Cause::CommandFailed(result()),
            Cause::CommandUnexpectedlySucceeded(result()),
            Cause::OutputTooLarge(types::OutputTooLarge {
                command: text(),
                limit_bytes: 7,
            }),
            Cause::ShellLost(types::ShellLost {
                command: text(),
                reason: text(),
                restored: true,
            }),
            Cause::MachineDown(types::MachineDown {
                status: text(),
                console: vec![text()],
            }),
            Cause::UnitFailed(types::UnitFailed {
                unit: text(),
                user: Some(text()),
                state: text(),
                message: text(),
                journal: vec![text()],
            }),
            Cause::Denied(types::Denied {
                capability: text(),
                what: text(),
            }),
            Cause::MonitorError(text()),
            Cause::Unsupported(text()),
            Cause::InvalidArgument(text()),
            Cause::PollingConditionFailed(types::PollingConditionFailed {
                description: text(),
                message: text(),
            }),
            Cause::HostFailure(text()),
        ]
        .into_iter()
        .map(|cause| types::Error {
            machine: Some("server".to_owned()),
            action: text(),
            elapsed: 12,
            cause,
        })
        .collect()
    }

    #[test]
    fn the_host_gets_its_own_record_back() {
        let told = host_errors();
        let returned: Vec<_> = host_errors()
            .into_iter()
            .map(|error| host_error(&here()(error)).unwrap())
            .collect();
        assert_eq!(format!("{told:?}"), format!("{returned:?}"));
    }

    #[test]
    fn a_failure_names_the_place_of_the_call() {
        let error = here()(host_errors().remove(0));
        let line = line!() - 1;
        let place = failure(&error).place.unwrap();
        assert!(place.file.ends_with("cause.rs"));
        assert_eq!(place.line, line);
        assert!(place.column > 0);
    }

    #[test]
    fn only_the_end_of_a_long_output_goes_back() {
        let mut stdout = vec![b'a'; RETURNED_OUTPUT_BYTES];
        stdout.extend(b"end");
        let result = CommandResult {
            command: "x".to_owned(),
            status: 1,
            output: Output::from(stdout),
        };
        let returned = command_result(&result).stdout;
        assert_eq!(returned.len(), RETURNED_OUTPUT_BYTES);
        assert!(returned.ends_with(b"end"));
    }

    #[test]
    fn texts_and_foreign_errors_have_no_record() {
        assert!(failure(&Error::message("no")).cause.is_none());
        let foreign: Error = "x".parse::<u8>().err().unwrap().into();
        assert!(failure(&foreign).cause.is_none());
    }
}
