//! Why a test does not go on.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use crate::CommandResult;
use crate::duration::seconds;

/// Longer commands and actions are cut in messages; the fields have them whole. A line of a log should be readable.
const SHOWN_CHARACTERS: usize = 300;

/// As many bytes of a command's output are shown by `{:?}`, the last ones: as much as one looks at in a terminal.
const SHOWN_OUTPUT_BYTES: usize = 4096;

/// Why a test does not go on: a call that failed, an error of something else, or a text.
///
/// Every [`std::error::Error`] becomes one through `?`, which keeps the place. For that reason this type is not a
/// `std::error::Error` itself.
///
/// `{}` is one sentence; `{:?}`, which `unwrap` and `expect` show, adds the command's output, the machine's last lines and
/// the place.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    call: Option<Call>,
    place: &'static Location<'static>,
}

/// The call of the host that failed.
pub(crate) struct Call {
    pub(crate) machine: Option<String>,
    pub(crate) action: String,
    pub(crate) elapsed: Duration,
}

/// What went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A limit passed. The host ended what was in progress.
    TimedOut {
        /// The name of the limit, as `proctor run --help` has it.
        limit: String,
        /// Its value.
        budget: Duration,
        /// The last thing that was seen: a status, a line, a state.
        last_seen: Option<String>,
    },
    /// A command that should have succeeded did not.
    CommandFailed(CommandResult),
    /// A command that should have failed succeeded.
    CommandUnexpectedlySucceeded(CommandResult),
    /// A command printed more than one command may.
    OutputTooLarge {
        /// The command as it was given.
        command: String,
        /// How many bytes one command may print.
        limit_bytes: u32,
    },
    /// The shell in which the command ran was killed.
    ShellLost {
        /// The command as it was given.
        command: String,
        /// What is known of the shell's end.
        reason: String,
        /// Whether a new shell answers.
        restored: bool,
    },
    /// The machine is not running, or stopped while the call was in progress.
    MachineDown {
        /// `exit status: 1`, `signal: 9 (SIGKILL)`, `not started`.
        status: String,
        /// The last lines of its serial console, oldest first.
        console: Vec<String>,
    },
    /// A unit is not in the state that was wanted, and will not be.
    UnitFailed {
        /// The unit.
        unit: String,
        /// Whose it is, where it is a user's.
        user: Option<String>,
        /// Its active state, for example `failed`.
        state: String,
        /// What is wrong with that, in one line.
        message: String,
        /// The last lines of its journal, oldest first.
        journal: Vec<String>,
    },
    /// The run does not grant this.
    Denied {
        /// The flag of `proctor run` that would, for example `allow-read`.
        capability: String,
        /// What was refused.
        what: String,
    },
    /// The machine answered that it could not, or answered nonsense.
    Monitor(String),
    /// The machine has no means to do this, for example no network interface to block.
    Unsupported(String),
    /// An argument that cannot be meant, for example the name of a machine that there is not.
    InvalidArgument(String),
    /// A polling condition does not hold.
    PollingConditionFailed {
        /// The condition's description.
        description: String,
        /// What its closure said. May be empty.
        message: String,
    },
    /// The fault is the host's, not the test's and not the machine's.
    HostFailure(String),
    /// The test said so: [`bail!`](crate::bail), [`ensure!`](crate::ensure), [`Error::message`].
    Message(String),
    /// An error of another library that came through `?`.
    Other(Box<dyn std::error::Error>),
}

impl ErrorKind {
    fn code(&self) -> &'static str {
        match self {
            Self::TimedOut { .. } => "timed-out",
            Self::CommandFailed(_) => "command-failed",
            Self::CommandUnexpectedlySucceeded(_) => "command-unexpectedly-succeeded",
            Self::OutputTooLarge { .. } => "output-too-large",
            Self::ShellLost { .. } => "shell-lost",
            Self::MachineDown { .. } => "machine-down",
            Self::UnitFailed { .. } => "unit-failed",
            Self::Denied { .. } => "denied",
            Self::Monitor(_) => "monitor-error",
            Self::Unsupported(_) => "unsupported",
            Self::InvalidArgument(_) => "invalid-argument",
            Self::PollingConditionFailed { .. } => "polling-condition-failed",
            Self::HostFailure(_) => "host-failure",
            Self::Message(_) | Self::Other(_) => "failure",
        }
    }
}

impl Error {
    /// An error that is a text, at the place of this call.
    #[track_caller]
    #[must_use]
    pub fn message(message: impl fmt::Display) -> Self {
        Self::at(Location::caller(), ErrorKind::Message(message.to_string()), None)
    }

    /// The same at another place.
    pub(crate) fn message_at(place: &'static Location<'static>, message: String) -> Self {
        Self::at(place, ErrorKind::Message(message), None)
    }

    pub(crate) fn at(place: &'static Location<'static>, kind: ErrorKind, call: Option<Call>) -> Self {
        Self(Box::new(Inner { kind, call, place }))
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The name of what went wrong, the same in every language: `timed-out`, `command-failed` and so on, as the causes are
    /// named in the interface; `failure` for a text and for an error of another library.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind().code()
    }

