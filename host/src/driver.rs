//! The machines and VLANs of one attempt.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::error::{Cause, Error, Result};
use crate::grants::Grants;
use crate::machine::Machine;
use crate::output_directory::OutputDirectory;
use crate::vlan::Vlan;

/// All machines and VLANs that one attempt at a test may drive, and what else it may touch.
#[derive(Debug, Clone)]
pub struct Driver {
    machines: Arc<[Machine]>,
    vlans: Arc<[Arc<Vlan>]>,
    output: Option<OutputDirectory>,
    grants: Arc<Grants>,
    parameters: Arc<BTreeMap<String, String>>,
}

impl Driver {
    /// Of these machines and VLANs, in this order. It grants nothing and has no output directory.
    pub fn new(machines: Vec<Machine>, vlans: &[Arc<Vlan>]) -> Self {
        Self {
            machines: machines.into(),
            vlans: vlans.into(),
            output: None,
            grants: Arc::default(),
            parameters: Arc::default(),
        }
    }

    /// With a directory for the files that the test leaves.
    #[must_use]
    pub fn with_output(self, output: OutputDirectory) -> Self {
        Self {
            output: Some(output),
            ..self
        }
    }

    /// With what the run grants.
    #[must_use]
    pub fn with_grants(self, grants: Grants) -> Self {
        Self {
            grants: Arc::new(grants),
            ..self
        }
    }

    /// With the run's parameters.
    #[must_use]
    pub fn with_parameters(self, parameters: BTreeMap<String, String>) -> Self {
        Self {
            parameters: Arc::new(parameters),
            ..self
        }
    }

    /// What the run grants.
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// The run's parameters.
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.parameters
    }

    /// Where the test's files go. Errors: nowhere; its tests are only listed.
    pub fn output(&self) -> Result<&OutputDirectory, Cause> {
        let missing = || Cause::Unsupported("there is no output directory".into());
        self.output.as_ref().ok_or_else(missing)
    }

    /// The machines.
    pub fn machines(&self) -> &[Machine] {
        &self.machines
    }

    /// The VLANs.
    pub fn vlans(&self) -> &[Arc<Vlan>] {
        &self.vlans
    }

    /// The machine of that name. Errors: there is none; the message lists those that there are.
    pub fn machine(&self, name: &str) -> Result<&Machine> {
        self.machines
            .iter()
            .find(|machine| machine.name() == name)
            .ok_or_else(|| {
                let names: Vec<String> = self
                    .machines
                    .iter()
                    .map(|machine| format!("`{}`", machine.name()))
                    .collect();
                let known = if names.is_empty() {
                    "there are none, for no start script was given (--start-scripts)".into()
                } else {
                    format!("there are {}", names.join(", "))
                };
                let name = crate::text::quote(name, 100);
                let cause = Cause::InvalidArgument(format!("no machine is called `{name}`; {known}"));
                Error {
                    machine: None,
                    action: format!("get-machine(\"{name}\")"),
                    elapsed: Duration::ZERO,
                    cause,
                }
            })
    }

    /// Starts all machines at the same time. Errors: the one that failed, or one error that tells all.
    pub async fn start_all(&self) -> Result {
        self.each("start-all", |machine| async move { machine.start().await })
            .await
    }

    /// Waits until all machines have stopped. Errors: as [`Driver::start_all`].
    pub async fn join_all(&self, timeout: Option<Duration>) -> Result {
        self.each("join-all", move |machine| async move {
            machine.wait_for_shutdown(timeout).await
        })
        .await
    }

    /// Has all machines write their file systems back.
    pub async fn sync(&self) {
        // `sync` reports by itself.
        let _ = self
            .each("sync", |machine| async move {
                machine.sync().await;
                Ok(())
            })
            .await;
    }

    /// Ends all machines and waits until nothing of them is left.
    pub async fn release(&self) {
        let _ = self
            .each("release", |machine| async move {
                machine.release().await;
                Ok(())
            })
            .await;
    }

    async fn each<F>(&self, action: &str, work: impl Fn(Machine) -> F) -> Result
    where
        F: Future<Output = Result> + Send + 'static,
    {
        let start = Instant::now();
        let mut tasks: JoinSet<Result> = self.machines.iter().map(|machine| work(machine.clone())).collect();
        let mut errors = Vec::new();
        while let Some(done) = tasks.join_next().await {
            match done {
                Ok(Ok(())) => {}
                Ok(Err(error)) => errors.push(error),
                Err(panic) => std::panic::resume_unwind(panic.into_panic()),
            }
        }
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => {
                errors.sort_by(|a, b| a.machine.cmp(&b.machine));
                let all: Vec<String> = errors.iter().map(Error::to_string).collect();
                let cause = Cause::Several(all);
                Err(Error {
                    machine: None,
                    action: action.into(),
                    elapsed: start.elapsed(),
                    cause,
                })
            }
        }
    }
}
