//! What the host keeps about one running test.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use super::answer::{Answer, Told};
use super::bindings::proctor::driver::types;
use super::checking::Check;
use super::host::filesystem::Guard;
use super::interface;
use super::limiter::Limiter;
use super::log_sink::{LogSink, PrintedLines};
use super::mounts::Mounts;
use super::progress::Progress;
use super::script::Script;
use crate::driver::Driver;
use crate::error::{Cause, Error, InterruptedWait, Result};
use crate::event::{ErrorReport, EventKind, Events, FailureReport, Level, SpanId};
use crate::limits::{LimitName, Limits};
use crate::machine::Machine;
use crate::output_directory::{self, OutputDirectory};
use crate::polling::Polling;
use crate::session::Session;

/// A call, which may have broken off and begun again.
#[derive(Debug)]
struct InterruptedCall {
    id: SpanId,
    machine: Option<String>,
    action: String,
    start: Instant,
    /// Whether it has broken off.
    broke_off: bool,
    /// What bounded it when it broke off first.
    wait: Option<InterruptedWait>,
}

impl InterruptedCall {
    /// An error of its last piece, as one of the whole.
    fn whole(&self, mut error: Error) -> Error {
        if self.broke_off {
            error.elapsed = self.start.elapsed();
            error.action.clone_from(&self.action);
        }
        if let Some(wait) = &self.wait {
            // Where the test gave the rest of its time, and no other.
            let rest = |budget: Duration| budget.abs_diff(wait.left) <= Duration::from_millis(1);
            if let Cause::TimedOut {
                limit: limit @ (LimitName::Argument | LimitName::Call),
                budget,
                ..
            } = &mut error.cause
                && rest(*budget)
            {
                (*limit, *budget) = (wait.limit, wait.budget);
            }
        }
        error
    }
}

/// The data of one test's store.
pub(crate) struct TestState {
    wasi: WasiCtx,
    pub(super) table: ResourceTable,
    pub(super) limiter: Limiter,
    pub(super) limits: Limits,
    pub(super) driver: Driver,
    pub(super) events: Events,
    pub(super) log: LogSink,
    printed: [PrintedLines; 2],
    pub(super) progress: Progress,
    pub(super) polling: Polling,
    /// The wait that broke off for polling conditions and that the test is to call again.
    interrupted: Option<InterruptedCall>,
    /// The script that is the test, where it is one.
    pub(super) script: Option<Arc<Script>>,
    /// What is found in it, where it is looked at and not run.
    pub(super) check: Option<Check>,
    /// The session that the test is, where it is one.
    pub(super) session: Option<Arc<Session>>,
    /// What it finds besides its machines.
    pub(super) mounts: Option<Mounts>,
    /// What its files are held against.
    pub(super) guard: Option<Guard>,
    /// What the test said before it trapped.
    pub(super) panicked: Option<FailureReport>,
}

impl TestState {
    pub(super) fn new(driver: Driver, events: &Events, limits: &Limits, progress: Progress, polling: Polling) -> Self {
        let log = LogSink::new(events, limits);
        let printed = [
            PrintedLines::new(&log, Level::Info),
            PrintedLines::new(&log, Level::Info),
        ];
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        let wasi = wasi(&printed).build();
        let limiter = Limiter::new(limits);
        let (driver, events) = (driver, events.clone());
        Self {
            wasi,
            table,
            limiter,
            limits: limits.clone(),
            driver,
            events,
            log,
            printed,
            progress,
            polling,
            interrupted: None,
            script: None,
            check: None,
            session: None,
            mounts: None,
            guard: None,
            panicked: None,
        }
    }

    /// The test is a script, in which errors are looked for.
    pub(super) fn with_check(mut self, script: &Arc<Script>, check: Check) -> Self {
        self.script = Some(Arc::clone(script));
        self.check = Some(check);
        self
    }

    /// The test is a script, which finds directories. Errors: one that cannot be opened.
    pub(super) fn with_script(mut self, script: Arc<Script>, mounts: Mounts) -> wasmtime::Result<Self> {
        let mut wasi = wasi(&self.printed);
        mounts.mount(&mut wasi, self.driver.grants())?;
        self.wasi = wasi.build();
        self.guard = self
            .driver
            .output()
            .ok()
            .map(OutputDirectory::guard)
            .map(|(allowance, reserved)| Guard { allowance, reserved });
        self.script = Some(script);
        self.mounts = Some(mounts);
        Ok(self)
    }

    /// The test is a session.
    pub(super) fn with_session(mut self, session: Option<Arc<Session>>) -> Self {
        if let Some(session) = &session {
            session.interrupt.begin();
        }
        self.session = session;
        self
    }

    /// The test has ended: shows the last lines that it printed without a line end, and ends the call that it did not
    /// make again.
    pub(super) fn finish(&mut self) {
        self.printed.iter().for_each(PrintedLines::finish);
        self.end_interrupted();
    }

    /// One call of the test that runs something on machines: polling conditions that are due come before it.
    pub(super) async fn call<T: Told>(
        &mut self,
        machine: Option<&str>,
        action: String,
        work: impl Future<Output = Result<T>>,
    ) -> std::result::Result<T, types::Error> {
        let refused = |cause, action| Error {
            machine: machine.map(str::to_owned),
            action,
            elapsed: Duration::ZERO,
            cause,
        };
        match self.polling.gate() {
            Ok(()) => self.recorded(machine, action, work).await,
            // The call has not begun: the test is to make it again.
            Err(due @ Cause::ConditionsDue { .. }) => Err(refused(due, action).into()),
            Err(cause) => {
                let error = refused(cause, action.clone());
                self.recorded(machine, action, async { Err(error) }).await
            }
        }
    }

