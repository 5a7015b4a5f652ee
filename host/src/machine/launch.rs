//! From a start script to a running machine.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{UnixListener, UnixStream};
use tokio::process::{ChildStdin, Command};
use tokio::sync::{Mutex, oneshot, watch};
use tokio::task::JoinHandle;

use super::arguments::{self, Sockets};
use super::console::Console;
use super::handle::{Inner, Machine};
use super::monitor::{EventFilter, Monitor};
use super::pending::Pending;
use super::shell::{Oblivion, Shell};
use super::wait::Bound;
use crate::child::{ChildGroup, merged_output};
use crate::error::{Cause, Result};
use crate::event::{EventKind, Events, Source, State};
use crate::limits::{BULK_PORTS, END_FOLLOWS, LAST_OUTPUT, LimitName, STOP_GRACE};
use crate::marker::Owner;
use crate::removal::remove_tree;

/// A machine whose QEMU runs. Dropping it kills QEMU.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) monitor: Arc<Monitor>,
    /// The number of the first event that no test has been told.
    pub(super) next_event: tokio::sync::Mutex<u64>,
    /// Whether a guest that reboots boots again, and is not powered off.
    pub(super) allows_reboot: bool,
    pub(super) shell: Shell,
    pub(super) console: Console,
    /// What QEMU reads as its serial port's input; its end would be one there, too.
    pub(super) serial_input: Mutex<Option<ChildStdin>>,
    pub(super) end: End,
    /// What was set going, and is to be waited for again where its wait broke off.
    pub(super) pending: std::sync::Mutex<Option<Pending>>,
    /// The boot that is waited for: after which shell, and since when.
    pub(super) boot: std::sync::Mutex<Option<(u64, Instant)>>,
    resets: JoinHandle<()>,
}

/// The end of a machine's process: to wait for, and to bring about.
#[derive(Debug)]
pub(super) struct End {
    status: watch::Receiver<Option<String>>,
    /// Told how long it has to end kindly.
    stop: std::sync::Mutex<Option<oneshot::Sender<Duration>>>,
    owner: JoinHandle<()>,
}

impl End {
    /// How the process ended, where it has.
    pub(super) fn status(&self) -> Option<String> {
        self.status.borrow().clone()
    }

    /// Waits for the end.
    pub(super) async fn wait(&self) -> String {
        let mut status = self.status.clone();
        match status.wait_for(Option::is_some).await {
            Ok(status) => status.clone().unwrap_or_default(),
            Err(_) => "killed".into(),
        }
    }

    /// Ends the process, kindly at first, and waits until it and everything that it started is gone.
    pub(super) async fn bring_about(&self) -> String {
        self.within(STOP_GRACE).await
    }

    /// Ends the process at once, otherwise as [`End::bring_about`].
    pub(super) async fn kill(&self) -> String {
        self.within(Duration::ZERO).await
    }

    async fn within(&self, grace: Duration) -> String {
        let stop = self
            .stop
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        if let Some(stop) = stop {
            // It may have ended already.
            let _ = stop.send(grace);
        }
        self.wait().await
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.owner.abort();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.resets.abort();
    }
}

impl Running {
    /// Does something as long as the machine runs. Errors: the machine went down first.
    pub(super) async fn unless_down<T>(&self, work: impl Future<Output = T>) -> Result<T, Cause> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            status = self.end.wait() => Err(self.down_with(status)),
        }
    }

    /// Speaks with the monitor as long as the machine runs. Errors: those of the work; where the machine went down under
    /// it, which breaks the monitor's connection first, that.
    pub(super) async fn monitored<T>(&self, work: impl Future<Output = Result<T, Cause>>) -> Result<T, Cause> {
        let done = self.unless_down(work).await?;
        match done {
            Err(Cause::Monitor(_)) if tokio::time::timeout(END_FOLLOWS, self.end.wait()).await.is_ok() => {
                Err(self.down().await)
            }
            done => done,
        }
    }

    /// The error that the machine is down, once it is.
    pub(super) async fn down(&self) -> Cause {
        self.down_with(self.end.wait().await)
    }

    /// The error that the line to the shell was closed under a command: by the machine's end, if no other way is known.
    pub(super) async fn gone(&self, command: &str) -> Cause {
        match tokio::time::timeout(STOP_GRACE, self.down()).await {
            Ok(down) => down,
            Err(_) => Cause::ShellLost {
                command: command.into(),
                reason: "QEMU has closed the shell's line, and runs on".into(),
                restored: false,
            },
        }
    }

    /// The error that the machine is down, with how it ended.
    pub(super) fn down_with(&self, status: String) -> Cause {
        Cause::MachineDown {
            status,
            console: self.console.quoted(),
        }
    }
}

