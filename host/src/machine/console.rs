//! A machine's serial console: every line an event at once, kept (bounded) for later questions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};

use super::line_splitter::{LineSplitter, without_returns};
use crate::event::{EventKind, Events};
use crate::limits::{CONSOLE_KEPT_BYTES, CONSOLE_LINE_BYTES, CONSOLE_QUOTED_LINES, TERMINAL_PIECES};
use crate::text;

/// The lines seen so far. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    machine: Arc<str>,
    kept: Arc<Mutex<Kept>>,
    /// Told whenever there is more.
    more: watch::Sender<()>,
    /// Who sees it byte for byte.
    tap: Arc<Mutex<Option<mpsc::Sender<Vec<u8>>>>>,
}

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<Box<str>>,
    bytes: usize,
    /// How many lines went before the first that is kept.
    forgotten: u64,
    /// What has come of the next line, made harmless.
    partial: String,
    /// Where the last match ended.
    matched: Position,
}

/// A place in the console's text: so many bytes into a line, of which so many came before since the machine was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Position {
    line: u64,
    byte: usize,
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
            more: watch::Sender::new(()),
            tap: Arc::default(),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything: the machine starts anew.
    pub(crate) fn clear(&self) {
        let mut kept = self.kept();
        // Lines are counted on, so that no position of before means anything now.
        let forgotten = kept.next_line() + 1;
        *kept = Kept {
            forgotten,
            matched: Position {
                line: forgotten,
                byte: 0,
            },
            ..Kept::default()
        };
    }

    /// The last line, for an error.
    pub(crate) fn last_seen(&self) -> String {
        let last = self.quoted().pop();
        last.map_or("nothing on the serial console".into(), |line| {
            format!("console line {line:?}")
        })
    }

    /// The last lines, oldest first, for an error.
    pub(crate) fn quoted(&self) -> Vec<String> {
        self.last_lines(CONSOLE_QUOTED_LINES)
    }

    /// So many of the last lines, oldest first.
    pub(super) fn last_lines(&self, most: usize) -> Vec<String> {
        let kept = self.kept();
        let skip = kept.lines.len().saturating_sub(most);
        kept.lines.iter().skip(skip).map(|line| line.to_string()).collect()
    }

    /// Everything that is kept: lines with their line feeds, and what has come of the next.
    pub(super) fn text(&self) -> String {
        let kept = self.kept();
        let mut text = String::with_capacity(kept.bytes + kept.partial.len());
        kept.append_lines(kept.forgotten, &mut text);
        text.push_str(&kept.partial);
        text
    }

    /// Is told whenever there is more.
    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.more.subscribe()
    }

    /// All that it says from now on, byte for byte; less where it says more than is taken. Whoever asked before gets no more.
    pub(super) fn tap(&self) -> mpsc::Receiver<Vec<u8>> {
        let (tap, bytes) = mpsc::channel(TERMINAL_PIECES);
        *self.tap.lock().unwrap_or_else(PoisonError::into_inner) = Some(tap);
        bytes
    }

    fn show(&self, bytes: &[u8]) {
        let mut tap = self.tap.lock().unwrap_or_else(PoisonError::into_inner);
        // A full one has missed something; one that is closed has left.
        if let Some(TrySendError::Closed(_)) = tap.as_ref().and_then(|tap| tap.try_send(bytes.to_vec()).err()) {
            *tap = None;
        }
    }

    /// The text since the last match.
    pub(super) fn unmatched(&self) -> Unmatched {
        let start = self.kept().matched;
        Unmatched {
            start,
            next: start,
            lines: String::new(),
            partial: String::new(),
        }
    }

    /// A match ended there.
    pub(super) fn set_matched(&self, position: Position) {
        let mut kept = self.kept();
        kept.matched = kept.matched.max(position);
    }

    /// Reads the console until its other end closes. Never waits for anything else, so the guest never blocks.
    pub(crate) async fn read(&self, mut stream: impl AsyncRead + Unpin, events: &Events) {
        let mut splitter = LineSplitter::new(CONSOLE_LINE_BYTES);
        let mut chunk = vec![0; CHUNK];
        loop {
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => break,
                Ok(count) => {
                    let bytes = chunk.get(..count).unwrap_or_default();
                    self.show(bytes);
                    splitter.push(bytes, |line| self.line(line, events));
                    // With its trailing blanks: they are part of a prompt.
                    self.kept().partial = text::clean(without_returns(splitter.partial()), CONSOLE_LINE_BYTES);
                    self.more.send_replace(());
                    // A flood always has more: the runtime would let it go on for megabytes.
                    tokio::task::yield_now().await;
                }
            }
        }
        splitter.finish(|line| self.line(line, events));
        self.kept().partial.clear();
        self.more.send_replace(());
    }

    fn line(&self, bytes: &[u8], events: &Events) {
        let line = text::clean(bytes, CONSOLE_LINE_BYTES);
        let mut kept = self.kept();
        kept.bytes += line.len() + LINE_OVERHEAD;
        kept.lines.push_back(line.as_str().into());
        // It was the beginning of this line.
        kept.partial.clear();
        while kept.bytes > CONSOLE_KEPT_BYTES {
            let Some(oldest) = kept.lines.pop_front() else { break };
            kept.bytes -= oldest.len() + LINE_OVERHEAD;
            kept.forgotten += 1;
        }
        drop(kept);
        events.emit(EventKind::Console {
            machine: Arc::clone(&self.machine),
            line,
        });
    }
}

