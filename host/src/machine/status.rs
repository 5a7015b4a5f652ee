//! How a machine fares, for who looks on.

use super::handle::Machine;
use super::shell::ShellState;
use crate::error::seconds;
use crate::event::{MachineReport, State};
use crate::limits::REPORTED_CONSOLE_BYTES;

/// The last of them, of which there are not more bytes than [`REPORTED_CONSOLE_BYTES`].
fn last(mut lines: Vec<String>) -> Vec<String> {
    let mut bytes = 0;
    let within = |line: &&String| {
        bytes += line.len();
        bytes <= REPORTED_CONSOLE_BYTES
    };
    let kept = lines.iter().rev().take_while(within).count();
    lines.split_off(lines.len() - kept)
}

impl Machine {
    /// How the machine fares, with so many of the last lines of its console.
    pub async fn report(&self, lines: usize) -> MachineReport {
        let inner = self.inner();
        let deadline = inner.deadline.get();
        MachineReport {
            name: self.name().into(),
            state: self.present_state().await,
            seen: inner.seen.get(),
            limit: deadline.map(|deadline| deadline.limit().passed(seconds(deadline.budget()))),
            left: deadline.map(|deadline| deadline.left()),
            console: last(inner.console.last_lines(lines)),
        }
    }

    async fn present_state(&self) -> State {
        match self.running().await {
            Some(running) if *running.shell.state().borrow() == ShellState::Ready => State::Ready,
            Some(_) => State::Booting,
            None if self.was_started().await => State::Down,
            None => State::Off,
        }
    }
}
