//! What a test prints and logs, bounded.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::event::{EventKind, Events, FailureReport, Level, Source, SpanId, SpanKind};
use crate::limits::{LimitName, Limits, STREAM_BYTES, Value};
use crate::text;

/// Where a test's lines go. Cheap to clone; clones share the bound and the current span.
#[derive(Debug, Clone)]
pub(super) struct LogSink {
    events: Events,
    most: Most,
    shared: Arc<Mutex<Shared>>,
}

/// A span of a test that is open.
#[derive(Debug)]
struct OpenSpan {
    id: SpanId,
    name: String,
    start: Instant,
    /// Why it failed, where the test has said so.
    failure: Option<FailureReport>,
}

/// What a test may log.
#[derive(Debug, Clone, Copy)]
struct Most {
    bytes: usize,
    lines: usize,
    line_bytes: usize,
    spans: usize,
}

#[derive(Debug, Default)]
struct Shared {
    bytes: usize,
    lines: usize,
    full: bool,
    /// Whether a line was cut.
    cut: bool,
    /// Outermost first.
    spans: Vec<OpenSpan>,
}

impl LogSink {
    pub(super) fn new(events: &Events, limits: &Limits) -> Self {
        Self {
            events: events.clone(),
            most: Most {
                bytes: limits.log_bytes,
                lines: limits.log_lines,
                line_bytes: limits.log_line_bytes,
                spans: limits.open_spans,
            },
            shared: Arc::default(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The innermost open span.
    pub(super) fn span(&self) -> Option<SpanId> {
        self.lock().spans.last().map(|span| span.id)
    }

    /// How many spans are open.
    pub(super) fn open_spans(&self) -> usize {
        self.lock().spans.len()
    }

    /// How many may be.
    pub(super) fn most_spans(&self) -> usize {
        self.most.spans
    }

    /// Opens a span inside the innermost one.
    pub(super) fn open_span(&self, kind: SpanKind, name: String) -> SpanId {
        let id = self.events.next_id();
        self.emit(EventKind::SpanStarted {
            id,
            kind,
            name: name.clone(),
        });
        self.lock().spans.push(OpenSpan {
            id,
            name,
            start: Instant::now(),
            failure: None,
        });
        id
    }

    /// Notes why an open span failed.
    pub(super) fn fail_span(&self, id: SpanId, failure: FailureReport) {
        if let Some(span) = self.lock().spans.iter_mut().find(|span| span.id == id) {
            span.failure = Some(failure);
        }
    }

    /// Closes a span, the innermost one or, where a test closes them out of order, another.
    pub(super) fn close_span(&self, id: SpanId) {
        let closed = {
            let mut shared = self.lock();
            let position = shared.spans.iter().rposition(|span| span.id == id);
            position.map(|position| shared.spans.remove(position))
        };
        if let Some(span) = closed {
            self.span_finished(span);
        }
    }

    /// The test has ended: closes what it left open, innermost first. Where it failed, so did what it was in the middle of.
    pub(super) fn close_spans(&self, failure: Option<&FailureReport>) {
        loop {
            let last = self.lock().spans.pop();
            let Some(mut span) = last else { return };
            if span.failure.is_none() {
                span.failure = failure.map(|failure| FailureReport::new(&failure.message));
            }
            self.span_finished(span);
        }
    }

    fn span_finished(&self, span: OpenSpan) {
        self.emit(EventKind::SpanFinished {
            id: span.id,
            name: span.name,
            elapsed: span.start.elapsed(),
            failure: span.failure,
        });
    }

    /// Something happened in the innermost span.
    pub(super) fn emit(&self, kind: EventKind) {
        self.events.emit_in(self.span(), kind);
    }

    /// A line of the test's, unless it has logged too much already.
    pub(super) fn line(&self, level: Level, bytes: &[u8]) {
        self.line_of(Source::Test, level, bytes);
    }

    /// A line of somebody's, logged because the test asked for it.
    pub(super) fn line_of(&self, source: Source, level: Level, bytes: &[u8]) {
        let mut shared = self.lock();
        if shared.full {
            return;
        }
        let Most {
            bytes: most_bytes,
            lines: most_lines,
            line_bytes,
            ..
        } = self.most;
        shared.bytes = shared.bytes.saturating_add(bytes.len().min(line_bytes) + 1);
        shared.lines += 1;
        let passed = if shared.bytes > most_bytes {
            Some((LimitName::LogBytes, Value::Size(most_bytes as u64)))
        } else if shared.lines > most_lines {
            Some((LimitName::LogLines, Value::Count(most_lines as u64)))
        } else {
            None
        };
        shared.full = passed.is_some();
        let first_cut = bytes.len() > line_bytes && !std::mem::replace(&mut shared.cut, true);
        drop(shared);
        if let Some((limit, most)) = passed {
            self.limit_passed(limit, most);
            self.warn(format!(
                "{limit} of {most} passed; what else the test logs is not shown"
            ));
            return;
        }
        let text = text::clean_lines(bytes.trim_ascii_end(), line_bytes);
        self.emit(EventKind::Message { level, source, text });
        if first_cut {
            let (limit, most) = (LimitName::LogLineBytes, Value::Size(line_bytes as u64));
            self.limit_passed(limit, most);
            self.warn(format!("{limit} of {most} passed; longer lines are cut"));
        }
    }

    fn limit_passed(&self, limit: LimitName, most: Value) {
        self.emit(EventKind::LimitPassed {
            limit: limit.passed(most),
            machine: None,
            in_progress: "the test's log".into(),
            elapsed: Duration::ZERO,
        });
    }

    fn warn(&self, text: String) {
        let (level, source) = (Level::Warning, Source::Host);
        self.emit(EventKind::Message { level, source, text });
    }
}

/// A test's standard output or standard error: each line becomes a line of the log.
#[derive(Debug, Clone)]
pub(super) struct PrintedLines {
    sink: LogSink,
    level: Level,
    partial: Arc<Mutex<Vec<u8>>>,
}

impl PrintedLines {
    pub(super) fn new(sink: &LogSink, level: Level) -> Self {
        Self {
            sink: sink.clone(),
            level,
            partial: Arc::default(),
        }
    }

    fn take(&self, mut bytes: &[u8]) {
        let mut partial = self.partial.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (head, tail) = bytes.split_at(end);
            partial.extend_from_slice(head);
            self.sink.line(self.level, &partial);
            partial.clear();
            bytes = tail.get(1..).unwrap_or_default();
        }
        partial.extend_from_slice(bytes);
        if partial.len() > self.sink.most.line_bytes {
            self.sink.line(self.level, &partial);
            partial.clear();
        }
    }

    /// The last line, where it has no line end.
    pub(super) fn finish(&self) {
        let partial = std::mem::take(&mut *self.partial.lock().unwrap_or_else(PoisonError::into_inner));
        if !partial.is_empty() {
            self.sink.line(self.level, &partial);
        }
    }
}

impl IsTerminal for PrintedLines {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for PrintedLines {
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        Box::new(Writer(self.clone()))
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for PrintedLines {
    async fn ready(&mut self) {}
}

impl OutputStream for PrintedLines {
    fn write(&mut self, bytes: bytes::Bytes) -> StreamResult<()> {
        self.take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(STREAM_BYTES)
    }
}

struct Writer(PrintedLines);

impl tokio::io::AsyncWrite for Writer {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        self.0.take(bytes);
        std::task::Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}
