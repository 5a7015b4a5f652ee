//! What ends a run before its end: a signal, or the run's own limit.

use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::error::seconds;
use crate::limits::LimitName;

/// What interrupted a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
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
            Self::RunLimit { .. } => 1,
        }
    }
}

impl std::fmt::Display for Interruption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Interrupt => f.write_str("interrupted by SIGINT"),
            Self::Terminate => f.write_str("interrupted by SIGTERM"),
            Self::RunLimit { limit, elapsed } => {
                let (limit, elapsed) = (seconds(*limit), seconds(*elapsed));
                write!(f, "timed out: {} of {limit} passed (after {elapsed})", LimitName::Run)
            }
        }
    }
}

/// Waits for the interruption of one run. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Interruptions(watch::Receiver<Option<Interruption>>);

impl Interruptions {
    /// Listens for signals: the first is graceful, the second ends the process at once; its guard cleans up then.
    /// Listens until the answer and all its clones are dropped: signals are lost from then on.
    /// Errors: the system has no thread to give, or refuses to hand signals over.
    pub fn listen(run_limit: Duration) -> std::io::Result<Self> {
        // A thread and a runtime of its own: the run's may be busy, or shutting down while something in it hangs.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (interrupt, terminate) = {
            let _context = runtime.enter();
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
        };
        let (sender, receiver) = watch::channel(None);
        let start = Instant::now();
        std::thread::Builder::new().name("signals".into()).spawn(move || {
            runtime.block_on(pass_on(interrupt, terminate, run_limit, start, &sender));
        })?;
        Ok(Self(receiver))
    }

    /// What has interrupted the run.
    pub fn now(&self) -> Option<Interruption> {
        *self.0.borrow()
    }

    /// Waits for an interruption.
    pub async fn wait(&self) -> Interruption {
        let mut receiver = self.0.clone();
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

/// Passes interruptions on for as long as anybody may wait for one.
async fn pass_on(
    mut interrupt: Signal,
    mut terminate: Signal,
    run_limit: Duration,
    start: Instant,
    sender: &watch::Sender<Option<Interruption>>,
) {
    loop {
        let interruption = tokio::select! {
            _ = interrupt.recv() => Interruption::Interrupt,
            _ = terminate.recv() => Interruption::Terminate,
            () = tokio::time::sleep_until((start + run_limit).into()), if sender.borrow().is_none() => {
                Interruption::RunLimit { limit: run_limit, elapsed: start.elapsed() }
            }
            () = sender.closed() => return,
        };
        let earlier = *sender.borrow();
        if matches!(earlier, Some(Interruption::Interrupt | Interruption::Terminate)) {
            std::process::exit(interruption.exit_status().into());
        }
        sender.send_replace(Some(interruption));
    }
}
