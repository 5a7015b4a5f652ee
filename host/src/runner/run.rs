//! A whole run.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::attempt::Shared;
use super::interruption::{Interruption, Interruptions};
use super::plan::Plan;
use crate::error::{Error, seconds};
use crate::event::{Counts, EventKind, Events, FailureReport, Outcome, SelectedTest};
use crate::limits::{FILE_NAME_BYTES, LimitName, Limits, TEST_NAME_BYTES};
use crate::plugin::{Check, Component, Engine, EngineError, Finding, Interpreter, LoadError, Stopped, Test};
use crate::run_directory::{RunDirectory, RunDirectoryError};
use crate::text;
use crate::vlan::Vlan;

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A component does not fit.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A component's tests cannot be listed.
    #[error("test {0:?}: {1} (after {elapsed}, while it {3})", elapsed = seconds(*.2))]
    List(std::path::PathBuf, String, Duration, &'static str),
    /// A component is not ready in time.
    #[error(
        "test {0:?}: {name} of {limit} passed while it {3} (after {elapsed})",
        name = LimitName::Load, limit = seconds(*.1), elapsed = seconds(*.2)
    )]
    LoadLimit(std::path::PathBuf, Duration, Duration, &'static str),
    /// The host failed while it loaded a component.
    #[error("a bug of ours, while loading {0:?}: {1}")]
    Host(std::path::PathBuf, String),
    /// No test is left to run.
    #[error("no test matches {0}; `proctor list` shows the tests' names")]
    NoTests(String),
    /// There is no run directory.
    #[error(transparent)]
    RunDirectory(#[from] RunDirectoryError),
    /// A VLAN did not start.
    #[error("{0}")]
    Vlan(Error),
    /// A signal came before anything was started.
    #[error("{0} while {1}")]
    Interrupted(Interruption, &'static str),
}

impl RunError {
    /// The status with which the process ends.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Engine(EngineError::Stack(_)) => 2,
            Self::Engine(_) | Self::Host(..) => 3,
            Self::Interrupted(interruption, _) => interruption.exit_status(),
            _ => 2,
        }
    }
}

/// How a run ended that had begun.
#[derive(Debug, Clone, Copy)]
pub struct Finished {
    /// Its tests by how they ended.
    pub counts: Counts,
    /// How long it took.
    pub elapsed: Duration,
    /// What interrupted it.
    pub interruption: Option<Interruption>,
}

impl Finished {
    /// Tells how the run ended: the last event, and so to be called when nothing is left that could tell anything.
    pub fn tell(&self, events: &Events) {
        events.emit(EventKind::RunFinished {
            counts: self.counts,
            elapsed: self.elapsed,
        });
    }

    /// The status with which the process ends: a bug of ours before a signal, a failure before what could not run.
    pub fn exit_status(&self) -> u8 {
        match (self.counts, self.interruption) {
            (Counts { host_failed: 1.., .. }, _) => 3,
            (_, Some(interruption)) => interruption.exit_status(),
            (Counts { failed: 1.., .. }, None) => 1,
            (Counts { could_not_run: 1.., .. }, None) => 2,
            _ => 0,
        }
    }
}

/// What components are called, no two alike: their files' names, their paths where several have the same name, and a number
/// where they are the same file.
pub fn component_names<'a>(paths: impl Iterator<Item = &'a Path> + Clone) -> Vec<String> {
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let whole = |path: &Path| path.with_extension("").to_string_lossy().into_owned();
    let mut names: Vec<String> = Vec::new();
    for path in paths.clone() {
        let alike = paths.clone().filter(|other| stem(other) == stem(path)).count();
        let name = if alike > 1 { whole(path) } else { stem(path) };
        let mut numbered = name.clone();
        let mut number = 1;
        while names.contains(&numbered) {
            number += 1;
            numbered = format!("{name} ({number})");
        }
        names.push(numbered);
    }
    names
}

/// Loads a component, or a script with the component that runs it, and lists its tests, within [`Limits::load`].
pub async fn load(
    engine: &Engine,
    (path, interpreter): (&Path, Option<&Arc<Interpreter>>),
    limits: &Limits,
    events: &Events,
) -> Result<(Component, Vec<Test>), RunError> {
    let file = shown(path);
    events.emit(EventKind::ComponentLoading { file: file.clone() });
    let start = Instant::now();
    let in_progress = Cell::new("was compiled");
    let work = async {
        let component = compile(engine, path, interpreter, events).await?;
        let listed = component.tests(limits, events, &in_progress).await;
        let tests = listed.map_err(|stopped| match stopped {
            Stopped::Failed(report) => {
                // Lines may follow the message's first.
                let place = report.place.map(|place| format!("{place}: ")).unwrap_or_default();
                RunError::List(
                    path.to_owned(),
                    place + &report.message,
                    start.elapsed(),
                    in_progress.get(),
                )
            }
            Stopped::Host(report) => RunError::Host(path.to_owned(), report.message),
        })?;
        Ok::<_, RunError>((component, tests))
    };
    let Ok(work) = tokio::time::timeout(limits.load, work).await else {
        return Err(RunError::LoadLimit(
            path.to_owned(),
            limits.load,
            start.elapsed(),
            in_progress.get(),
        ));
    };
    let (component, tests) = work?;
    events.emit(EventKind::ComponentLoaded {
        file,
        tests: tests.len(),
        elapsed: start.elapsed(),
    });
    Ok((component, tests))
}

