//! What a serial console says.

use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};

use crate::event::{Events, Reporter};
use crate::fuzzing::{assert_harmless, chunkings};
use crate::machine::console::{Console, LineSplitter, Unmatched};

/// Of lines so short that there are long ones.
const MOST: usize = 24;

/// The reports that nobody reads.
static EVENTS: LazyLock<(Reporter, Events)> =
    LazyLock::new(|| Reporter::start(Vec::new()).expect("a thread for the reports"));

/// The bytes are what a machine writes to its console.
pub fn console_lines(bytes: &[u8]) {
    // What is read at a time.
    let bytes = bytes.get(..32 << 10).unwrap_or(bytes);
    let [whole, singly, pieces] = chunkings(bytes);
    let lines = split(&whole, MOST);
    for chunks in [&singly, &pieces] {
        assert_eq!(split(chunks, MOST), lines, "other chunks, other lines");
    }
    for line in &lines {
        assert!(line.len() <= MOST && !line.contains(&b'\n'), "{line:?}");
    }
    assert_eq!(printable(&lines.concat()), printable(bytes), "something was lost");
    if std::str::from_utf8(bytes).is_ok() {
        let broken = lines.iter().find(|line| std::str::from_utf8(line).is_err());
        assert!(broken.is_none(), "a character was cut: {broken:?}");
    }
    let text = read(&whole);
    assert_harmless(&text);
    for chunks in [&singly, &pieces] {
        assert_eq!(read(chunks), text, "other chunks, other text");
    }
}

fn split(chunks: &[&[u8]], most: usize) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut splitter = LineSplitter::new(most);
    for chunk in chunks {
        splitter.push(chunk, |line| lines.push(line.to_vec()));
    }
    splitter.finish(|line| lines.push(line.to_vec()));
    lines
}

fn printable(bytes: &[u8]) -> Vec<u8> {
    let printable = |byte: &&u8| !byte.is_ascii_whitespace();
    bytes.iter().filter(printable).copied().collect()
}

/// What the console keeps of all chunks, with somebody who waits for something and looks after each.
fn read(chunks: &[&[u8]]) -> String {
    let console = Console::new("m");
    let stream = Chunks {
        chunks: chunks.iter(),
        waiter: Waiter {
            console: &console,
            seen: console.unmatched(),
        },
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(console.read(stream, &EVENTS.1));
    console.text()
}

/// Hands out chunk after chunk. What came before the next has been seen by then.
struct Chunks<'a> {
    chunks: std::slice::Iter<'a, &'a [u8]>,
    waiter: Waiter<'a>,
}

impl AsyncRead for Chunks<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        self.waiter.look();
        for chunk in self.chunks.by_ref() {
            if !chunk.is_empty() {
                buffer.put_slice(chunk);
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

struct Waiter<'a> {
    console: &'a Console,
    seen: Unmatched,
}

impl Waiter<'_> {
    fn look(&mut self) {
        self.seen.update(self.console);
        let seen = self.seen.text();
        let mut fresh = self.console.unmatched();
        fresh.update(self.console);
        assert_eq!(
            fresh.text(),
            seen,
            "who looks again sees what who looks for the first time sees"
        );
        assert!(self.console.text().ends_with(&seen));
        self.seen.last_lines(3);
        // Now and then something matches in the middle.
        if seen.len() > 10 {
            let mut middle = seen.len() / 2;
            while !seen.is_char_boundary(middle) {
                middle -= 1;
            }
            self.console.set_matched(self.seen.position(middle));
            self.seen = self.console.unmatched();
            self.seen.update(self.console);
            assert_eq!(
                Some(self.seen.text().as_str()),
                seen.get(middle..),
                "what follows a match"
            );
        }
    }
}
