//! The machines and VLANs of one attempt.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::error::{Cause, Error, Result};
use crate::event::{EventKind, Events};
use crate::grants::Grants;
use crate::limits::{MACHINES, QUOTED_BYTES, START_ENVIRONMENT_BYTES};
use crate::machine::{Machine, MachineDescription, MachineFactory, StartEnvironment, action};
use crate::output_directory::{self, OutputDirectory};
use crate::text;
use crate::vlan::Vlan;

/// All machines and VLANs that one attempt at a test may drive, and what else it may touch.
#[derive(Debug, Clone)]
pub struct Driver {
    machines: Arc<Mutex<Vec<Machine>>>,
    factory: Option<Arc<MachineFactory>>,
    vlans: Arc<[Arc<Vlan>]>,
    output: Option<OutputDirectory>,
    grants: Arc<Grants>,
    parameters: Arc<BTreeMap<String, String>>,
    /// What start scripts find besides, as the test wants it.
    start_environment: Arc<Mutex<Option<StartEnvironment>>>,
}

impl Driver {
    /// Of these machines and VLANs, in this order. It grants nothing and has no output directory.
    pub fn new(machines: Vec<Machine>, vlans: &[Arc<Vlan>]) -> Self {
        Self {
            machines: Arc::new(Mutex::new(machines)),
            factory: None,
            vlans: vlans.into(),
            output: None,
            grants: Arc::default(),
            parameters: Arc::default(),
            start_environment: Arc::default(),
        }
    }