/// Looks for errors in a script that is loaded, within [`Limits::load`].
pub async fn check(
    component: &Component,
    check: Check,
    limits: &Limits,
    events: &Events,
) -> Result<Vec<Finding>, RunError> {
    let (start, doing) = (Instant::now(), "was looked at");
    let path = || component.path().to_owned();
    match tokio::time::timeout(limits.load, component.check_script(check, limits, events)).await {
        Ok(Ok(findings)) => Ok(findings),
        Ok(Err(Stopped::Failed(report))) => Err(RunError::List(path(), report.message, start.elapsed(), doing)),
        Ok(Err(Stopped::Host(report))) => Err(RunError::Host(path(), report.message)),
        Err(_) => Err(RunError::LoadLimit(path(), limits.load, start.elapsed(), doing)),
    }
}

fn shown(path: &Path) -> String {
    text::clean_path(path, FILE_NAME_BYTES)
}

/// The command that began this process.
fn command_line() -> Vec<String> {
    std::env::args_os().map(|word| shown(Path::new(&word))).collect()
}

/// Compiles a component. Dropping the future leaves the compiler alone: nothing can interrupt it.
async fn compile(
    engine: &Engine,
    path: &Path,
    interpreter: Option<&Arc<Interpreter>>,
    events: &Events,
) -> Result<Component, RunError> {
    let (sender, receiver) = oneshot::channel();
    let (engine, file, events) = (engine.clone(), path.to_owned(), events.clone());
    let interpreter = interpreter.filter(|_| !Component::is_one(path)).cloned();
    // A thread of its own and none of the runtime's, whose end would wait for it for as long as it takes.
    let compiler = std::thread::Builder::new().name("compiler".into()).spawn(move || {
        // Nobody waits any more where a limit has passed.
        let _ = sender.send(match interpreter {
            Some(interpreter) => Component::load_script(&engine, &interpreter, &file, &events),
            None => Component::load(&engine, &file, &events),
        });
    });
    compiler.map_err(|error| RunError::Host(path.into(), format!("cannot start the compiler's thread: {error}")))?;
    match receiver.await {
        Ok(component) => Ok(component?),
        // What it said stands on standard error.
        Err(_) => Err(RunError::Host(path.into(), "the compiler panicked".into())),
    }
}

/// Runs a plan. `guard` is the program that cleans up should this process be killed.
/// The answer's [`Finished::tell`] is left to the caller.
/// Errors: what kept the run from beginning; then nothing is left running.
pub async fn run(
    plan: &Plan,
    guard: Option<&Path>,
    events: &Events,
    interruptions: &Interruptions,
) -> Result<Finished, RunError> {
    let start = Instant::now();
    let in_progress = Cell::new("components were loaded");
    let several = plan.tests.len() > 1;
    let prepare = async {
        let engine = Engine::new(Engine::default_cache(), &plan.limits)?;
        let loaded = load_all(&engine, plan, events).await?;
        in_progress.set("the run was set up");
        let run = RunDirectory::create(plan.keep_state, guard)?;
        plan.check_sockets(&run)?;
        let machines = plan
            .machines
            .iter()
            .map(|script| script.machine_name().to_owned())
            .collect();
        events.emit(EventKind::RunStarted {
            version: env!("CARGO_PKG_VERSION").into(),
            command: command_line(),
            directory: std::env::current_dir().map_or_else(|_| String::new(), |path| shown(&path)),
            machines,
            vlans: plan.vlans.clone(),
            granted: plan.grants.summary(),
            output: shown(plan.output_directory.path()),
            tests: loaded.selected(several),
        });
        let vlans = start_vlans(plan, &run, events).await?;
        Ok::<_, RunError>((loaded, run, vlans))
    };
    let mut questions = interruptions.questions();
    let answers = async {
        loop {
            questions.next().await;
            events.emit(EventKind::Status {
                in_progress: in_progress.get().into(),
                machines: Vec::new(),
                limit: None,
                left: None,
            });
        }
    };
    let (Loaded { components, failed }, run, vlans) = tokio::select! {
        biased;
        never = answers => never,
        interruption = interruptions.wait() => return Err(RunError::Interrupted(interruption, in_progress.get())),
        prepared = prepare => prepared?,
    };

    let shared = Shared {
        plan,
        run: &run,
        vlans: &vlans,
        interruptions,
    };
    let mut counts = Counts::default();
    let alone = components.iter().map(|(_, _, tests)| tests.len()).sum::<usize>() == 1;
    for (component_name, component, tests) in &components {
        for test in tests {
            if interruptions.now().is_some() {
                counts.not_run += 1;
                continue;
            }
            let name = test_name(several.then_some(component_name), test);
            let output = if alone {
                plan.output_directory.clone()
            } else {
                plan.output_directory.of_test(&name)
            };
            let output = output.under(&plan.limits);
            let outcome = shared.attempt(component, test, output, &events.of_test(&name)).await;
            counts.count(&outcome);
        }
    }
    for (path, name, error) in failed {
        let events = events.of_test(&failed_name(&name));
        events.emit(EventKind::TestStarted {
            file: shown(&path),
            description: String::new(),
            attempt: 1,
        });
        events.emit(EventKind::TestFinished {
            outcome: Outcome::CouldNotRun(FailureReport::new(error.to_string())),
            elapsed: Duration::ZERO,
            boot: Duration::ZERO,
        });
        counts.could_not_run += 1;
    }
    for vlan in vlans {
        if let Some(vlan) = Arc::into_inner(vlan) {
            vlan.stop().await;
        }
    }
    let kept = run.keeps_state().then(|| run.path().to_owned());
    drop(run);
    if let Some(kept) = kept {
        let text = format!("the machines' state is kept in {}", kept.display());
        events.message(crate::event::Level::Info, crate::event::Source::Host, text);
    }
    Ok(Finished {
        counts,
        elapsed: start.elapsed(),
        interruption: interruptions.now(),
    })
}

