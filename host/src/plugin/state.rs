//! What the host keeps about one running test.

use std::time::Instant;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use super::bindings::proctor::driver::types;
use super::limiter::Limiter;
use super::log_sink::{LogSink, PrintedLines};
use super::progress::Progress;
use crate::driver::Driver;
use crate::error::Result;
use crate::event::{EventKind, Events, FailureReport, Level};
use crate::limits::{Limits, RESOURCES};
use crate::machine::Machine;

/// The data of one test's store.
pub(crate) struct TestState {
    wasi: WasiCtx,
    pub(super) table: ResourceTable,
    pub(super) limiter: Limiter,
    pub(super) driver: Driver,
    pub(super) events: Events,
    pub(super) log: LogSink,
    printed: [PrintedLines; 2],
    pub(super) progress: Progress,
    /// What the test said before it trapped.
    pub(super) panicked: Option<FailureReport>,
}

impl TestState {
    pub(super) fn new(driver: Driver, events: &Events, limits: &Limits, progress: Progress) -> Self {
        let log = LogSink::new(events);
        let printed = [
            PrintedLines::new(&log, Level::Info),
            PrintedLines::new(&log, Level::Info),
        ];
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES);
        // No arguments, no environment, no directories, no sockets: the builder's defaults. Clocks and randomness
        // are ordinary.
        let wasi = WasiCtxBuilder::new()
            .stdout(printed[0].clone())
            .stderr(printed[1].clone())
            .build();
        let limiter = Limiter::new(limits.memory);
        let (driver, events) = (driver, events.clone());
        Self {
            wasi,
            table,
            limiter,
            driver,
            events,
            log,
            printed,
            progress,
            panicked: None,
        }
    }

    /// Shows the last lines that the test printed without a line end.
    pub(super) fn finish_printing(&self) {
        self.printed.iter().for_each(PrintedLines::finish);
    }

    /// One call of the test on the engine below: told as it begins and as it ends.
    pub(super) async fn call<T>(
        &mut self,
        machine: Option<&str>,
        action: String,
        work: impl Future<Output = Result<T>>,
    ) -> std::result::Result<T, types::Error> {
        let id = self.events.next_id();
        let machine = machine.map(str::to_owned);
        self.log.emit(EventKind::CallStarted {
            id,
            machine: machine.clone(),
            action: action.clone(),
        });
        let in_progress = machine
            .as_ref()
            .map_or(action.clone(), |machine| format!("{machine}: {action}"));
        self.progress.begin(in_progress);
        let start = Instant::now();
        let result = work.await;
        self.progress.end();
        let error = result.as_ref().err().map(crate::error::Error::report);
        self.log.emit(EventKind::CallFinished {
            id,
            machine,
            action,
            error,
            elapsed: start.elapsed(),
        });
        result.map_err(types::Error::from)
    }

    /// One call on a machine; otherwise as [`TestState::call`].
    pub(super) async fn call_on<T>(
        &mut self,
        machine: &Machine,
        action: impl Into<String>,
        work: impl Future<Output = Result<T>>,
    ) -> wasmtime::Result<std::result::Result<T, types::Error>> {
        Ok(self.call(Some(machine.name()), action.into(), work).await)
    }
}

impl WasiView for TestState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}
