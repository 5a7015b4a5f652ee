//! The task that owns a machine's shells.

use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::connection::{Connection, Console, Input};
use super::feed::Feed;
use super::frame::Item;
use super::handle::{Outcome, Request, ShellState};
use super::port::PortItem;
use super::stray::Strays;
use crate::error::seconds;
use crate::event::{EventKind, Events, Level, Source, State};
use crate::limits::{Limits, QUOTED_BYTES, SHELL_SETUP, WORKER_DEATHS, WORKER_SETUP};
use crate::text;

/// The guest's side.
const GUEST: &str = include_str!("guest.sh");
/// A request is looked for after so many inputs at the latest.
const INPUTS_BETWEEN_REQUESTS: u32 = 64;

/// The reason where the shell was lost with the machine, whose end is told by others.
pub(super) const GONE: &str = "the machine is gone";

/// What is known of the shells that were set up last.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// Random, so that no stray byte is taken for a frame of it.
    pub(super) name: String,
    /// Whether the first shell works alone.
    pub(super) alone: bool,
    /// The worker's process.
    pub(super) worker: Option<i32>,
    /// The name of the worker that said last that it is ready.
    life: Vec<u8>,
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
    forgotten_session: Session,
    pub(super) number: u64,
    strays: Strays,
    pub(super) feed: Feed,
    /// How long the guest may give no sign of life.
    pub(super) silence: Duration,
    generation: Arc<AtomicU64>,
    forgotten: watch::Receiver<u64>,
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
    /// Of a machine that has just been started.
    pub(super) fn new(
        machine: &str,
        connection: Connection,
        limits: &Limits,
        events: Events,
        state: watch::Sender<ShellState>,
        (generation, forgotten): (Arc<AtomicU64>, watch::Receiver<u64>),
    ) -> Self {
        Self {
            source: Source::Machine(Arc::from(machine)),
            connection,
            events,
            state,
            started: Instant::now(),
            session: Session::default(),
            forgotten_session: Session::default(),
            number: 0,
            strays: Strays::default(),
            feed: Feed::default(),
            silence: limits.guest_silence,
            generation,
            forgotten,
        }
    }

    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
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
                Ok(()) = self.forgotten.changed() => {
                    self.forget();
                    continue;
                }
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

    /// The guest is known to be gone, and with it its shells: what they still say means nothing.
    fn forget(&mut self) {
        let current = self.generation.load(Ordering::Acquire);
        if *self.forgotten.borrow_and_update() == current && *self.state.borrow() == ShellState::Ready {
            self.forgotten_session = std::mem::take(&mut self.session);
            self.started = Instant::now();
            self.state.send_replace(ShellState::Waiting);
        }
    }

    fn become_ready(&mut self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
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
        let mut previous = std::mem::take(&mut self.session);
        if previous.name.is_empty() {
            // After a change of root alone its worker may live on.
            previous = std::mem::take(&mut self.forgotten_session);
        }
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
                self.session.life = rest.to_vec();
                Seen::WorkerReady
            }
            // It is told on another console than the next worker's beginning, and may come later.
            "down" if self.session.worker.is_some() && rest != self.session.life => Seen::Nothing,
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