/// Makes the directories that a start script finds, the state directory anew unless it is to be kept.
pub(super) fn prepare_state(machine: &Inner) -> Result<(), Cause> {
    let state = machine.run.machine(machine.script.machine_name());
    Machine::check_sockets(&machine.script, &machine.run).map_err(|error| Cause::Host(error.to_string()))?;
    let make = |path: &Path| {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|error| Cause::Host(format!("cannot make {path:?}: {error}")))
    };
    if !machine.run.keeps_state() && state.exists() {
        remove_tree(&state).map_err(|error| Cause::Host(format!("cannot empty {state:?}: {error}")))?;
    }
    make(&state)?;
    make(&machine.run.shared())
}

/// Starts QEMU and connects to it. A test's own timeout bounds it beside the launch limit.
pub(super) async fn launch(machine: &Inner, allow_reboot: bool, timeout: Option<Bound>) -> Result<Running, Cause> {
    let name = machine.script.machine_name();
    let state = machine.run.machine(name);
    let sockets = Sockets::new(&state);
    let listener = |path: &Path| {
        // A socket left by an earlier start would be in the way.
        let _ = fs::remove_file(path);
        UnixListener::bind(path).map_err(|error| Cause::Host(format!("cannot listen on {path:?}: {error}")))
    };
    let monitor = listener(&sockets.monitor())?;
    let shell = listener(&sockets.shell())?;
    let worker = listener(&sockets.worker())?;
    let ports = (0..BULK_PORTS)
        .map(|number| listener(&sockets.bulk(number)))
        .collect::<Result<Vec<_>, _>>()?;
    let _ = fs::remove_file(sockets.qmp());

    let (mut group, output) = spawn(machine, &sockets, allow_reboot)
        .map_err(|error| Cause::Host(format!("cannot run the start script: {error}")))?;
    let pid = group.id();
    let serial_input = Mutex::new(group.take_stdin());
    let console = machine.console.clone();
    console.clear();
    let source = Source::Machine(Arc::from(name));
    let detail = format!("pid {pid}");
    machine.events.emit(EventKind::State {
        source: source.clone(),
        state: State::Booting,
        detail,
    });
    let reader = tokio::spawn({
        let (console, events) = (console.clone(), machine.events.clone());
        async move { console.read(output, &events).await }
    });
    let (status_sender, status) = watch::channel(None);
    let (stop, stopped) = oneshot::channel();
    let owner = tokio::spawn(own(
        group,
        reader,
        stopped,
        status_sender,
        source,
        machine.events.clone(),
    ));
    let end = End {
        status,
        stop: std::sync::Mutex::new(Some(stop)),
        owner,
    };

    let connect = async {
        let accept = async |listener: UnixListener| listener.accept().await.map(|(stream, _)| stream);
        let failed = |error: std::io::Error| Cause::Host(format!("cannot accept a connection from QEMU: {error}"));
        // In the order of the arguments, in which QEMU connects.
        let monitor = accept(monitor).await.map_err(failed)?;
        let shell = accept(shell).await.map_err(failed)?;
        let worker = accept(worker).await.map_err(failed)?;
        let mut port_streams = Vec::new();
        for port in ports {
            port_streams.push(accept(port).await.map_err(failed)?);
        }
        Ok((
            monitor,
            shell,
            worker,
            port_streams,
            Monitor::connect(&sockets.qmp(), machine.limits.monitor_answer).await?,
        ))
    };
    let died_early = |status: &str| Cause::MachineDown {
        status: format!("{status}, before its sockets were connected"),
        console: console.quoted(),
    };
    let bound = Bound::from_now(LimitName::Launch, machine.limits.launch).or_sooner(timeout);
    let connected = tokio::select! {
        connected = tokio::time::timeout(bound.left(), connect) => connected,
        status = end.wait() => return Err(died_early(&status)),
    };
    let Ok(connected) = connected else {
        // A test's own timeout has to be kept.
        let _ = if bound.is_own() {
            end.kill().await
        } else {
            end.bring_about().await
        };
        let last_seen = Some("QEMU runs, but has not connected all of its sockets".into());
        return Err(bound.passed(last_seen));
    };
    let (text_monitor, shell, worker, ports, monitor) = match connected {
        Ok(connected) => connected,
        Err(cause) => {
            // What broke may have been QEMU itself: then that is the news.
            if let Ok(status) = tokio::time::timeout(END_FOLLOWS, end.wait()).await {
                return Err(died_early(&status));
            }
            end.bring_about().await;
            return Err(cause);
        }
    };
    tokio::spawn(drain(text_monitor));
    let shell = Shell::start(name, shell, worker, ports, &machine.limits, machine.events.clone());
    let monitor = Arc::new(monitor);
    let resets = tokio::spawn(follow_resets(Arc::clone(&monitor), shell.oblivion()));
    Ok(Running {
        monitor,
        next_event: tokio::sync::Mutex::new(0),
        allows_reboot: allow_reboot,
        shell,
        console,
        serial_input,
        end,
        pending: std::sync::Mutex::default(),
        boot: std::sync::Mutex::default(),
        resets,
    })
}

