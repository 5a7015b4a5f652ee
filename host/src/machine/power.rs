//! A machine's end.

use std::time::{Duration, Instant};

use serde_json::json;

use super::handle::Machine;
use super::keyboard;
use super::launch::RESET;
use super::monitor::EventFilter;
use super::shell::{Outcome, Streams};
use super::units::Unit;
use super::wait::Wait;
use crate::error::{Cause, CommandResult, Result};
use crate::event::{Level, Source};
use crate::limits::{KILL_GRACE, STOP_GRACE, SYNC};

impl Machine {
    /// Asks the guest to power off and waits until the machine has stopped. Does nothing where the machine is off.
    /// Default timeout: [`crate::limits::Limits::call`]. Errors: as [`Machine::execute`], `poweroff` that fails.
    pub async fn shutdown(&self, timeout: Option<Duration>) -> Result {
        let work = async {
            if self.running().await.is_none() {
                return Ok(());
            }
            let running = self.connected().await?;
            let wait = self.wait_from_now(timeout);
            let deadline = Instant::now() + wait.left();
            let most = self.inner().limits.command_output;
            let asked = running
                .unless_down(running.shell.run("poweroff", deadline, most, Streams::default()))
                .await;
            match asked {
                Ok(Some(Outcome::Ended { status, output })) if status != 0 => {
                    let result = CommandResult {
                        command: "poweroff".into(),
                        status,
                        stdout: output,
                    };
                    return Err(Cause::CommandFailed(result));
                }
                // It powers off, and takes its shell with it.
                _ => {}
            }
            self.stopped(&wait).await
        };
        self.call("shutdown", work).await
    }

    /// Waits until the guest has booted, presses Ctrl, Alt and Delete, on which it reboots, and waits until the machine has
    /// been reset. Later calls wait for the new boot. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: the machine is down, never boots, or was started without reboots being allowed; a passed timeout.
    pub async fn reboot(&self, timeout: Option<Duration>) -> Result {
        let work = async {
            let keys = keyboard::parse("ctrl-alt-delete")?;
            let running = self.expect_running().await?;
            if !running.allows_reboot {
                return Err(Cause::Unsupported(
                    "the machine was not started with reboots allowed".into(),
                ));
            }
            // A guest that has not booted yet does not hear the keys. One that has lost its shell does.
            match self.connected().await {
                Ok(_) | Err(Cause::ShellLost { .. }) => {}
                Err(cause) => return Err(cause),
            }
            let wait = self.wait_from_now(timeout);
            let (events, generation) = (running.monitor.events(), running.shell.oblivion().generation());
            let before = events.count();
            let filter = EventFilter::named(RESET);
            let reset = async {
                keyboard::press(&running, &keys, Duration::ZERO).await?;
                events.wait(before, &filter).await
            };
            match running.unless_down(tokio::time::timeout(wait.left(), reset)).await? {
                Ok(reset) => {
                    reset?;
                    running.shell.forget(generation).await;
                    Ok(())
                }
                Err(_) => Err(wait.passed(Some(self.inner().console.last_seen()))),
            }
        };
        self.call("reboot", work).await
    }

    /// Has a machine that waits in its initial RAM disk go on to its own system, and waits for the shell there.
    /// Default timeout: [`crate::limits::Limits::call`]; the new shell has [`crate::limits::Limits::boot`] at the most. Errors: as [`Machine::wait_for_unit`] and [`Machine::connect`].
    pub async fn switch_root(&self, timeout: Option<Duration>) -> Result {
        let unit = Unit {
            name: "initrd.target",
            user: None,
        };
        let work = async {
            let wait = self.wait_from_now(timeout);
            self.await_state(unit, timeout, "active", true).await?;
            let running = self.connected().await?;
            let generation = running.shell.oblivion().generation();
            let command = "systemctl isolate --no-block initrd-switch-root.target > /dev/null 2>&1";
            match self.attempt(command, wait.left()).await {
                // It may be gone before it has told how it ended.
                Err(Cause::ShellLost { .. }) => {}
                Ok(attempt) if attempt.result.status == 0 => {}
                Ok(attempt) => return Err(Cause::CommandFailed(attempt.result)),
                Err(cause) => return Err(cause),
            }
            running.shell.forget(generation).await;
            let console = running.console.clone();
            match tokio::time::timeout(wait.left(), self.await_shell(running)).await {
                Ok(ready) => ready.map(drop),
                Err(_) => Err(wait.passed(Some(console.last_seen()))),
            }
        };
        self.call("switch-root", work).await
    }

    /// Pulls the plug: QEMU ends without the guest's knowing, killed where it has not ended within [`STOP_GRACE`]. Does
    /// nothing where the machine is off. Default timeout: [`crate::limits::Limits::call`]. Errors: a passed timeout.
    pub async fn crash(&self, timeout: Option<Duration>) -> Result {
        let work = async {
            let Some(running) = self.running().await else {
                return Ok(());
            };
            let wait = self.wait_from_now(timeout);
            let quit = async {
                // It may be gone before it has answered.
                let _ = running.monitor.execute("quit", json!({})).await;
                running.end.wait().await
            };
            let grace = STOP_GRACE.min(wait.left());
            if tokio::time::timeout(grace, running.unless_down(quit)).await.is_ok() {
                return Ok(());
            }
            match tokio::time::timeout(wait.left() + KILL_GRACE, running.end.kill()).await {
                Ok(_) => Ok(()),
                Err(_) => Err(wait.passed(Some("QEMU was killed and has not ended yet".into()))),
            }
        };
        self.call("crash", work).await
    }

    /// Waits until the machine has stopped. Returns at once where it is off.
    /// Default timeout: [`crate::limits::Limits::call`]. Errors: a passed timeout.
    pub async fn wait_for_shutdown(&self, timeout: Option<Duration>) -> Result {
        let wait = self.wait_from_now(timeout);
        let work = async {
            tokio::select! {
                biased;
                stopped = self.stopped(&wait) => stopped,
                interrupted = wait.interrupted() => Err(interrupted),
            }
        };
        self.call("wait-for-shutdown", work).await
    }

    async fn stopped(&self, wait: &Wait) -> Result<(), Cause> {
        let Some(running) = self.running().await else {
            return Ok(());
        };
        match tokio::time::timeout(wait.left(), running.end.wait()).await {
            Ok(_) => Ok(()),
            Err(_) => Err(wait.passed(Some(self.inner().console.last_seen()))),
        }
    }

    /// Has the guest write its file systems back, where it is up, but does not wait long for it.
    pub async fn sync(&self) {
        if self.is_up().await
            && let Err(error) = self.succeed("sync", Some(SYNC)).await
            && !matches!(error.cause, Cause::MachineDown { .. })
        {
            let source = Source::Machine(self.name().into());
            self.inner().events.message(Level::Warning, source, format!("{error}"));
        }
    }

    /// Ends the machine, whatever it does, and waits until nothing of it is left.
    pub async fn release(&self) {
        if let Some(running) = self.running().await {
            running.end.bring_about().await;
        }
    }
}
