//! What ends a run before its end: a signal, or the run's own limit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::error::seconds;
use crate::limits::LimitName;
use crate::session::{Session, restore_terminal};

/// What interrupted a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal is gone.
    HangUp,
    /// The run's limit.
    RunLimit {
        /// Its value.
        limit: Duration,
        /// How long the run had taken.
        elapsed: Duration,
    },
}

impl Interruption {
    /// The status with which the process ends.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
            Self::HangUp => 129,
            Self::RunLimit { .. } => 1,
        }
    }
}

impl std::fmt::Display for Interruption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Interrupt => f.write_str("interrupted by SIGINT"),
            Self::Terminate => f.write_str("interrupted by SIGTERM"),
            Self::HangUp => f.write_str("interrupted by SIGHUP"),
            Self::RunLimit { limit, elapsed } => {
                let (limit, elapsed) = (seconds(*limit), seconds(*elapsed));
                write!(f, "timed out: {} of {limit} passed (after {elapsed})", LimitName::Run)
            }
        }
    }
}

/// Waits for the interruption of one run. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Interruptions {
    interruption: watch::Receiver<Option<Interruption>>,
    questions: watch::Receiver<()>,
}

/// Questions of how things stand, from the moment on at which this was made.
#[derive(Debug)]
pub struct Questions(watch::Receiver<()>);

impl Questions {
    /// Waits for the next.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            // Nobody listens any more.
            std::future::pending().await
        }
    }
}

impl Interruptions {
    /// Listens for signals: the first is graceful, the second ends the process at once; its guard cleans up then.
    /// A session sees to SIGINT by itself as long as it can.
    /// Listens until the answer and all its clones are dropped: signals are lost from then on.
    /// Errors: the system has no thread to give, or refuses to hand signals over.
    pub fn listen(run_limit: Duration, session: Option<Arc<Session>>) -> std::io::Result<Self> {
        // A thread and a runtime of its own: the run's may be busy, or shutting down while something in it hangs.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let signals = {
            let _context = runtime.enter();
            Signals {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                question: signal(SignalKind::user_defined1())?,
            }
        };
        let (sender, interruption) = watch::channel(None);
        let (asked, questions) = watch::channel(());
        let start = Instant::now();
        std::thread::Builder::new().name("signals".into()).spawn(move || {
            runtime.block_on(pass_on(
                signals,
                session.as_deref(),
                (run_limit, start),
                &sender,
                &asked,
            ));
        })?;
        Ok(Self {
            interruption,
            questions,
        })
    }

    /// What has interrupted the run.
    pub fn now(&self) -> Option<Interruption> {
        *self.interruption.borrow()
    }

    /// Questions of how things stand, which SIGUSR1 asks.
    pub fn questions(&self) -> Questions {
        let mut questions = self.questions.clone();
        questions.mark_unchanged();
        Questions(questions)
    }

    /// Waits for an interruption.
    pub async fn wait(&self) -> Interruption {
        let mut receiver = self.interruption.clone();
        let interruption = receiver
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|interruption| *interruption);
        match interruption {
            Some(interruption) => interruption,
            None => std::future::pending().await,
        }
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    question: Signal,
}

/// Passes interruptions on for as long as anybody may wait for one.
async fn pass_on(
    mut signals: Signals,
    session: Option<&Session>,
    (run_limit, start): (Duration, Instant),
    sender: &watch::Sender<Option<Interruption>>,
    asked: &watch::Sender<()>,
) {
    loop {
        let interruption = tokio::select! {
            _ = signals.interrupt.recv() => {
                if session.is_some_and(|session| session.interrupt.press()) {
                    continue;
                }
                Interruption::Interrupt
            }
            _ = signals.terminate.recv() => Interruption::Terminate,
            () = tokio::time::sleep_until((start + run_limit).into()), if sender.borrow().is_none() => {
                Interruption::RunLimit { limit: run_limit, elapsed: start.elapsed() }
            }
            _ = signals.hang_up.recv() => Interruption::HangUp,
            _ = signals.question.recv() => {
                asked.send_replace(());
                continue;
            }
            () = sender.closed() => return,
        };
        let earlier = *sender.borrow();
        if matches!(
            earlier,
            Some(Interruption::Interrupt | Interruption::Terminate | Interruption::HangUp)
        ) {
            restore_terminal();
            std::process::exit(interruption.exit_status().into());
        }
        sender.send_replace(Some(interruption));
    }
}
