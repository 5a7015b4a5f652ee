//! A machine's serial console: every line an event at once, kept (bounded) for later questions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::event::{EventKind, Events};
use crate::limits::{CONSOLE_KEPT_BYTES, CONSOLE_LINE_BYTES, CONSOLE_QUOTED_LINES};
use crate::text;

/// The lines seen so far. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    machine: Arc<str>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<Box<str>>,
    bytes: usize,
}

/// What a line costs besides its text.
const LINE_OVERHEAD: usize = size_of::<Box<str>>();
/// What is read at a time: a pipe's capacity.
const CHUNK: usize = 64 << 10;

impl Console {
    pub(crate) fn new(machine: &str) -> Self {
        Self {
            machine: machine.into(),
            kept: Arc::default(),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything: the machine starts anew.
    pub(crate) fn clear(&self) {
        *self.kept() = Kept::default();
    }

    /// The last lines, oldest first, for an error.
    pub(crate) fn quoted(&self) -> Vec<String> {
        let kept = self.kept();
        let skip = kept.lines.len().saturating_sub(CONSOLE_QUOTED_LINES);
        kept.lines.iter().skip(skip).map(|line| line.to_string()).collect()
    }

    /// Reads the console until its other end closes. Never waits for anything else, so the guest never blocks.
    pub(crate) async fn read(&self, mut stream: impl AsyncRead + Unpin, events: &Events) {
        let mut splitter = LineSplitter::default();
        let mut chunk = vec![0; CHUNK];
        loop {
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => break,
                Ok(count) => {
                    splitter.push(chunk.get(..count).unwrap_or_default(), |line| self.line(line, events));
                }
            }
        }
        splitter.finish(|line| self.line(line, events));
    }

    fn line(&self, bytes: &[u8], events: &Events) {
        let line = text::clean(bytes, CONSOLE_LINE_BYTES);
        let mut kept = self.kept();
        kept.bytes += line.len() + LINE_OVERHEAD;
        kept.lines.push_back(line.as_str().into());
        while kept.bytes > CONSOLE_KEPT_BYTES {
            let Some(oldest) = kept.lines.pop_front() else { break };
            kept.bytes -= oldest.len() + LINE_OVERHEAD;
        }
        drop(kept);
        events.emit(EventKind::Console {
            machine: Arc::clone(&self.machine),
            line,
        });
    }
}

/// Splits a stream of bytes into lines of bounded length, without their line ends and trailing blanks.
#[derive(Debug, Default)]
pub(crate) struct LineSplitter {
    partial: Vec<u8>,
}

impl LineSplitter {
    /// Takes bytes, gives the lines that they complete.
    pub(crate) fn push(&mut self, mut bytes: &[u8], mut line_seen: impl FnMut(&[u8])) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (head, tail) = bytes.split_at(end);
            self.extend(head, &mut line_seen);
            line_seen(trim(&self.partial));
            self.partial.clear();
            bytes = tail.get(1..).unwrap_or_default();
        }
        self.extend(bytes, &mut line_seen);
    }

    fn extend(&mut self, mut bytes: &[u8], line_seen: &mut impl FnMut(&[u8])) {
        while self.partial.len() + bytes.len() > CONSOLE_LINE_BYTES {
            let (head, tail) = bytes.split_at(CONSOLE_LINE_BYTES - self.partial.len());
            self.partial.extend_from_slice(head);
            line_seen(trim(&self.partial));
            self.partial.clear();
            bytes = tail;
        }
        self.partial.extend_from_slice(bytes);
    }

    /// Gives the last line, where it has no line end.
    pub(crate) fn finish(self, mut line_seen: impl FnMut(&[u8])) {
        if !self.partial.is_empty() {
            line_seen(trim(&self.partial));
        }
    }
}

fn trim(line: &[u8]) -> &[u8] {
    // A carriage return at either end moves a terminal's cursor and nothing else.
    let line = line.trim_ascii_end();
    let start = line.iter().position(|byte| *byte != b'\r').unwrap_or(line.len());
    line.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Reporter;

    fn split(chunks: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let mut splitter = LineSplitter::default();
        chunks
            .iter()
            .for_each(|chunk| splitter.push(chunk, |line| lines.push(line.to_vec())));
        splitter.finish(|line| lines.push(line.to_vec()));
        lines
    }

    #[test]
    fn lines_are_found_across_chunks() {
        assert_eq!(
            split(&[b"a\r\nb", b"c \n", b"\n\r", b"d"]),
            [&b"a"[..], b"bc", b"", b"d"]
        );
        assert!(split(&[b""]).is_empty());
    }

    #[test]
    fn a_line_without_end_is_cut_into_pieces() {
        let long = vec![b'x'; CONSOLE_LINE_BYTES * 2 + 5];
        let lines = split(&[&long, b"\ny\n"]);
        let lengths: Vec<usize> = lines.iter().map(Vec::len).collect();
        assert_eq!(lengths, [CONSOLE_LINE_BYTES, CONSOLE_LINE_BYTES, 5, 1]);
    }

    #[tokio::test]
    async fn a_flood_is_kept_within_bounds() {
        let console = Console::new("m");
        let (reporter, events) = Reporter::start(Vec::new()).unwrap();
        let flood = "0123456789abcdef\n".repeat(700_000);
        console.read(flood.as_bytes(), &events).await;
        console.read(&b"last \xff\x1b[31m\n"[..], &events).await;
        assert!(console.kept().bytes <= CONSOLE_KEPT_BYTES);
        assert!(console.kept().lines.len() > 100_000);
        let quoted = console.quoted();
        assert_eq!(quoted.len(), CONSOLE_QUOTED_LINES);
        assert_eq!(quoted.last().map(String::as_str), Some("last \u{fffd}"));
        reporter.finish();
    }
}
