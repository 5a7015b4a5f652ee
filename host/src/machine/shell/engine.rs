//! The task that owns a machine's shells.

use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::UnixStream;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::connection::{Connection, Console, Input};
use super::feed::Feed;
use super::frame::Item;
use super::port::{PortItem, Sink};
use super::stray::Strays;
use crate::error::seconds;
use crate::event::{EventKind, Events, Level, Source, State};
use crate::limits::{Limits, QUOTED_BYTES, SHELL_SETUP, WAITING_REQUESTS, WORKER_DEATHS, WORKER_SETUP};
use crate::text;

/// The guest's side.
const GUEST: &str = include_str!("guest.sh");
/// A request is looked for after so many inputs at the latest.
const INPUTS_BETWEEN_REQUESTS: u32 = 64;

/// The reason where the shell was lost with the machine, whose end is told by others.
pub(super) const GONE: &str = "the machine is gone";

/// Whether commands can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ShellState {
    /// The guest boots.
    Waiting,
    /// Commands can be run.
    Ready,
    /// There was a shell, and there is none any more.
    Lost(String),
    /// The machine is gone.
    Gone,
}

/// How a command ended, or what ended it.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// By itself.
    Ended {
        /// Its status.
        status: i32,
        /// What it printed.
        output: Vec<u8>,
    },
    /// It ran over and was killed.
    TimedOut {
        /// What it had printed.
        output: Vec<u8>,
    },
    /// It printed too much and was killed.
    TooLarge,
    /// Its shell died.
    Lost {
        /// How.
        reason: String,
        /// Whether there is a new one.
        restored: bool,
    },
    /// The guest gave no sign of life.
    Silent,
    /// The guest cannot run commands.
    Broken(String),
}

/// What goes into a command and comes out of it while it runs. Only a command that finds a free bulk port is served; one
/// that finds none sees that its standard output is no character device, and has to end.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    /// What the command can read from its standard output, which is the port. It must read all and no more, or else fail.
    pub(crate) input: Option<mpsc::Receiver<Vec<u8>>>,
    /// Takes what the command prints, however much that is; nothing is kept then. Closed when the command has ended.
    pub(crate) output: Option<Sink>,
}

/// A command to run.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) command: String,
    pub(crate) streams: Streams,
    pub(crate) deadline: Instant,
    pub(crate) most: usize,
    /// Told when the request's turn has come.
    pub(crate) taken: oneshot::Sender<()>,
    pub(crate) reply: oneshot::Sender<Outcome>,
}

/// A handle on the task. Dropping it ends the task.
#[derive(Debug)]
pub(crate) struct Shell {
    requests: mpsc::Sender<Request>,
    state: watch::Receiver<ShellState>,
    task: JoinHandle<()>,
    turn: Mutex<()>,
}

impl Shell {
    /// Starts the task on the connected sockets.
    pub(crate) fn start(
        machine: &str,
        control: UnixStream,
        worker: UnixStream,
        ports: Vec<UnixStream>,
        limits: &Limits,
        events: Events,
    ) -> Self {
        let (sender, requests) = mpsc::channel(WAITING_REQUESTS);
        let (state_sender, state) = watch::channel(ShellState::Waiting);
        let engine = Engine {
            source: Source::Machine(Arc::from(machine)),
            connection: Connection::new(control, worker, ports, limits.command_output),
            events,
            state: state_sender,
            started: Instant::now(),
            session: Session::default(),
            number: 0,
            strays: Strays::default(),
            feed: Feed::default(),
            silence: limits.guest_silence,
        };
        Self {
            requests: sender,
            state,
            task: tokio::spawn(engine.run(requests)),
            turn: Mutex::new(()),
        }
    }

    /// The state, to look at and to wait on.
    pub(crate) fn state(&self) -> watch::Receiver<ShellState> {
        self.state.clone()
    }

