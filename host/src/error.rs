//! Why a call on a machine, a VLAN or the driver failed.

use std::fmt;
use std::time::Duration;

use crate::limits::LimitName;

/// A failed call, with the context that every message needs.
#[derive(Debug, Clone)]
pub struct Error {
    /// The machine concerned, where there is one.
    pub machine: Option<String>,
    /// What was in progress, for example `succeed("true")`.
    pub action: String,
    /// How long the call had taken.
    pub elapsed: Duration,
    /// What went wrong.
    pub cause: Cause,
}

/// What went wrong.
#[derive(Debug, Clone)]
pub enum Cause {
    /// A limit passed.
    TimedOut {
        /// Which.
        limit: LimitName,
        /// Its value.
        budget: Duration,
        /// The last thing that was seen.
        last_seen: Option<String>,
    },
    /// A command that should have succeeded did not.
    CommandFailed(CommandResult),
    /// A command that should have failed did not.
    CommandUnexpectedlySucceeded(CommandResult),
    /// A command printed more than it may.
    OutputTooLarge {
        /// The command.
        command: String,
        /// What it may print, in bytes.
        limit: usize,
    },
    /// The shell was killed under a command.
    ShellLost {
        /// The command.
        command: String,
        /// What is known of its end.
        reason: String,
        /// Whether a new one answers.
        restored: bool,
    },
    /// The machine is not running.
    MachineDown {
        /// How it ended.
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
        /// Its active state.
        state: String,
        /// What is wrong with that, in one line.
        message: String,
        /// The last lines of its journal, oldest first.
        journal: Vec<String>,
    },
    /// The run does not grant this.
    Denied {
        /// The flag that would.
        capability: &'static str,
        /// What was refused, and what is granted.
        what: String,
    },
    /// The machine's monitor refused or could not be understood.
    Monitor(String),
    /// The machine has no means to do this.
    Unsupported(String),
    /// Whoever types has interrupted it.
    Interrupted,
    /// An argument that cannot be meant.
    InvalidArgument(String),
    /// Polling conditions are due: the test is to evaluate them and to make the call again.
    ConditionsDue {
        /// Their numbers, outermost first.
        conditions: Vec<u32>,
        /// The wait that broke off for them; none where the call has not begun.
        wait: Option<InterruptedWait>,
    },
    /// A polling condition does not hold, or nobody looked whether it does.
    PollingConditionFailed {
        /// The condition's description.
        description: String,
        /// What its evaluation said; may be empty.
        message: String,
    },
    /// Several machines failed, each for its own reason.
    Several(Vec<String>),
    /// The host itself failed: no socket, no process, no file.
    Host(String),
}

/// A wait that broke off before its end.
#[derive(Debug, Clone, Copy)]
pub struct InterruptedWait {
    /// The limit that bounds it.
    pub limit: LimitName,
    /// Its value.
    pub budget: Duration,
    /// What is left of it.
    pub left: Duration,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandResult {
    /// The command as it was given.
    pub command: String,
    /// Its exit status; 128 + N after signal N, 124 after a passed limit.
    pub status: i32,
    /// Its standard output.
    pub stdout: Vec<u8>,
}

/// A call's result.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(machine) = &self.machine {
            write!(f, "machine `{machine}`: ")?;
        }
        write!(f, "{}: {} (after {})", self.action, self.cause, seconds(self.elapsed))
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = |command: &str| crate::text::quote(command, crate::limits::QUOTED_COMMAND_BYTES);
        match self {
            Self::TimedOut {
                limit,
                budget,
                last_seen,
            } => {
                write!(f, "timed out: {limit} of {} passed", seconds(*budget))?;
                match last_seen {
                    Some(seen) => write!(f, "; last seen: {seen}"),
                    None => Ok(()),
                }
            }
            Self::CommandFailed(result) => {
                write!(
                    f,
                    "command `{}` failed (exit code {})",
                    quote(&result.command),
                    result.status
                )
            }
            Self::CommandUnexpectedlySucceeded(result) => {
                write!(f, "command `{}` unexpectedly succeeded", quote(&result.command))
            }
            Self::OutputTooLarge { command, limit } => {
                write!(
                    f,
                    "{} of {limit} bytes passed: command `{}` printed more and was killed",
                    LimitName::CommandOutput,
                    quote(command)
                )
            }
            Self::ShellLost {
                command,
                reason,
                restored,
            } => {
                let state = if *restored {
                    "a new one answers"
                } else {
                    "there is no new one"
                };
                write!(
                    f,
                    "the shell was lost under command `{}`: {reason}; {state}",
                    quote(command)
                )
            }
            Self::MachineDown { status, console } => {
                write!(f, "machine is down ({status})")?;
                if console.is_empty() {
                    return Ok(());
                }
                f.write_str("; last console lines:")?;
                console.iter().try_for_each(|line| write!(f, "\n    {line}"))
            }
            Self::UnitFailed { message, journal, .. } => {
                f.write_str(message)?;
                if journal.is_empty() {
                    return Ok(());
                }
                f.write_str("; last lines of its journal:")?;
                journal.iter().try_for_each(|line| write!(f, "\n    {line}"))
            }
            Self::Denied { capability, what } => write!(f, "denied: {what}; to allow it, run with --{capability}"),
            Self::Monitor(text) => write!(f, "monitor: {text}"),
            Self::Unsupported(text) => write!(f, "not supported: {text}"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::InvalidArgument(text) => write!(f, "invalid argument: {text}"),
            Self::ConditionsDue { conditions, .. } => {
                let conditions: Vec<String> = conditions.iter().map(u32::to_string).collect();
                let conditions = conditions.join(", ");
                write!(
                    f,
                    "polling conditions are due and have to be evaluated first: {conditions}"
                )
            }
            Self::PollingConditionFailed { description, message } => {
                write!(f, "Polling condition failed: {description}")?;
                if message.is_empty() {
                    return Ok(());
                }
                write!(f, ": {message}")
            }
            Self::Several(errors) => write!(f, "several machines failed:\n    {}", errors.join("\n    ")),
            Self::Host(text) => f.write_str(text),
        }
    }
}

/// A duration as people read it: `0.05 s`, `12.3 s`.
pub fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 10.0 {
        format!("{seconds:.2} s")
    } else {
        format!("{seconds:.1} s")
    }
}
