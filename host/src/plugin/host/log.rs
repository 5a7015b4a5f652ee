//! `log`: what the test has to say.

use wasmtime::Result;
use wasmtime::component::Resource;

use crate::event::{EventKind, Level, SpanId, SpanKind};
use crate::limits::{LimitName, SPAN_NAME_BYTES};
use crate::plugin::bindings::proctor::driver::{log, types};
use crate::plugin::state::TestState;
use crate::plugin::trap::Misuse;
use crate::text;

/// An open span of a test.
#[derive(Debug)]
pub struct HostSpan(SpanId);

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
        self.log.emit(EventKind::ShowSerial { shown: enabled });
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
        let name = text::clean(name.as_bytes(), SPAN_NAME_BYTES);
        let kind = match kind {
            log::SpanKind::Group => SpanKind::Group,
            log::SpanKind::Subtest => SpanKind::Subtest,
        };
        let span = self.log.open_span(kind, name);
        Ok(self.table.push(HostSpan(span))?)
    }

    async fn fail(&mut self, handle: Resource<HostSpan>, failure: types::Failure) -> Result<()> {
        let HostSpan(span) = self.table.get(&handle)?;
        self.log.fail_span(*span, failure.into());
        Ok(())
    }

    async fn drop(&mut self, handle: Resource<HostSpan>) -> Result<()> {
        let HostSpan(span) = self.table.delete(handle)?;
        self.log.close_span(span);
        Ok(())
    }
}