impl Kept {
    /// The number of the line that has not come completely.
    fn next_line(&self) -> u64 {
        self.forgotten + self.lines.len() as u64
    }

    /// Appends the complete lines from that number on, with their line feeds.
    fn append_lines(&self, from: u64, text: &mut String) {
        let skip = usize::try_from(from.saturating_sub(self.forgotten)).unwrap_or(usize::MAX);
        for line in self.lines.iter().skip(skip) {
            text.push_str(line);
            text.push('\n');
        }
    }
}

/// The console's text since a position, as somebody sees it who waits for something in it.
#[derive(Debug)]
pub(super) struct Unmatched {
    start: Position,
    /// Up to where it has been taken.
    next: Position,
    lines: String,
    partial: String,
}

impl Unmatched {
    /// Takes what has come meanwhile, no more than the console itself keeps.
    pub(super) fn update(&mut self, console: &Console) {
        let kept = console.kept();
        if kept.forgotten > self.next.line {
            // Lines were lost in between: what stood before them has no connection with what follows.
            self.lines.clear();
            self.start = Position {
                line: kept.forgotten,
                byte: 0,
            };
            self.next = self.start;
        }
        let taken = self.lines.len();
        kept.append_lines(self.next.line, &mut self.lines);
        let last = kept.next_line();
        self.partial.clear();
        if last > self.next.line {
            // The first of them may have been seen in part when it was not complete.
            let length = self
                .lines
                .get(taken..)
                .and_then(|new| new.find('\n'))
                .unwrap_or_default();
            let seen = floor_boundary(&self.lines, taken, self.next.byte.min(length));
            self.lines.replace_range(taken..seen, "");
            self.partial.push_str(&kept.partial);
            self.next = Position { line: last, byte: 0 };
        } else {
            let seen = floor_boundary(&kept.partial, 0, self.next.byte.min(kept.partial.len()));
            self.partial.push_str(kept.partial.get(seen..).unwrap_or_default());
        }
        drop(kept);
        self.forget_the_oldest();
    }

    fn forget_the_oldest(&mut self) {
        let excess = self.lines.len().saturating_sub(CONSOLE_KEPT_BYTES);
        if excess > 0 {
            let end = self
                .lines
                .as_bytes()
                .iter()
                .skip(excess)
                .position(|byte| *byte == b'\n');
            let end = end.map_or(self.lines.len(), |end| excess + end + 1);
            self.start = self.position(end);
            self.lines.replace_range(..end, "");
        }
    }

    /// The text, to be searched elsewhere.
    pub(super) fn text(&self) -> String {
        [self.lines.as_str(), self.partial.as_str()].concat()
    }

    /// The place so many bytes into [`Unmatched::text`].
    pub(super) fn position(&self, offset: usize) -> Position {
        let head = self.lines.as_bytes().get(..offset).unwrap_or(self.lines.as_bytes());
        let feeds = memchr::memchr_iter(b'\n', head).count() as u64;
        let in_line = offset - memchr::memrchr(b'\n', head).map_or(0, |feed| feed + 1);
        Position {
            line: self.start.line + feeds,
            byte: if feeds == 0 { self.start.byte + in_line } else { in_line },
        }
    }

    /// The last lines, for an error: at most so many.
    pub(super) fn last_lines(&self, most: usize) -> Vec<&str> {
        let partial = Some(self.partial.trim_end()).filter(|line| !line.is_empty());
        let mut last: Vec<&str> = partial.into_iter().chain(self.lines.lines().rev()).take(most).collect();
        last.reverse();
        last
    }
}

/// So many bytes after a place in a text, or a little less where that is in the middle of a character.
fn floor_boundary(text: &str, from: usize, bytes: usize) -> usize {
    let mut at = from + bytes;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Reporter;

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

    #[tokio::test]
    async fn unmatched_text_goes_on_where_lines_were_lost() {
        let console = Console::new("m");
        let (reporter, events) = Reporter::start(Vec::new()).unwrap();
        let mut unmatched = console.unmatched();
        console.read(&b"one\ntwo\n"[..], &events).await;
        unmatched.update(&console);
        assert_eq!(unmatched.text(), "one\ntwo\n");
        console.set_matched(unmatched.position(5));
        let mut rest = console.unmatched();
        rest.update(&console);
        assert_eq!(rest.text(), "wo\n");
        assert_eq!(rest.position(3), Position { line: 2, byte: 0 });

        let line = format!("{}\n", "x".repeat(1000));
        console
            .read(line.repeat(CONSOLE_KEPT_BYTES / 1000 + 100).as_bytes(), &events)
            .await;
        for text in [&mut unmatched, &mut rest] {
            text.update(&console);
            assert!(text.text().len() <= CONSOLE_KEPT_BYTES);
            assert!(text.text().starts_with("xxx") && !text.text().contains("two"));
        }
        let end = rest.position(rest.text().len());
        console.set_matched(end);
        console.set_matched(Position { line: 1, byte: 0 });
        console.read(&b"three\n"[..], &events).await;
        let mut last = console.unmatched();
        last.update(&console);
        assert_eq!(last.text(), "three\n");
        // Nothing of before counts after a new start.
        console.clear();
        console.read(&b"four"[..], &events).await;
        let mut new = console.unmatched();
        new.update(&console);
        last.update(&console);
        assert_eq!([new.text(), last.text()], ["four\n", "four\n"]);
        reporter.finish();
    }
}
