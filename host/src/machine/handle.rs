//! A machine as its callers see it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::arguments::Sockets;
use super::console::Console;
use super::launch::{self, Running};
use super::pattern::Searches;
use super::shell::ShellState;
use super::start_options::StartOptions;
use super::start_script::StartScript;
use super::wait::{Bound, CurrentWait, LastSeen, interrupted};
use crate::error::{Cause, Error, Result};
use crate::event::Events;
use crate::limits::{END_FOLLOWS, LimitName, Limits};
use crate::polling::Polling;
use crate::run_directory::{RunDirectory, RunDirectoryError};
use crate::setup_clock::{SetupClock, Waiting};

/// A machine, running or not. Cheap to clone; the machine is killed when the last clone goes.
#[derive(Debug, Clone)]
pub struct Machine(Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) script: StartScript,
    pub(super) run: RunDirectory,
    pub(super) vlans: Vec<u32>,
    pub(super) limits: Limits,
    pub(super) events: Events,
    pub(super) setup: SetupClock,
    pub(super) polling: Polling,
    pub(super) searches: Searches,
    pub(super) console: Console,
    /// What the wait that is in progress has seen.
    pub(super) seen: LastSeen,
    /// What bounds it.
    pub(super) wait: CurrentWait,
    /// What bounds the call that is in progress, wait or not.
    pub(super) deadline: CurrentWait,
    pub(super) start_options: StartOptions,
    running: Mutex<Option<Arc<Running>>>,
    /// Whether the boot is over that does not count against the test's limit: the first.
    set_up: AtomicBool,
    /// How far the machine ever came.
    came_up: AtomicBool,
    failed_to_come_up: AtomicBool,
}

impl Machine {
    /// A machine that is off. Its state directory is emptied, unless the run keeps state.
    /// Errors: the directory cannot be made, or a socket's path in it would be too long.
    pub fn new(
        script: StartScript,
        run: &RunDirectory,
        vlans: &[u32],
        limits: &Limits,
        events: &Events,
        setup: &SetupClock,
        polling: &Polling,
    ) -> Result<Self> {
        let name = script.machine_name().to_owned();
        let inner = Inner {
            script,
            run: run.clone(),
            vlans: vlans.to_vec(),
            limits: limits.clone(),
            events: events.clone(),
            setup: setup.clone(),
            polling: polling.clone(),
            searches: Searches::default(),
            console: Console::new(&name),
            seen: LastSeen::default(),
            wait: CurrentWait::default(),
            deadline: CurrentWait::default(),
            start_options: StartOptions::default(),
            running: Mutex::new(None),
            set_up: AtomicBool::new(false),
            came_up: AtomicBool::new(false),
            failed_to_come_up: AtomicBool::new(false),
        };
        let machine = Self(Arc::new(inner));
        launch::prepare_state(&machine.0).map_err(|cause| machine.error("prepare its state", Duration::ZERO, cause))?;
        Ok(machine)
    }

    /// Checks that a machine's sockets can be made. Errors: a path would be too long.
    pub fn check_sockets(script: &StartScript, run: &RunDirectory) -> std::result::Result<(), RunDirectoryError> {
        RunDirectory::check_socket(&Sockets::new(&run.machine(script.machine_name())).longest())
    }

    /// The name, from the start script's.
    pub fn name(&self) -> &str {
        self.0.script.machine_name()
    }