    /// Runs a command, after those that were asked for before it. `None`: the machine is gone.
    pub(crate) async fn run(&self, command: &str, deadline: Instant, most: usize, streams: Streams) -> Option<Outcome> {
        // Waited for here, so that a call whose time passes meanwhile ends in time.
        let Ok(_turn) = tokio::time::timeout_at(deadline.into(), self.turn.lock()).await else {
            return Some(Outcome::TimedOut { output: Vec::new() });
        };
        let (reply, outcome) = oneshot::channel();
        let (taken, turn_has_come) = oneshot::channel();
        self.requests
            .send(Request {
                command: command.into(),
                streams,
                deadline,
                most,
                taken,
                reply,
            })
            .await
            .ok()?;
        // What was lost under an earlier command may still be on its way back.
        if tokio::time::timeout_at(deadline.into(), turn_has_come).await.is_err() {
            return Some(Outcome::TimedOut { output: Vec::new() });
        }
        outcome.await.ok()
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What is known of the shells that were set up last.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// Random, so that no stray byte is taken for a frame of it.
    pub(super) name: String,
    /// Whether the first shell works alone.
    pub(super) alone: bool,
    /// The worker's process.
    pub(super) worker: Option<i32>,
}

/// The task's state.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) source: Source,
    pub(super) connection: Connection,
    pub(super) events: Events,
    pub(super) state: watch::Sender<ShellState>,
    started: Instant,
    pub(super) session: Session,
    pub(super) number: u64,
    strays: Strays,
    pub(super) feed: Feed,
    /// How long the guest may give no sign of life.
    pub(super) silence: Duration,
}

/// What the loop is to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Nothing.
    Nothing,
    /// There is a new first shell: everything must be set up again.
    NewShell,
    /// The worker died, with this status.
    WorkerDown(String),
    /// The worker is ready.
    WorkerReady,
    /// A frame about a command: its first word, the command's number, the rest.
    Command(String, u64, Vec<u8>),
}

