//! Ctrl-Z at a prompt.

use std::io::{self, Write as _};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, kill, raise, sigaction};
use nix::unistd::Pid;
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use rustyline::{Cmd, ConditionalEventHandler, Event, EventContext, RepeatCount};

use crate::session::restore_terminal;

/// Stops the process, with its group, until it is continued.
///
/// The editor's own way sets the terminal for the prompt again without waiting until the process was stopped, and so before
/// the shell sets it for itself.
pub(super) struct Suspend;

impl ConditionalEventHandler for Suspend {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let Ok(settings) = tcgetattr(io::stdin()) else {
            return Some(Cmd::Noop);
        };
        let (above, beneath) = context.line().split_at_checked(context.pos()).unwrap_or_default();
        // What the shell says comes beneath all lines, and then the prompt beneath that: the editor draws it from its first line.
        show(&format!("\x1b[?2004l{}\r", "\n".repeat(lines(beneath))));
        restore_terminal();
        stop();
        // It may be gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Drain, &settings);
        show(&format!("\x1b[?2004h{}", "\n".repeat(lines(above))));
        // The window may have another size: nobody is told of that who is stopped.
        let _ = raise(Signal::SIGWINCH);
        Some(Cmd::Repaint)
    }
}

fn lines(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count()
}

fn show(text: &str) {
    let mut out = io::stdout();
    // As above.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Returns when the process is continued, or at once where nobody could do that.
fn stop() {
    let action = |handler| SigAction::new(handler, SaFlags::empty(), SigSet::empty());
    // SAFETY: no handler is set but those of the system.
    let Ok(before) = (unsafe { sigaction(Signal::SIGTSTP, &action(SigHandler::SigIgn)) }) else {
        return;
    };
    if matches!(before.handler(), SigHandler::SigIgn) {
        // A shell without jobs has started us.
        return;
    }
    // The others of the group first. Ours is for this thread alone, which does not go on before it has taken effect.
    let _ = kill(Pid::from_raw(0), Signal::SIGTSTP);
    // SAFETY: as above.
    if unsafe { sigaction(Signal::SIGTSTP, &action(SigHandler::SigDfl)) }.is_ok() {
        let _ = raise(Signal::SIGTSTP);
    }
}