    /// What the wait that is in progress has seen last: for whoever stops the test in the middle of it.
    pub fn last_seen(&self) -> Option<String> {
        self.0.seen.get()
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(super) fn error(&self, action: impl Into<String>, elapsed: Duration, cause: Cause) -> Error {
        Error {
            machine: Some(self.name().into()),
            action: action.into(),
            elapsed,
            cause,
        }
    }

    /// Gives a call's failure its context.
    pub(super) async fn call<T>(
        &self,
        action: impl Into<String>,
        work: impl Future<Output = Result<T, Cause>>,
    ) -> Result<T> {
        let start = Instant::now();
        let result = work.await;
        self.0.seen.clear();
        self.0.wait.set(None);
        self.0.deadline.set(None);
        result.map_err(|cause| self.error(action, start.elapsed(), cause))
    }

    /// The running machine, where there is one.
    pub(super) async fn running(&self) -> Option<Arc<Running>> {
        self.0
            .running
            .lock()
            .await
            .clone()
            .filter(|running| running.end.status().is_none())
    }

    /// Whether it runs or ever ran.
    pub(super) async fn was_started(&self) -> bool {
        self.0.running.lock().await.is_some()
    }

    /// The running machine, or the error that it is down.
    pub(super) async fn expect_running(&self) -> Result<Arc<Running>, Cause> {
        match &*self.0.running.lock().await {
            None => Err(Cause::MachineDown {
                status: "not started".into(),
                console: Vec::new(),
            }),
            Some(running) => match running.end.status() {
                Some(status) => Err(Cause::MachineDown {
                    status,
                    console: self.0.console.quoted(),
                }),
                None => Ok(Arc::clone(running)),
            },
        }
    }

    /// Starts the machine and returns when its monitor and the line of its shell are connected. Does not wait for the
    /// guest to boot. Does nothing where the machine runs already.
    /// Errors: QEMU does not start, dies, or does not connect within [`Limits::launch`] and the timeout, where there is one.
    /// Unless reboots are allowed, a guest that reboots powers off.
    pub async fn start(&self, allow_reboot: bool, timeout: Option<Duration>) -> Result {
        let work = async { self.started(allow_reboot, Bound::own(timeout)).await.map(drop) };
        self.call("start", work).await
    }

    /// Set-up time passes until the answer is dropped, unless the machine has been set up before: or else a test that
    /// starts its machine over and over would never end.
    fn set_up(&self) -> Waiting {
        self.0.setup.wait(!self.0.set_up.load(Ordering::Relaxed))
    }

    async fn started(&self, allow_reboot: bool, own: Option<Bound>) -> Result<Arc<Running>, Cause> {
        // Held while launching: a second caller finds the machine started.
        let mut slot = self.0.running.lock().await;
        if let Some(running) = slot.as_ref().filter(|running| running.end.status().is_none()) {
            return Ok(Arc::clone(running));
        }
        if slot.is_some() {
            self.0.set_up.store(true, Ordering::Relaxed);
        }
        let setup = self.set_up();
        let launched = launch::launch(&self.0, allow_reboot, own).await;
        drop(setup);
        if let Err(cause) = &launched {
            self.0.set_up.store(true, Ordering::Relaxed);
            self.did_not_come_up(cause);
        }
        let running = Arc::new(launched?);
        *slot = Some(Arc::clone(&running));
        Ok(running)
    }

    /// Waits until the guest's shell answers; starts the machine first where it is off.
    /// Errors: as [`Machine::start`], and a boot that takes longer than [`Limits::boot`]. A timeout bounds both together.
    pub async fn connect(&self, timeout: Option<Duration>) -> Result {
        let work = async { self.connected_within(Bound::own(timeout)).await.map(drop) };
        self.call("wait for the shell", work).await
    }

    pub(super) async fn connected(&self) -> Result<Arc<Running>, Cause> {
        self.connected_within(None).await
    }

    async fn connected_within(&self, own: Option<Bound>) -> Result<Arc<Running>, Cause> {
        let running = self.started(false, own).await?;
        let connected = self.await_shell_within(running, own).await;
        match &connected {
            Ok(_) => self.0.came_up.store(true, Ordering::Relaxed),
            // It is waited for again.
            Err(Cause::ConditionsDue { .. }) => return connected,
            Err(cause) => self.did_not_come_up(cause),
        }
        self.0.set_up.store(true, Ordering::Relaxed);
        connected
    }

    /// The machine has not come up. Where that was to be sooner than it has to, it is the test that failed.
    fn did_not_come_up(&self, cause: &Cause) {
        let limit = LimitName::Argument;
        if !matches!(cause, Cause::TimedOut { limit: passed, .. } if *passed == limit) {
            self.0.failed_to_come_up.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the machine was to come up and never did: what then failed is the machine and not the test.
    pub fn never_came_up(&self) -> bool {
        self.0.failed_to_come_up.load(Ordering::Relaxed) && !self.0.came_up.load(Ordering::Relaxed)
    }

    pub(super) async fn await_shell(&self, running: Arc<Running>) -> Result<Arc<Running>, Cause> {
        self.await_shell_within(running, None).await
    }

    async fn await_shell_within(&self, running: Arc<Running>, own: Option<Bound>) -> Result<Arc<Running>, Cause> {
        let mut state = running.shell.state();
        if *state.borrow() == ShellState::Ready {
            return Ok(running);
        }
        let _setup = self.set_up();
        let began = Instant::now();
        // One boot, however often its wait breaks off.
        let bound = Bound::since(running.boot_began(), LimitName::Boot, self.0.limits.boot).or_sooner(own);
        let call = self.0.deadline.get();
        self.0.deadline.set(Some(bound));
        let ready = async {
            state
                .wait_for(|state| *state != ShellState::Waiting)
                .await
                .map(|state| state.clone())
        };
        let ready = tokio::time::timeout(bound.left(), ready);
        let ready = tokio::select! {
            biased;
            ready = running.unless_down(ready) => ready?,
            interrupted = interrupted(&self.0.polling, began, own.or_else(|| self.0.wait.get())) => return Err(interrupted),
        };
        self.0.deadline.set(call);
        let state = match ready {
            Ok(Ok(state)) => state,
            // The shell's task ends only with the machine.
            Ok(Err(_)) => return Err(running.down().await),
            Err(_) => {
                // Whoever goes on waiting does so for as long again.
                running.forget_boot();
                return Err(bound.passed(Some(running.console.last_seen())));
            }
        };
        match state {
            ShellState::Gone => Err(running.gone("").await),
            // Whatever ends a shell may be the machine's end: then that is the news.
            ShellState::Lost(_) if tokio::time::timeout(END_FOLLOWS, running.end.wait()).await.is_ok() => {
                Err(running.down().await)
            }
            ShellState::Lost(reason) => Err(Cause::ShellLost {
                command: String::new(),
                reason,
                restored: false,
            }),
            ShellState::Waiting | ShellState::Ready => Ok(running),
        }
    }

    /// Whether the machine runs and its shell answers.
    pub async fn is_up(&self) -> bool {
        match self.running().await {
            Some(running) => *running.shell.state().borrow() == ShellState::Ready,
            None => false,
        }
    }
}