impl Engine {
    async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut inputs: u32 = 0;
        loop {
            let state = self.state.borrow().clone();
            let ready = state == ShellState::Ready;
            if let ShellState::Lost(reason) = state
                && let Ok(request) = requests.try_recv()
            {
                // Lost since the caller has looked.
                let restored = false;
                let _ = request.reply.send(Outcome::Lost { reason, restored });
                continue;
            }
            // What has come is seen first, for it may tell of the shell's death; but a flood keeps nobody waiting.
            inputs = inputs.wrapping_add(1);
            if ready
                && inputs.is_multiple_of(INPUTS_BETWEEN_REQUESTS)
                && let Ok(request) = requests.try_recv()
            {
                self.execute(request).await;
                continue;
            }
            let input = tokio::select! {
                biased;
                input = self.connection.receive() => input,
                request = requests.recv(), if ready => match request {
                    Some(request) => {
                        self.execute(request).await;
                        continue;
                    }
                    None => return,
                },
            };
            let Some(input) = input else {
                self.lose(GONE.into());
                return;
            };
            match self.see(input) {
                Seen::NewShell => self.set_up().await,
                Seen::WorkerReady if !ready => self.become_ready(),
                _ => {}
            }
        }
    }

    /// Sets the shells up and says whether commands can be run from now on.
    pub(super) async fn set_up(&mut self) {
        let first_time = self.session.name.is_empty();
        self.state.send_replace(ShellState::Waiting);
        let result = match self.establish("").await {
            // Something else of the guest's has taken the second console.
            Ok(false) => {
                self.warn("no shell answers on the machine's second console; its first works alone");
                self.establish("alone").await
            }
            other => other,
        };
        match result {
            Ok(true) => {
                if !first_time {
                    self.warn("the machine's first shell was replaced by a new one");
                }
                self.become_ready();
            }
            Ok(false) => self.lose("the guest's shell does not answer".into()),
            Err(reason) => self.lose(reason),
        }
    }

    fn become_ready(&mut self) {
        let detail = format!("after {}", seconds(self.started.elapsed()));
        self.state.send_replace(ShellState::Ready);
        self.events.emit(EventKind::State {
            source: self.source.clone(),
            state: State::Ready,
            detail,
        });
    }

    pub(super) fn lose(&mut self, reason: String) {
        if reason == GONE {
            self.state.send_replace(ShellState::Gone);
        } else {
            self.warn(&reason);
            self.state.send_replace(ShellState::Lost(reason));
        }
    }

    pub(super) fn warn(&self, text: &str) {
        self.events.message(Level::Warning, self.source.clone(), text);
    }

    /// Sends the guest's side and waits until a worker is ready. `Ok(false)`: none is.
    async fn establish(&mut self, mode: &str) -> Result<bool, String> {
        let previous = std::mem::take(&mut self.session);
        // Keys of a fresh `RandomState` are random; nothing here must be secret, only unlikely.
        let random = std::hash::RandomState::new().build_hasher().finish();
        self.session.name = format!("{random:016x}");
        let mut script = guest_script();
        let old_worker = previous.worker.map(|process| process.to_string()).unwrap_or_default();
        let old_name = if previous.name.is_empty() { "-" } else { &previous.name };
        script.push_str(&format!(
            "__proctor_start {} '{old_worker}' {old_name} '{mode}'; [ -z \"$__proctor_alone\" ] || __proctor_work\n",
            self.session.name
        ));
        self.connection.send(Console::Control, script.as_bytes()).await?;
        let limit = if mode.is_empty() { WORKER_SETUP } else { SHELL_SETUP };
        let ready = async {
            let mut deaths = 0;
            while let Some(input) = self.connection.receive().await {
                match self.see(input) {
                    Seen::WorkerReady => return Ok(true),
                    Seen::WorkerDown(_) => deaths += 1,
                    _ => {}
                }
                if deaths == WORKER_DEATHS {
                    return Ok(false);
                }
            }
            Err(GONE.into())
        };
        tokio::time::timeout(limit, ready).await.unwrap_or(Ok(false))
    }

    /// Takes note of something that came from the guest.
    pub(super) fn see(&mut self, input: Input) -> Seen {
        let (console, item) = match input {
            Input::Console(console, item) => (console, item),
            Input::Port(_, PortItem::Stray(bytes)) => {
                self.stray("late output of a background job", &bytes);
                return Seen::Nothing;
            }
            // Of a command that was given up.
            Input::Port(..) => return Seen::Nothing,
        };
        let frame = match item {
            Item::Frame(frame) => frame,
            Item::Handshake if console == Console::Control => return Seen::NewShell,
            Item::Handshake => return Seen::Nothing,
            Item::Stray(bytes) => {
                if !self.session.name.is_empty() {
                    self.stray("stray output on the shell's console", &bytes);
                }
                return Seen::Nothing;
            }
        };
        let mut words = frame.splitn(4, |byte| *byte == b' ');
        if words.next() != Some(self.session.name.as_bytes()) {
            return Seen::Nothing;
        }
        let word = words
            .next()
            .and_then(|word| std::str::from_utf8(word).ok())
            .unwrap_or_default();
        let first = words
            .next()
            .and_then(|word| std::str::from_utf8(word).ok())
            .unwrap_or_default();
        let rest = words.next().unwrap_or_default();
        match word {
            "control" => Seen::Nothing,
            "alone" => {
                self.session.alone = true;
                Seen::Nothing
            }
            "ready" => {
                self.session.worker = first.parse().ok();
                Seen::WorkerReady
            }
            "down" => {
                self.session.worker = None;
                Seen::WorkerDown(text::clean(first.as_bytes(), QUOTED_BYTES))
            }
            "gone" if first.parse().ok() == self.session.worker => {
                self.session.worker = None;
                Seen::WorkerDown("gone".into())
            }
            "held" => {
                let holders = text::clean(rest.trim_ascii(), QUOTED_BYTES);
                self.warn(&format!(
                    "a command has ended, but its standard output is still held by: {holders}"
                ));
                Seen::Nothing
            }
            _ => first.parse().map_or(Seen::Nothing, |number| {
                Seen::Command(word.into(), number, rest.to_vec())
            }),
        }
    }

    fn stray(&mut self, what: &'static str, bytes: &[u8]) {
        for text in self.strays.shown(what, bytes, Instant::now()) {
            self.events.message(Level::Info, self.source.clone(), text);
        }
    }
}

/// The guest's side without its comments: the guest reads it slowly.
fn guest_script() -> String {
    let mut script = String::with_capacity(GUEST.len());
    for line in GUEST
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        script.push_str(line);
        script.push('\n');
    }
    script
}