/// What a test is called in a run, of several components with the name of its own.
fn test_name(component: Option<&String>, test: &Test) -> String {
    let name = match component {
        Some(component) => format!("{component}::{}", test.name),
        None => test.name.clone(),
    };
    text::clean(name.as_bytes(), FILE_NAME_BYTES + TEST_NAME_BYTES)
}

/// What stands for the tests of a component that cannot be run.
fn failed_name(component: &str) -> String {
    text::clean(component.as_bytes(), FILE_NAME_BYTES)
}

/// The components of a run, with the tests that are wanted, and those of several that cannot be run.
struct Loaded {
    components: Vec<(String, Component, Vec<Test>)>,
    failed: Vec<(PathBuf, String, RunError)>,
}

impl Loaded {
    /// All tests that are to run, in their order. `several` is whether the run is one of several components.
    fn selected(&self, several: bool) -> Vec<SelectedTest> {
        let of_component = |(name, component, tests): &(String, Component, Vec<Test>)| {
            let (name, file) = (several.then(|| name.clone()), component.file());
            let selected = tests.iter().map(move |test| SelectedTest {
                name: test_name(name.as_ref(), test),
                file: file.clone(),
            });
            selected.collect::<Vec<_>>()
        };
        let failed = self.failed.iter().map(|(path, name, _)| SelectedTest {
            name: failed_name(name),
            file: shown(path),
        });
        self.components.iter().flat_map(of_component).chain(failed).collect()
    }
}

/// Errors: no test is wanted; a component is no test of ours; it passes a limit, and there is no other.
async fn load_all(engine: &Engine, plan: &Plan, events: &Events) -> Result<Loaded, RunError> {
    let (mut components, mut failed) = (Vec::new(), Vec::new());
    let interpreter = plan.interpreter.clone().map(|path| Arc::new(Interpreter::new(path)));
    let names = component_names(plan.tests.iter().map(PathBuf::as_path));
    for (path, name) in plan.tests.iter().zip(names) {
        match load(engine, (path, interpreter.as_ref()), &plan.limits, events).await {
            Ok((component, tests)) => components.push((name, component, tests)),
            // What it does there is a test's failure, and no reason to leave the others out.
            Err(error @ (RunError::List(..) | RunError::LoadLimit(..))) => failed.push((path.clone(), name, error)),
            Err(error) => return Err(error),
        }
    }
    if components.is_empty() && !failed.is_empty() {
        return Err(failed.swap_remove(0).2);
    }
    select(&mut components, &plan.filters)?;
    Ok(Loaded { components, failed })
}

/// Keeps the tests whose names contain one of the filters.
fn select(components: &mut [(String, Component, Vec<Test>)], filters: &[String]) -> Result<(), RunError> {
    let wanted = |test: &Test| filters.is_empty() || filters.iter().any(|filter| test.name.contains(filter.as_str()));
    for (_, _, tests) in components.iter_mut() {
        tests.retain(wanted);
    }
    if components.iter().all(|(_, _, tests)| tests.is_empty()) {
        let what = if filters.is_empty() {
            "because the components have none".to_owned()
        } else {
            let quoted: Vec<String> = filters.iter().map(|filter| format!("`{filter}`")).collect();
            quoted.join(" or ")
        };
        return Err(RunError::NoTests(what));
    }
    Ok(())
}

async fn start_vlans(plan: &Plan, run: &RunDirectory, events: &Events) -> Result<Vec<Arc<Vlan>>, RunError> {
    let mut starting = JoinSet::new();
    for number in plan.vlans.iter().copied() {
        let (run, events) = (run.clone(), events.clone());
        starting.spawn(async move { Vlan::start(number, &run, &events).await });
    }
    let mut vlans = Vec::new();
    while let Some(started) = starting.join_next().await {
        match started {
            Ok(started) => vlans.push(Arc::new(started.map_err(RunError::Vlan)?)),
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
    vlans.sort_by_key(|vlan| vlan.number());
    Ok(vlans)
}
