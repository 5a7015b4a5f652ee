//! `log`: what the test has to say.

use std::time::Instant;

use wasmtime::Result;
use wasmtime::component::Resource;

use crate::event::{EventKind, FailureReport, Level, SpanId, SpanKind};
use crate::limits::{LimitName, SPAN_NAME_BYTES};
use crate::plugin::bindings::proctor::driver::{log, types};
use crate::plugin::state::TestState;
use crate::plugin::trap::Misuse;
use crate::text;

/// An open span of a test.
#[derive(Debug)]
pub struct HostSpan {
    id: SpanId,
    name: String,
    start: Instant,
    failure: Option<FailureReport>,
}

impl log::Host for TestState {
    async fn write(&mut self, level: log::Level, message: String) -> Result<()> {
        let level = match level {
            log::Level::Debug => Level::Debug,
            log::Level::Info => Level::Info,
            log::Level::Warning => Level::Warning,
            log::Level::Error => Level::Error,
        };
        self.log.line(level, message.as_bytes());
        Ok(())
    }

    async fn show_serial(&mut self, enabled: bool) -> Result<()> {
        self.log.emit(EventKind::ShowSerial(enabled));
        Ok(())
    }

    async fn panicked(&mut self, failure: types::Failure) -> Result<()> {
        self.panicked = Some(failure.into());
        Ok(())
    }
}

impl log::HostSpan for TestState {
    async fn new(&mut self, kind: log::SpanKind, name: String) -> Result<Resource<HostSpan>> {
        let most = self.log.most_spans();
        if self.log.open_spans() >= most {
            let limit = LimitName::OpenSpans;
            return Err(Misuse(format!("{limit} of {most} passed: the test has so many open")).into());
        }
        let id = self.events.next_id();
        let name = text::clean(name.as_bytes(), SPAN_NAME_BYTES);
        let kind = match kind {
            log::SpanKind::Group => SpanKind::Group,
            log::SpanKind::Subtest => SpanKind::Subtest,
        };
        self.log.emit(EventKind::SpanStarted {
            id,
            kind,
            name: name.clone(),
        });
        self.log.push_span(id);
        Ok(self.table.push(HostSpan {
            id,
            name,
            start: Instant::now(),
            failure: None,
        })?)
    }

    async fn fail(&mut self, handle: Resource<HostSpan>, failure: types::Failure) -> Result<()> {
        self.table.get_mut(&handle)?.failure = Some(failure.into());
        Ok(())
    }

    async fn drop(&mut self, handle: Resource<HostSpan>) -> Result<()> {
        let HostSpan {
            id,
            name,
            start,
            failure,
        } = self.table.delete(handle)?;
        self.log.remove_span(id);
        self.log.emit(EventKind::SpanFinished {
            id,
            name,
            elapsed: start.elapsed(),
            failure,
        });
        Ok(())
    }
}
