//! Bulk ports: a command's output, between the frame that begins it and the frame that ends it.

use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem::Finder;
use tokio::sync::mpsc;

use super::frame::{END, START};

/// What a port has to tell.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PortItem {
    /// The command runs as this process, which leads its group.
    Started {
        /// The command's number.
        number: u64,
        /// The process.
        process: i32,
    },
    /// The command has ended.
    Ended {
        /// The command's number.
        number: u64,
        /// Its status.
        status: i32,
        /// Its output; empty where it was too large or went to a sink.
        output: Vec<u8>,
    },
    /// A piece of output, for the sink.
    Output(Vec<u8>),
    /// The command has printed more than it may. Told once; its end follows when it is killed.
    TooLarge {
        /// The command's number.
        number: u64,
    },
    /// Output of something that an earlier command left behind.
    Stray(Vec<u8>),
}

/// Which command is expected on the ports, shared by all of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected(Arc<Mutex<Expectation>>);

#[derive(Debug, Clone, Default)]
struct Expectation {
    session: String,
    number: u64,
    most: usize,
    sink: Option<Sink>,
}

/// Takes a command's output as it comes. A slow one holds the command up.
pub(crate) type Sink = mpsc::Sender<Vec<u8>>;

impl Expected {
    /// A command is about to be run, of whose output so much is kept, or which all goes to a sink.
    pub(crate) fn set(&self, session: &str, number: u64, most: usize, sink: Option<Sink>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Expectation {
            session: session.into(),
            number,
            most,
            sink,
        };
    }

    /// Where pieces of output go. None: nobody wants them any more.
    pub(crate) fn sink(&self) -> Option<Sink> {
        self.get().sink
    }