/// The name of the event that a machine has been reset.
pub(super) const RESET: &str = "RESET";

/// Has the shell forgotten whenever the machine is reset: what it was is gone, and the new boot brings a new one.
async fn follow_resets(monitor: Arc<Monitor>, oblivion: Oblivion) {
    let filter = EventFilter::named(RESET);
    let mut next = 0;
    while let Ok((_, after)) = monitor.events().wait(next, &filter).await {
        next = after;
        oblivion.forget(oblivion.generation());
    }
}

fn spawn(
    machine: &Inner,
    sockets: &Sockets,
    allow_reboot: bool,
) -> std::io::Result<(ChildGroup, tokio::net::unix::pipe::Receiver)> {
    let name = machine.script.machine_name();
    let (state, asked) = (machine.state_directory(), machine.start_options.environment());
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .into_iter()
        .any(|name| std::env::var_os(name).is_some());
    let mut command = Command::new("sh");
    // Through sh, so that a script without `#!` runs too; as arguments, so that no name needs quoting.
    command.args(["-c", "exec \"$0\" \"$@\""]).arg(machine.script.path());
    command.args(arguments::qemu_arguments(sockets, allow_reboot, has_display));
    command.envs(asked.iter().map(|(name, value)| (name, value)));
    let ours = arguments::environment(name, &state, &machine.run, &machine.vlans);
    // A test may keep these variables elsewhere.
    let is_asked =
        |name: &OsString| name == arguments::EFI_VARIABLES && asked.iter().any(|(other, _)| name == other.as_str());
    command.envs(ours.into_iter().filter(|(name, _)| !is_asked(name)));
    // QEMU reads its serial port's input from there; an end of file would be one.
    command.current_dir(state).stdin(Stdio::piped());
    let output = merged_output(&mut command)?;
    let group = ChildGroup::spawn(command, &machine.run, Owner::Machine(name))?;
    Ok((group, output))
}

/// Owns the process until it ends, by itself or because it is told to.
async fn own(
    mut group: ChildGroup,
    reader: JoinHandle<()>,
    stopped: oneshot::Receiver<Duration>,
    ended: watch::Sender<Option<String>>,
    source: Source,
    events: Events,
) {
    let status = tokio::select! {
        status = group.wait() => status,
        grace = stopped => group.stop(grace.unwrap_or(STOP_GRACE)).await,
    };
    // So that whoever is told of the end can quote the last lines.
    let _ = tokio::time::timeout(LAST_OUTPUT, reader).await;
    let detail = status.map_or_else(|error| error.to_string(), |status: ExitStatus| status.to_string());
    events.emit(EventKind::State {
        source,
        state: State::Down,
        detail: detail.clone(),
    });
    ended.send_replace(Some(detail));
}

/// Reads and forgets what the text monitor says: QEMU must not block on it.
async fn drain(mut stream: UnixStream) {
    // Its end is the machine's.
    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
}
