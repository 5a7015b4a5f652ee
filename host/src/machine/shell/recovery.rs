//! Shells that died, and how there come to be new ones.

use std::time::Duration;

use super::connection::{Console, Input};
use super::engine::{Engine, Outcome, Seen, ShellState};
use super::port::PortItem;
use crate::limits::SHELL_RESTORE;

/// A worker that is not back by then has lost its supervisor, too.
const REVIVAL: Duration = Duration::from_secs(1);

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

    /// The shell died under the command: brings a new one about.
    pub(super) async fn lost(&mut self, seen: Seen, process: Option<i32>) -> Outcome {
        let (reason, restored) = match seen {
            Seen::WorkerDown(status) => {
                if let Some(process) = process {
                    let line = format!("__proctor_kill {process}\n");
                    let _ = self.connection.send(Console::Control, line.as_bytes()).await;
                }
                (describe_status(&status), self.await_worker().await)
            }
            _ => {
                self.set_up().await;
                let restored = *self.state.borrow() == ShellState::Ready;
                (
                    "the machine's first shell was killed, or the machine was rebooted".to_owned(),
                    restored,
                )
            }
        };
        if !restored {
            self.lose(reason.clone());
        }
        Outcome::Lost { reason, restored }
    }

    pub(super) async fn await_worker(&mut self) -> bool {
        let ready = async {
            let mut revival = Some(tokio::time::Instant::now() + REVIVAL);
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
                if let Input::Port(PortItem::Started { number, process }) = &input
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
        tokio::time::timeout(SHELL_RESTORE + Duration::from_secs(1), ready)
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
