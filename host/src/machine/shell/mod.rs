//! The shells on a machine: commands in, status and output back.
//!
//! Only the handshake and "a bash that reads commands from its console" are given. That first shell is made to
//! control a second one, the worker, which runs one command at a time in one forked subshell and sends its output
//! over a bulk port. See `guest.sh` for the guest's side.

mod command;
mod connection;
mod engine;
mod feed;
mod frame;
#[cfg(any(test, fuzzing))]
pub(super) mod fuzzing;
mod handle;
mod notice;
mod port;
mod recovery;
mod stray;

/// The status of a command that found no free bulk port.
pub(crate) const NO_PORT: i32 = 75;
/// What a command begins with that needs one.
pub(crate) const NEED_PORT: &str = "[[ -c /dev/fd/1 ]] || exit 75; ";

pub(crate) use handle::{Oblivion, Outcome, Shell, ShellState, Streams};
pub use notice::Notice;
