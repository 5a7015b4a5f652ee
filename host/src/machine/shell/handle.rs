//! A machine's shells as their callers see them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio::net::UnixStream;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::connection::Connection;
use super::engine::Engine;
use super::notice::Notice;
use super::port::Sink;
use crate::event::Events;
use crate::limits::{Limits, WAITING_REQUESTS};

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
    /// What it is told meanwhile.
    pub(crate) notices: Option<mpsc::Receiver<Notice>>,
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
    oblivion: Oblivion,
    /// The number of the shell that was asked last.
    asked: AtomicU64,
}

/// Makes a shell forgotten whose guest is known to be gone, so that commands wait for the next. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Oblivion {
    /// Counts the shells that have become ready.
    generation: Arc<AtomicU64>,
    /// The last of them that is gone.
    forgotten: Arc<watch::Sender<u64>>,
}

impl Oblivion {
    /// The number of the shell that became ready last.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The shell of this number is gone; a later one is not.
    pub(crate) fn forget(&self, generation: u64) {
        self.forgotten.send_if_modified(|forgotten| {
            let newer = generation > *forgotten;
            *forgotten = generation.max(*forgotten);
            newer
        });
    }
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
        let (forgotten, forgotten_receiver) = watch::channel(0);
        let oblivion = Oblivion {
            generation: Arc::default(),
            forgotten: Arc::new(forgotten),
        };
        let engine = Engine::new(
            machine,
            Connection::new(control, worker, ports, limits.command_output),
            limits,
            events,
            state_sender,
            (Arc::clone(&oblivion.generation), forgotten_receiver),
        );
        Self {
            requests: sender,
            state,
            task: tokio::spawn(engine.run(requests)),
            turn: Mutex::new(()),
            oblivion,
            asked: AtomicU64::new(0),
        }
    }

    /// Forgets the shell that was asked last, where there was one: it is gone, or will be.
    pub(crate) async fn forget_asked(&self) {
        self.forget(self.asked.load(Ordering::Acquire)).await;
    }

    /// To have it forgotten.
    /// Returns when the shell of this number is no longer the one that commands are run by.
    pub(crate) async fn forget(&self, generation: u64) {
        self.oblivion.forget(generation);
        let gone = |state: &ShellState| *state != ShellState::Ready || self.oblivion.generation() > generation;
        // The task ends only with the machine, which ends what waits for this.
        let _ = self.state.clone().wait_for(gone).await;
    }

    pub(crate) fn oblivion(&self) -> Oblivion {
        self.oblivion.clone()
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
        self.asked.store(self.oblivion.generation(), Ordering::Release);
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