    /// The command has ended, and so has what its sink takes.
    pub(crate) fn close_sink(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).sink = None;
    }

    fn get(&self) -> Expectation {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Cuts a port's bytes into items.
#[derive(Debug)]
pub(crate) struct PortScanner {
    expected: Expected,
    buffer: Vec<u8>,
    capture: Option<Capture>,
}

#[derive(Debug)]
struct Capture {
    number: u64,
    most: usize,
    end: Finder<'static>,
    /// Bytes at the buffer's beginning that cannot be the beginning of the end frame.
    searched: usize,
    too_large: bool,
    /// Whether the output goes to a sink.
    streams: bool,
}

/// The most that stands between the beginning of a frame's text and its end: numbers.
const FRAME_TAIL: usize = 64;

impl PortScanner {
    pub(crate) fn new(expected: Expected) -> Self {
        Self {
            expected,
            buffer: Vec::new(),
            capture: None,
        }
    }

    /// Takes bytes, gives the items that they complete.
    pub(crate) fn push(&mut self, bytes: &[u8], items: &mut Vec<PortItem>) {
        self.buffer.extend_from_slice(bytes);
        while match self.capture.take() {
            Some(capture) if capture.number == self.expected.get().number => self.scan_output(capture, items),
            // The command was given up: its shell died, and there will be no end frame.
            Some(_) | None => self.scan_idle(items),
        } {}
    }

    /// What a command has printed so far that is given up; nothing where it does not run here, or goes to a sink.
    pub(crate) fn give_up(&mut self, number: u64) -> Vec<u8> {
        match &self.capture {
            Some(capture) if capture.number == number && !capture.streams && !capture.too_large => {}
            _ => return Vec::new(),
        }
        self.capture = None;
        std::mem::take(&mut self.buffer)
    }

    /// How many bytes are kept.
    #[cfg(any(test, fuzzing))]
    pub(super) fn held(&self) -> usize {
        self.buffer.len()
    }

    /// Between commands. Returns whether there is more to do.
    fn scan_idle(&mut self, items: &mut Vec<PortItem>) -> bool {
        if self.buffer.is_empty() {
            return false;
        }
        let expected = self.expected.get();
        let begin = frame_begin(&expected.session, "start", expected.number);
        let Some(at) = memchr::memmem::find(&self.buffer, &begin) else {
            // The buffer's end may be the frame's beginning.
            let keep = self.buffer.iter().rposition(|byte| *byte == START);
            let keep = keep
                .filter(|at| begin.starts_with(&self.buffer[*at..]))
                .unwrap_or(self.buffer.len());
            self.stray(keep, items);
            return false;
        };
        let rest = &self.buffer[at + begin.len()..];
        let Some(length) = memchr::memchr(END, rest.get(..FRAME_TAIL).unwrap_or(rest)) else {
            if rest.len() < FRAME_TAIL {
                return false;
            }
            self.stray(at + begin.len(), items);
            return true;
        };
        let process = std::str::from_utf8(&rest[..length])
            .ok()
            .and_then(|text| text.parse().ok());
        self.stray(at, items);
        self.buffer.drain(..begin.len() + length + 1);
        let Some(process) = process else { return true };
        items.push(PortItem::Started {
            number: expected.number,
            process,
        });
        let end = frame_begin(&expected.session, "end", expected.number);
        self.capture = Some(Capture {
            number: expected.number,
            most: expected.most,
            end: Finder::new(&end).into_owned(),
            searched: 0,
            too_large: false,
            streams: expected.sink.is_some(),
        });
        true
    }

    /// During a command. Returns whether there is more to do.
    fn scan_output(&mut self, mut capture: Capture, items: &mut Vec<PortItem>) -> bool {
        let marker = capture.end.needle().len();
        let mut from = capture.searched;
        while let Some(at) = capture.end.find(&self.buffer[from..]).map(|at| from + at) {
            let rest = &self.buffer[at + marker..];
            let Some(length) = memchr::memchr(END, rest.get(..FRAME_TAIL).unwrap_or(rest)) else {
                if rest.len() < FRAME_TAIL {
                    capture.searched = at;
                    self.capture = Some(capture);
                    return false;
                }
                from = at + marker;
                continue;
            };
            let text = std::str::from_utf8(&rest[..length]).unwrap_or_default();
            let status = text.split(' ').next().and_then(|status| status.parse().ok());
            let Some(status) = status else {
                from = at + marker;
                continue;
            };
            let tail = self.buffer.split_off(at + marker + length + 1);
            let mut output = std::mem::replace(&mut self.buffer, tail);
            output.truncate(at);
            if capture.streams {
                items.push(PortItem::Output(std::mem::take(&mut output)));
            } else if capture.too_large {
                output = Vec::new();
            } else if output.len() > capture.most {
                items.push(PortItem::TooLarge { number: capture.number });
                output = Vec::new();
            }
            items.push(PortItem::Ended {
                number: capture.number,
                status,
                output,
            });
            return true;
        }
        capture.searched = self.buffer.len().saturating_sub(marker - 1).max(from);
        if capture.streams {
            // Nothing is held back that cannot be the end frame's beginning: somebody may wait for a prompt.
            let tail = &self.buffer[capture.searched..];
            let begins = |at: &usize| tail[*at] == START && capture.end.needle().starts_with(&tail[*at..]);
            capture.searched += (0..tail.len()).find(begins).unwrap_or(tail.len());
            let rest = self.buffer.split_off(capture.searched);
            items.push(PortItem::Output(std::mem::replace(&mut self.buffer, rest)));
            capture.searched = 0;
            self.capture = Some(capture);
            return false;
        }
        let much = self.buffer.len() > capture.most + marker + FRAME_TAIL;
        if much && !std::mem::replace(&mut capture.too_large, true) {
            items.push(PortItem::TooLarge { number: capture.number });
        }
        if capture.too_large {
            // Only the end frame's possible beginning still matters.
            self.buffer.drain(..capture.searched);
            self.buffer.shrink_to(1 << 20);
            capture.searched = 0;
        }
        self.capture = Some(capture);
        false
    }

    fn stray(&mut self, end: usize, items: &mut Vec<PortItem>) {
        if end > 0 {
            let rest = self.buffer.split_off(end);
            items.push(PortItem::Stray(std::mem::replace(&mut self.buffer, rest)));
        }
    }
}

fn frame_begin(session: &str, word: &str, number: u64) -> Vec<u8> {
    let mut begin = vec![START];
    begin.extend_from_slice(format!("{session} {word} {number} ").as_bytes());
    begin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(chunks: &[&[u8]], most: usize) -> Vec<PortItem> {
        let expected = Expected::default();
        expected.set("s", 7, most, None);
        let mut scanner = PortScanner::new(expected);
        let mut items = Vec::new();
        for chunk in chunks {
            scanner.push(chunk, &mut items);
        }
        items
    }

    const STARTED: PortItem = PortItem::Started { number: 7, process: 42 };

    fn ended(status: i32, output: &[u8]) -> PortItem {
        PortItem::Ended {
            number: 7,
            status,
            output: output.to_vec(),
        }
    }

    #[test]
    fn output_is_found_however_it_is_cut() {
        let text = b"late\n\x02s start 7 42\x03\0\xff\x02\x03\x02s end \x02s end 7 \x02s end 7 3 left\x03after";
        for first in 1..text.len() {
            let (head, tail) = text.split_at(first);
            let mut items = scan(&[head, tail], 100);
            let mut stray = Vec::new();
            items.retain(|item| match item {
                PortItem::Stray(bytes) => {
                    stray.extend_from_slice(bytes);
                    false
                }
                _ => true,
            });
            assert_eq!(
                items,
                [STARTED, ended(3, b"\0\xff\x02\x03\x02s end \x02s end 7 ")],
                "{first}"
            );
            assert_eq!(stray, b"late\nafter");
        }
    }

    #[test]
    fn another_commands_frames_are_stray() {
        let text = b"\x02s start 6 42\x03x\x02s end 6 0\x03\x02t start 7 1\x03";
        assert_eq!(scan(&[text], 100), [PortItem::Stray(text.to_vec())]);
    }

    #[test]
    fn a_command_that_was_given_up_is_not_waited_for() {
        let expected = Expected::default();
        expected.set("s", 6, 100, None);
        let mut scanner = PortScanner::new(expected.clone());
        let mut items = Vec::new();
        scanner.push(b"\x02s start 6 41\x03partial", &mut items);
        expected.set("s", 7, 100, None);
        scanner.push(b"\x02s start 7 42\x03x\x02s end 7 0\x03", &mut items);
        let first = PortItem::Started { number: 6, process: 41 };
        assert_eq!(
            items,
            [first, PortItem::Stray(b"partial".to_vec()), STARTED, ended(0, b"x")]
        );
    }

    #[test]
    fn what_a_command_has_printed_that_is_given_up_is_told_once() {
        let expected = Expected::default();
        expected.set("s", 6, 100, None);
        let mut scanner = PortScanner::new(expected);
        let mut items = Vec::new();
        scanner.push(b"\x02s start 6 41\x03partial", &mut items);
        assert_eq!(scanner.give_up(5), b"");
        assert_eq!(scanner.give_up(6), b"partial");
        assert_eq!(scanner.give_up(6), b"");
        scanner.push(b" and late", &mut items);
        assert_eq!(items.last(), Some(&PortItem::Stray(b" and late".to_vec())));
    }

    #[test]
    fn a_frame_that_never_ends_is_stray() {
        let items = scan(&[b"\x02s start 7 ", &[b'9'; 100]], 100);
        assert!(items.iter().all(|item| matches!(item, PortItem::Stray(_))), "{items:?}");
    }

    #[test]
    fn a_stream_is_whole_however_it_is_cut() {
        let text = b"\x02s start 7 42\x03\0\xff\x02s end \x02s end 7 \x02s end 7 3 left\x03";
        for first in 1..text.len() {
            let (sink, _taker) = mpsc::channel(1);
            let expected = Expected::default();
            expected.set("s", 7, 1, Some(sink));
            let mut scanner = PortScanner::new(expected);
            let mut items = Vec::new();
            let (head, tail) = text.split_at(first);
            for part in [head, tail] {
                scanner.push(part, &mut items);
            }
            let mut streamed = Vec::new();
            items.retain(|item| match item {
                PortItem::Output(bytes) => {
                    streamed.extend_from_slice(bytes);
                    false
                }
                _ => true,
            });
            assert_eq!(items, [STARTED, ended(3, b"")], "{first}");
            assert_eq!(streamed, b"\0\xff\x02s end \x02s end 7 ");
        }
    }

    #[test]
    fn a_stream_holds_nothing_back_but_what_may_be_its_end() {
        let (sink, _taker) = mpsc::channel(1);
        let expected = Expected::default();
        expected.set("s", 7, 1, Some(sink));
        let mut scanner = PortScanner::new(expected);
        for (part, seen) in [
            (&b"\x02s start 7 42\x03bash-5.2# "[..], &b"bash-5.2# "[..]),
            (b"\x02s en", b""),
            (b"ough\x02\x02s", b"\x02s enough\x02"),
        ] {
            let mut items = Vec::new();
            scanner.push(part, &mut items);
            let mut streamed = Vec::new();
            for item in items {
                if let PortItem::Output(bytes) = item {
                    streamed.extend_from_slice(&bytes);
                }
            }
            assert_eq!(streamed, seen);
        }
    }

    #[test]
    fn too_much_output_is_told_once_and_not_kept() {
        let chunk = vec![b'x'; 1_000];
        let mut chunks: Vec<&[u8]> = vec![b"\x02s start 7 42\x03"];
        chunks.extend(std::iter::repeat_n(chunk.as_slice(), 100));
        chunks.push(b"\x02s end 7 137\x03");
        let items = scan(&chunks, 500);
        assert_eq!(items, [STARTED, PortItem::TooLarge { number: 7 }, ended(137, b"")]);
        assert_eq!(
            scan(&[b"\x02s start 7 42\x03abcde\x02s end 7 0\x03"], 5).last(),
            Some(&ended(0, b"abcde"))
        );
        assert!(scan(&[b"\x02s start 7 42\x03abcdef\x02s end 7 0\x03"], 5).contains(&PortItem::TooLarge { number: 7 }));
    }
}