    /// With what makes more machines.
    #[must_use]
    pub fn with_factory(self, factory: MachineFactory) -> Self {
        Self {
            factory: Some(Arc::new(factory)),
            ..self
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
    pub fn machines(&self) -> Vec<Machine> {
        self.list().clone()
    }

    fn list(&self) -> MutexGuard<'_, Vec<Machine>> {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a machine that no start script of the run starts, which is one of the driver's from then on.
    /// Errors: not granted, parts that cannot be, a name that is taken, too many machines.
    pub fn create_machine(&self, described: &MachineDescription) -> Result<Machine> {
        let refused = |cause| Error {
            machine: Some(text::quote(described.name(), QUOTED_BYTES)),
            action: "create-machine".into(),
            elapsed: Duration::ZERO,
            cause,
        };
        let Some(factory) = &self.factory else {
            return Err(refused(Cause::Unsupported("no machines can be made here".into())));
        };
        let mut machines = self.list();
        if machines.len() >= MACHINES {
            let cause = Cause::InvalidArgument(format!("there are {MACHINES} machines; a run can have no more"));
            return Err(refused(cause));
        }
        if machines.iter().any(|machine| machine.name() == described.name()) {
            let cause = Cause::InvalidArgument(format!("there is a machine `{}` already", described.name()));
            return Err(refused(cause));
        }
        let machine = factory.from_description(described, &self.grants)?;
        if let Some(environment) = self.environment().clone() {
            machine.set_start_environment(environment);
        }
        machines.push(machine.clone());
        machines.sort_by(|a, b| a.name().cmp(b.name()));
        Ok(machine)
    }

    fn environment(&self) -> MutexGuard<'_, Option<StartEnvironment>> {
        self.start_environment.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands variables to the start scripts of all machines that are started from now on, in the place of those before.
    /// Errors: not granted; a name that is none; too much.
    pub fn set_start_environment(&self, variables: Vec<(String, String)>) -> Result {
        self.check_start_environment(&variables).map_err(|cause| Error {
            machine: None,
            action: "set-start-environment".into(),
            elapsed: Duration::ZERO,
            cause,
        })?;
        let environment: StartEnvironment = variables.into();
        *self.environment() = Some(Arc::clone(&environment));
        for machine in self.machines() {
            machine.set_start_environment(Arc::clone(&environment));
        }
        Ok(())
    }

    fn check_start_environment(&self, variables: &[(String, String)]) -> Result<(), Cause> {
        if let Some((name, _)) = variables.last() {
            let name = text::quote(name, QUOTED_BYTES);
            self.grants.check_create_machine(|| {
                format!("the variable `{name}` for start scripts, which may command this computer by it")
            })?;
        }
        let is_none =
            |(name, value): &&(String, String)| name.is_empty() || name.contains(['=', '\0']) || value.contains('\0');
        if let Some((name, _)) = variables.iter().find(is_none) {
            let name = text::quote(name, QUOTED_BYTES);
            return Err(Cause::InvalidArgument(format!(
                "`{name}` is no name of a variable, or its value holds a NUL"
            )));
        }
        let bytes: usize = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
        if bytes > START_ENVIRONMENT_BYTES {
            return Err(Cause::InvalidArgument(format!(
                "the variables for start scripts have {bytes} bytes; at most {START_ENVIRONMENT_BYTES} are allowed"
            )));
        }
        Ok(())
    }

    /// The VLANs.
    pub fn vlans(&self) -> &[Arc<Vlan>] {
        &self.vlans
    }

    /// The machine of that name. Errors: there is none; the message lists those that there are.
    pub fn machine(&self, name: &str) -> Result<Machine> {
        let machines = self.machines();
        machines
            .iter()
            .find(|machine| machine.name() == name)
            .cloned()
            .ok_or_else(|| {
                let names: Vec<String> = machines.iter().map(|machine| format!("`{}`", machine.name())).collect();
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

    /// Writes a file of the test's. Errors: a path that leads out, a disk that is full.
    /// Returns its path below the output directory.
    pub async fn write_output_file(&self, path: &str, content: Vec<u8>) -> Result<PathBuf> {
        let start = Instant::now();
        let work = async {
            let (output, path) = (self.output()?.clone(), path.to_owned());
            let written = tokio::task::spawn_blocking(move || output.write_file(&path, &content));
            match written.await {
                Ok(written) => written,
                Err(error) => Err(Cause::Host(error.to_string())),
            }
        };
        work.await.map_err(|cause| Error {
            machine: None,
            action: action("write-output-file", path),
            elapsed: start.elapsed(),
            cause,
        })
    }

    /// Starts all machines at the same time. Errors: the one that failed, or one error that tells all.
    pub async fn start_all(&self) -> Result {
        self.each("start-all", |machine| async move { machine.start(false, None).await })
            .await
    }

    /// Waits until all machines have stopped. Errors: as [`Driver::start_all`].
    pub async fn join_all(&self, timeout: Option<Duration>) -> Result {
        self.each("join-all", move |machine| async move {
            machine.wait_for_shutdown(timeout).await
        })
        .await
    }

    /// Saves what each running machine with a screen shows, as `NAME-MACHINE.png`. None is waited for longer than this.
    pub async fn picture_all(&self, name: &str, timeout: Duration, events: &Events) {
        let Ok(output) = self.output() else { return };
        let (name, output, events) = (Arc::from(name), output.clone(), events.clone());
        let work = move |machine: Machine| {
            let (name, output, events): (Arc<str>, _, _) = (Arc::clone(&name), output.clone(), events.clone());
            async move {
                // A machine that is down, or has no screen, shows nothing.
                let picture = format!("{name}-{}", machine.name());
                if let Ok(path) = machine.screenshot(Ok(&output), &picture, Some(timeout)).await {
                    events.emit(EventKind::Screenshot {
                        machine: machine.name().into(),
                        file: output_directory::shown(&path),
                    });
                }
                Ok(())
            }
        };
        let _ = self.each("screenshot", work).await;
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
        let mut tasks: JoinSet<Result> = self.machines().into_iter().map(work).collect();
        let mut errors = Vec::new();
        while let Some(done) = tasks.join_next().await {
            match done {
                Ok(Ok(())) => {}
                Ok(Err(error)) => errors.push(error),
                Err(panic) => std::panic::resume_unwind(panic.into_panic()),
            }
        }
        // A wait that broke off for polling conditions is none that failed.
        let interrupted = |error: &Error| matches!(error.cause, Cause::ConditionsDue { .. });
        if !errors.iter().all(interrupted) {
            errors.retain(|error| !interrupted(error));
        } else {
            errors.truncate(1);
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