    /// What went wrong, to take apart.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        self.0.kind
    }

    /// The machine concerned, where there is one.
    #[must_use]
    pub fn machine(&self) -> Option<&str> {
        self.0.call.as_ref()?.machine.as_deref()
    }

    /// What was in progress, for example `succeed("true")`. None where no call of the host failed.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        Some(&self.0.call.as_ref()?.action)
    }

    /// How long the call had taken when it failed. None where no call of the host failed.
    #[must_use]
    pub fn elapsed(&self) -> Option<Duration> {
        Some(self.0.call.as_ref()?.elapsed)
    }

    /// Where in the test: at the method that failed, or at the `?` through which the error came.
    #[must_use]
    pub fn place(&self) -> &'static Location<'static> {
        self.0.place
    }

    pub(crate) fn call(&self) -> Option<&Call> {
        self.0.call.as_ref()
    }
}

impl<E: std::error::Error + 'static> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        Self::at(Location::caller(), ErrorKind::Other(Box::new(error)), None)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Call {
            machine,
            action,
            elapsed,
        }) = self.call()
        {
            if let Some(machine) = machine {
                write!(formatter, "machine `{machine}`: ")?;
            }
            write!(formatter, "{} failed after {}: ", shortened(action), seconds(*elapsed))?;
        }
        self.kind().fmt(formatter)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut {
                limit,
                budget,
                last_seen,
            } => {
                write!(formatter, "timed out: {limit} of {} passed", seconds(*budget))?;
                match last_seen {
                    Some(seen) => write!(formatter, "; last seen: {seen}"),
                    None => Ok(()),
                }
            }
            Self::CommandFailed(result) => {
                write!(
                    formatter,
                    "command `{}` failed (exit code {})",
                    shortened(&result.command),
                    result.status
                )
            }
            Self::CommandUnexpectedlySucceeded(result) => {
                write!(
                    formatter,
                    "command `{}` unexpectedly succeeded",
                    shortened(&result.command)
                )
            }
            Self::OutputTooLarge { command, limit_bytes } => write!(
                formatter,
                "command `{}` printed more than the {limit_bytes} bytes that one command may",
                shortened(command)
            ),
            Self::ShellLost {
                command,
                reason,
                restored,
            } => {
                let now = if *restored {
                    "a new one answers"
                } else {
                    "there is no new one"
                };
                write!(
                    formatter,
                    "command `{}` lost its shell ({reason}); {now}",
                    shortened(command)
                )
            }
            Self::MachineDown { status, .. } => write!(formatter, "the machine is not running ({status})"),
            Self::UnitFailed { message, .. } => formatter.write_str(message),
            Self::Denied { capability, what } => {
                write!(formatter, "denied: {what}; to allow it, run with --{capability}")
            }
            Self::Monitor(text) => write!(formatter, "the machine's monitor answered: {text}"),
            Self::Unsupported(text) => write!(formatter, "not supported: {text}"),
            Self::InvalidArgument(text) | Self::Message(text) => formatter.write_str(text),
            Self::PollingConditionFailed { description, message } => {
                write!(formatter, "Polling condition failed: {description}")?;
                if message.is_empty() {
                    return Ok(());
                }
                write!(formatter, ": {message}")
            }
            Self::HostFailure(text) => write!(formatter, "the test host failed: {text}"),
            Self::Other(error) => {
                write!(formatter, "{error}")?;
                let mut source = error.source();
                while let Some(error) = source {
                    write!(formatter, ": {error}")?;
                    source = error.source();
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")?;
        match self.kind() {
            ErrorKind::CommandFailed(result) | ErrorKind::CommandUnexpectedlySucceeded(result) => {
                let bytes = result.output.bytes();
                let start = bytes.len().saturating_sub(SHOWN_OUTPUT_BYTES);
                let shown = String::from_utf8_lossy(bytes.get(start..).unwrap_or_default());
                let cut = if start > 0 {
                    format!(" (the last {SHOWN_OUTPUT_BYTES} bytes)")
                } else {
                    String::new()
                };
                write!(formatter, "\noutput{cut}: {}", shown.trim_end())?;
            }
            ErrorKind::MachineDown { console: lines, .. } | ErrorKind::UnitFailed { journal: lines, .. } => {
                for line in lines {
                    write!(formatter, "\n  {line}")?;
                }
            }
            _ => {}
        }
        write!(formatter, "\nat {}", self.place())
    }
}

/// At most [`SHOWN_CHARACTERS`] of a text, with a note of its length where that cuts it.
fn shortened(text: &str) -> impl fmt::Display {
    fmt::from_fn(move |formatter| match text.char_indices().nth(SHOWN_CHARACTERS) {
        None => formatter.write_str(text),
        Some((end, _)) => write!(
            formatter,
            "{}... ({} bytes)",
            text.get(..end).unwrap_or_default(),
            text.len()
        ),
    })
}

/// Ends the test, or the closure, with an error that is a text: `bail!("no answer from {name}")`.
#[macro_export]
macro_rules! bail {
    ($($text:tt)+) => {
        return ::core::result::Result::Err($crate::Error::message(::core::format_args!($($text)+)))
    };
}

/// Ends the test, or the closure, with an error unless the condition holds:
/// `ensure!(count == 3, "{count} lines instead of 3")`. Without a text the condition itself is the text.
#[macro_export]
macro_rules! ensure {
    ($condition:expr $(,)?) => {
        if !$condition {
            $crate::bail!("condition does not hold: {}", ::core::stringify!($condition))
        }
    };
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            $crate::bail!($($text)+)
        }
    };
}

#[cfg(test)]
mod tests;
