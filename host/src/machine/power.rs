//! A machine's end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::handle::Machine;
use super::keyboard;
use super::launch::{RESET, Running};
use super::monitor::EventFilter;
use super::pending::Pending;
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
            let running = match self.expect_running().await? {
                asked if asked.take_pending(|pending| *pending == Pending::Shutdown).is_some() => {
                    let wait = self.wait_from_now(timeout);
                    return self
                        .unless_interrupted(&asked, Pending::Shutdown, &wait, self.stopped(&wait))
                        .await;
                }
                _ => self.connected().await?,
            };
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
            self.unless_interrupted(&running, Pending::Shutdown, &wait, self.stopped(&wait))
                .await
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
            let pending = running.take_pending(|pending| matches!(pending, Pending::Reboot { .. }));
            if pending.is_none() {
                // A guest that has not booted yet does not hear the keys. One that has lost its shell does.
                match self.connected().await {
                    Ok(_) | Err(Cause::ShellLost { .. }) => {}
                    Err(cause) => return Err(cause),
                }
            }
            let wait = self.wait_from_now(timeout);
            let events = running.monitor.events();
            let (before, generation) = match pending {
                Some(Pending::Reboot { events, generation }) => (events, generation),
                _ => (events.count(), running.shell.oblivion().generation()),
            };
            let filter = EventFilter::named(RESET);
            let in_time = |passed: Result<_, _>| match passed {
                Ok(done) => done,
                Err(_) => Err(wait.passed(Some(self.inner().console.last_seen()))),
            };
            if pending.is_none() {
                let pressed = keyboard::press(&running, &keys, Duration::ZERO);
                in_time(running.unless_down(tokio::time::timeout(wait.left(), pressed)).await?)?;
            }
            let reset = async {
                let reset = async { events.wait(before, &filter).await.map(drop) };
                in_time(running.unless_down(tokio::time::timeout(wait.left(), reset)).await?)
            };
            let pending = Pending::Reboot {
                events: before,
                generation,
            };
            self.unless_interrupted(&running, pending, &wait, reset).await?;
            running.shell.forget(generation).await;
            Ok(())
        };
        self.call("reboot", work).await
    }

    /// The shell that answered last is gone, or will be: the guest reboots of its own accord. Later calls wait for the next.
    /// Does nothing where the machine is off.
    pub async fn forget_shell(&self) -> Result {
        let work = async {
            if let Some(running) = self.running().await {
                running.unless_down(running.shell.forget_asked()).await?;
            }
            Ok(())
        };
        self.call("forget-shell", work).await
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
            let switching = self.running().await.filter(|running| {
                let pending = running.take_pending(|pending| *pending == Pending::SwitchRoot);
                pending.is_some()
            });
            let running = match switching {
                Some(running) => running,
                None => self.leave_initrd(unit, timeout, &wait).await?,
            };
            let console = running.console.clone();
            let shell = async {
                match tokio::time::timeout(wait.left(), self.await_shell(Arc::clone(&running))).await {
                    Ok(ready) => ready.map(drop),
                    Err(_) => Err(wait.passed(Some(console.last_seen()))),
                }
            };
            self.unless_interrupted(&running, Pending::SwitchRoot, &wait, shell)
                .await
        };
        self.call("switch-root", work).await
    }

    /// Returns when the shell in the initial RAM disk is gone, or will be.
    async fn leave_initrd(
        &self,
        unit: Unit<'_>,
        timeout: Option<Duration>,
        wait: &Wait,
    ) -> Result<Arc<Running>, Cause> {
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
        Ok(running)
    }

    /// Waits for the end of what cannot be done twice, unless polling conditions are due first: then it is pending, and the
    /// call that is made again waits for the rest.
    async fn unless_interrupted(
        &self,
        running: &Running,
        pending: Pending,
        wait: &Wait,
        end: impl Future<Output = Result<(), Cause>>,
    ) -> Result<(), Cause> {
        let ended = tokio::select! {
            biased;
            ended = end => ended,
            interrupted = wait.interrupted() => Err(interrupted),
        };
        if matches!(ended, Err(Cause::ConditionsDue { .. })) {
            running.set_pending(pending);
        }
        ended
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
