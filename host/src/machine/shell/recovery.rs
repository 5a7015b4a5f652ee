//! Shells that died, and how there come to be new ones.

use std::time::Instant;

use tokio::sync::oneshot;

use super::connection::{Console, Input};
use super::engine::{Engine, Seen};
use super::handle::{Outcome, ShellState};
use super::port::PortItem;
use crate::limits::{KILL_GRACE, SHELL_RESTORE, WORKER_REVIVAL};

/// A shell that died under a command.
#[derive(Debug)]
pub(super) struct Loss {
    /// What was seen of it.
    pub(super) seen: Seen,
    /// The command's process.
    pub(super) process: Option<i32>,
}

impl Loss {
    fn reason(&self) -> String {
        match &self.seen {
            Seen::WorkerDown(status) => describe_status(status),
            _ => "the machine's first shell was killed, or the machine was rebooted".into(),
        }
    }
}

impl Engine {
    /// Kills the worker; its supervisor makes a new one, which the next command waits for.
    pub(super) async fn replace_worker(&mut self) -> Result<(), String> {
        if self.session.alone {
            return Err("the machine's only shell does not answer".into());
        }
        if let Some(worker) = self.session.worker.take() {
            self.connection
                .send(Console::Control, format!("kill -KILL {worker}\n").as_bytes())
                .await?;
        }
        Ok(())
    }

    /// The shell died under a command: brings a new one about. The caller is told when that is done, or in time.
    pub(super) async fn recover(&mut self, loss: Loss, deadline: Instant, reply: oneshot::Sender<Outcome>) {
        let reason = loss.reason();
        let told = deadline.max(Instant::now() + KILL_GRACE);
        let mut restoring = std::pin::pin!(self.restore(loss));
        let restored = tokio::select! {
            biased;
            restored = &mut restoring => restored,
            () = tokio::time::sleep_until(told.into()) => {
                // Whoever asked may have given up.
                let _ = reply.send(Outcome::Lost { reason, restored: false });
                restoring.await;
                return;
            }
        };
        let _ = reply.send(Outcome::Lost { reason, restored });
    }

    async fn restore(&mut self, loss: Loss) -> bool {
        let restored = match &loss.seen {
            Seen::WorkerDown(_) => {
                if let Some(process) = loss.process {
                    let line = format!("__proctor_kill {process}\n");
                    let _ = self.connection.send(Console::Control, line.as_bytes()).await;
                }
                self.await_worker().await
            }
            _ => {
                self.set_up().await;
                *self.state.borrow() == ShellState::Ready
            }
        };
        if !restored && *self.state.borrow() != ShellState::Gone {
            self.lose(loss.reason());
        }
        restored
    }

    pub(super) async fn await_worker(&mut self) -> bool {
        let ready = async {
            let mut revival = Some(tokio::time::Instant::now() + WORKER_REVIVAL);
            loop {
                let input = tokio::select! {
                    biased;
                    Some(input) = self.connection.receive() => input,
                    () = sleep_until(revival) => {
                        revival = None;
                        // In vain where the first shell is dead, too: then the wait passes its limit.
                        let _ = self.connection.send(Console::Control, b"__proctor_revive\n").await;
                        continue;
                    }
                    else => return false,
                };
                if let Input::Port(_, PortItem::Started { number, process }) = &input
                    && *number == self.number
                {
                    // The ports are read by others than the consoles: the shell's end can be told before this.
                    let line = format!("__proctor_kill {process}\n");
                    let _ = self.connection.send(Console::Control, line.as_bytes()).await;
                }
                match self.see(input) {
                    Seen::WorkerReady => return true,
                    Seen::NewShell => {
                        self.set_up().await;
                        return *self.state.borrow() == ShellState::Ready;
                    }
                    _ => {}
                }
            }
        };
        tokio::time::timeout(SHELL_RESTORE + WORKER_REVIVAL, ready)
            .await
            .unwrap_or(false)
    }
}

async fn sleep_until(when: Option<tokio::time::Instant>) {
    match when {
        Some(when) => tokio::time::sleep_until(when).await,
        None => std::future::pending().await,
    }
}

fn describe_status(status: &str) -> String {
    match status.parse::<i32>() {
        _ if status == "gone" => "the shell and its supervisor were killed".into(),
        Ok(status @ 129..) => format!("the shell was killed by signal {}", status - 128),
        _ => format!("the shell ended with status {status}"),
    }
}