    /// One call of the test on the engine below: told as it begins and as it ends.
    pub(super) async fn recorded<T: Told>(
        &mut self,
        machine: Option<&str>,
        action: String,
        work: impl Future<Output = Result<T>>,
    ) -> std::result::Result<T, types::Error> {
        let machine = machine.map(str::to_owned);
        let call = match self.called_again(machine.as_deref(), &action) {
            Some(call) => call,
            None => self.call_started(machine, action),
        };
        let in_progress = match &call.machine {
            Some(machine) => format!("{machine}: {}", call.action),
            None => call.action.clone(),
        };
        self.progress.begin(in_progress);
        let start = Instant::now();
        let result = match &self.session {
            None => work.await,
            Some(session) => tokio::select! {
                biased;
                result = work => result,
                () = session.interrupt.wanted() => Err(Error {
                    machine: call.machine.clone(),
                    action: call.action.clone(),
                    elapsed: start.elapsed(),
                    cause: Cause::Interrupted,
                }),
            },
        };
        self.progress.end();
        let result = match result {
            Ok(value) => Ok(value),
            Err(error) => {
                if let Cause::ConditionsDue { wait, .. } = &error.cause {
                    let left = wait.map(|wait| wait.left);
                    let wait = call.wait.or(*wait).map(|wait| InterruptedWait {
                        left: left.unwrap_or(wait.left),
                        ..wait
                    });
                    self.interrupted = Some(InterruptedCall {
                        wait,
                        broke_off: true,
                        ..call
                    });
                    return Err(error.into());
                }
                Err(call.whole(error))
            }
        };
        let answer = match &result {
            Ok(value) => Ok(value.told()),
            Err(error) => Err(error.report()),
        };
        if let Err(ErrorReport {
            limit: Some(limit),
            elapsed,
            ..
        }) = &answer
        {
            self.log.emit(EventKind::LimitPassed {
                limit: limit.clone(),
                machine: call.machine.clone(),
                in_progress: call.action.clone(),
                elapsed: *elapsed,
            });
        }
        self.call_finished(call, answer);
        result.map_err(types::Error::from)
    }

    /// The wait that broke off for polling conditions, where this is that call again. One that is not made again is over.
    fn called_again(&mut self, machine: Option<&str>, action: &str) -> Option<InterruptedCall> {
        if self.polling.is_evaluating() {
            return None;
        }
        let call = self.interrupted.take()?;
        // Of a sleep the rest is called for.
        let sleeps = |action: &str| action.starts_with("sleep(");
        if call.machine.as_deref() == machine && (call.action == action || sleeps(&call.action) && sleeps(action)) {
            return Some(call);
        }
        self.interrupted = Some(call);
        self.end_interrupted();
        None
    }

    fn end_interrupted(&mut self) {
        let Some(call) = self.interrupted.take() else { return };
        let error = ErrorReport {
            machine: call.machine.clone(),
            action: call.action.clone(),
            message: "it was interrupted for polling conditions, and the test did not go on with it".into(),
            elapsed: call.start.elapsed(),
            ..ErrorReport::default()
        };
        self.call_finished(call, Err(error));
    }

    fn call_started(&mut self, machine: Option<String>, action: String) -> InterruptedCall {
        let id = self.events.next_id();
        let function = action.split_once('(').map_or(action.as_str(), |(function, _)| function);
        self.log.emit(EventKind::CallStarted {
            id,
            interface: interface::of_function(function).into(),
            function: function.into(),
            machine: machine.clone(),
            action: action.clone(),
        });
        InterruptedCall {
            id,
            machine,
            action,
            start: Instant::now(),
            broke_off: false,
            wait: None,
        }
    }

    fn call_finished(&mut self, call: InterruptedCall, answer: std::result::Result<Answer, ErrorReport>) {
        let (Answer { result, command }, error) = match answer {
            Ok(answer) => (answer, None),
            Err(error) => (Answer::default(), Some(error)),
        };
        self.log.emit(EventKind::CallFinished {
            id: call.id,
            machine: call.machine,
            action: call.action,
            result,
            command,
            error,
            elapsed: call.start.elapsed(),
        });
    }

    /// A file or directory of the test's was saved.
    pub(super) fn saved(&self, machine: Option<&Machine>, path: &Path) {
        self.log.emit(EventKind::FileSaved {
            machine: machine.map(|machine| machine.name().into()),
            file: output_directory::shown(path),
        });
    }

    /// A text for QEMU or a start script, with the script's own paths as the host has them.
    pub(super) fn on_host(&self, text: String) -> String {
        match &self.mounts {
            Some(mounts) => mounts.on_host(&text),
            None => text,
        }
    }

    /// One call on a machine; otherwise as [`TestState::call`].
    pub(super) async fn call_on<T: Told>(
        &mut self,
        machine: &Machine,
        action: impl Into<String>,
        work: impl Future<Output = Result<T>>,
    ) -> wasmtime::Result<std::result::Result<T, types::Error>> {
        Ok(self.call(Some(machine.name()), action.into(), work).await)
    }
}

/// No arguments, no environment, no directories, no names to look up: the builder's defaults. No sockets either, which
/// would be this process's whatever they reach. Clocks and randomness are ordinary.
fn wasi([stdout, stderr]: &[PrintedLines; 2]) -> WasiCtxBuilder {
    let mut wasi = WasiCtxBuilder::new();
    wasi.allow_tcp(false)
        .allow_udp(false)
        .stdout(stdout.clone())
        .stderr(stderr.clone());
    wasi
}

impl WasiView for TestState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}
