//! The stream: buffered, and given up when it fails.

use std::fmt;
use std::io::{ErrorKind, Write};
use std::time::Instant;

use super::bounds;
use crate::text;

/// A stream and the text waiting for it. Writing never fails: a stream that does (a closed pipe, a full disk) is left
/// alone from then on, for the run goes on without its log.
pub(super) struct Output {
    stream: Box<dyn Write + Send>,
    buffer: String,
    lines: u64,
    broken: bool,
    /// Whether the stream can take a line back.
    live: bool,
    /// Whether a line of the log has begun and not ended.
    in_line: bool,
    /// What the last line is to tell until there is more of the log.
    status: String,
    /// Whether there is such a line.
    drawn: bool,
}

/// Removes the last line.
const ERASE: &str = "\r\x1b[2K";
/// No line feed may come of a line that is too long.
const WITHOUT_WRAPPING: (&str, &str) = ("\x1b[?7l", "\x1b[?7h");

impl Output {
    /// `live`: it is a terminal, on which a line can be taken back.
    pub(super) fn new(stream: Box<dyn Write + Send>, live: bool) -> Self {
        Self {
            stream,
            buffer: String::with_capacity(bounds::BUFFER_BYTES),
            lines: 0,
            broken: false,
            live,
            in_line: false,
            status: String::new(),
            drawn: false,
        }
    }

    /// How many lines have been written.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// Adds text that is part of a line.
    pub(super) fn push(&mut self, text: &str) {
        self.in_line = true;
        if !self.broken {
            self.buffer.push_str(text);
        }
    }

    /// Ends a line.
    pub(super) fn end_line(&mut self) {
        self.push("\n");
        self.in_line = false;
        self.lines += 1;
        if self.buffer.len() >= bounds::BUFFER_BYTES {
            self.erase_status();
            self.drain();
        }
    }

    /// Adds lines, each with its line feed.
    pub(super) fn push_lines(&mut self, text: &str) {
        for line in text.lines() {
            self.push(line);
            self.end_line();
        }
    }

    /// What the last line is to tell, from the next flush on.
    pub(super) fn set_status(&mut self, text: Option<&str>) {
        let text = text.unwrap_or_default();
        if self.live && text != self.status {
            self.status = text::quote(text, bounds::STATUS_BYTES);
            self.erase_status();
        }
    }

    /// What is written next takes the place of the line.
    fn erase_status(&mut self) {
        if std::mem::take(&mut self.drawn) {
            self.buffer.insert_str(0, ERASE);
        }
    }

    /// Shows everything written so far.
    pub(super) fn flush(&mut self) {
        if !self.buffer.is_empty() {
            self.erase_status();
        }
        if !self.drawn && !self.in_line && !self.status.is_empty() && !self.broken {
            let (begin, end) = WITHOUT_WRAPPING;
            for piece in [begin, &self.status, end] {
                self.buffer.push_str(piece);
            }
            self.drawn = true;
        }
        self.drain();
        if !self.broken && self.stream.flush().is_err() {
            self.give_up();
        }
    }

    fn drain(&mut self) {
        if self.write_buffer().is_err() {
            self.give_up();
        }
        self.buffer.clear();
    }

    fn give_up(&mut self) {
        self.broken = true;
        self.buffer = String::new();
    }

    fn write_buffer(&mut self) -> std::io::Result<()> {
        let mut rest = self.buffer.as_bytes();
        let mut held_since = None;
        while !rest.is_empty() {
            match self.stream.write(rest) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    rest = rest.get(written..).unwrap_or_default();
                    held_since = None;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Any program that shares our terminal may have made it non-blocking: QEMU does so with its own.
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if held_since.get_or_insert_with(Instant::now).elapsed() > bounds::STREAM_PATIENCE {
                        return Err(error);
                    }
                    std::thread::sleep(bounds::STREAM_PAUSE);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl fmt::Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Nothing is left after a run that ended as it should.
        self.flush();
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Takes two bytes at a time, and only every second time; fails when it has taken so many.
    struct Awkward {
        taken: Bytes,
        calls: Counter,
        most: usize,
        error: ErrorKind,
    }

    impl Write for Awkward {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut calls = self.calls.lock().unwrap();
            let mut taken = self.taken.lock().unwrap();
            *calls += 1;
            if taken.len() >= self.most {
                return Err(self.error.into());
            }
            match *calls % 3 {
                0 => Err(ErrorKind::WouldBlock.into()),
                1 => Err(ErrorKind::Interrupted.into()),
                _ => {
                    let piece = &bytes[..bytes.len().min(2)];
                    taken.extend_from_slice(piece);
                    Ok(piece.len())
                }
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    type Counter = Arc<Mutex<usize>>;
    type Bytes = Arc<Mutex<Vec<u8>>>;

    fn awkward(most: usize, error: ErrorKind) -> (Output, Bytes, Counter) {
        let (taken, calls) = (Bytes::default(), Counter::default());
        let stream = Awkward {
            taken: Arc::clone(&taken),
            calls: Arc::clone(&calls),
            most,
            error,
        };
        (Output::new(Box::new(stream), false), taken, calls)
    }

    #[test]
    fn the_last_line_gives_way_to_the_log_and_comes_back() {
        let taken = Bytes::default();
        let mut output = Output::new(Box::new(Taking(Arc::clone(&taken))), true);
        let shows = |output: &mut Output| {
            output.flush();
            String::from_utf8(std::mem::take(&mut *taken.lock().unwrap())).unwrap()
        };
        output.set_status(Some("waits\nfor"));
        assert_eq!(shows(&mut output), "\x1b[?7lwaits\\nfor\x1b[?7h");
        assert_eq!(shows(&mut output), "", "it stands there already");
        output.push_lines("one\ntwo\n");
        assert_eq!(shows(&mut output), "\r\x1b[2Kone\ntwo\n\x1b[?7lwaits\\nfor\x1b[?7h");
        output.push("begins");
        assert_eq!(shows(&mut output), "\r\x1b[2Kbegins", "not in the middle of a line");
        output.end_line();
        assert_eq!(shows(&mut output), "\n\x1b[?7lwaits\\nfor\x1b[?7h");
        output.set_status(Some("still"));
        assert_eq!(shows(&mut output), "\r\x1b[2K\x1b[?7lstill\x1b[?7h");
        output.set_status(None);
        assert_eq!(shows(&mut output), "\r\x1b[2K");
        let mut plain = Output::new(Box::new(Taking(Arc::clone(&taken))), false);
        plain.set_status(Some("nothing"));
        assert_eq!(shows(&mut plain), "");
    }

    #[test]
    fn an_awkward_stream_gets_every_byte() {
        let (mut output, taken, _) = awkward(usize::MAX, ErrorKind::Other);
        output.push_lines("one\ntwo three\n");
        output.flush();
        assert_eq!(*taken.lock().unwrap(), b"one\ntwo three\n");
        assert_eq!(output.lines(), 2);
    }

    #[test]
    fn a_stream_that_fails_is_left_alone() {
        for error in [ErrorKind::BrokenPipe, ErrorKind::StorageFull] {
            let (mut output, taken, calls) = awkward(6, error);
            output.push_lines("a line that is longer\n");
            output.flush();
            let calls_when_it_failed = *calls.lock().unwrap();
            output.push_lines("more\n");
            output.flush();
            drop(output);
            assert_eq!(*taken.lock().unwrap(), b"a line");
            assert_eq!(*calls.lock().unwrap(), calls_when_it_failed);
        }
    }

    #[test]
    fn a_flood_is_not_kept_back() {
        let taken = Arc::default();
        let mut output = Output::new(Box::new(Taking(Arc::clone(&taken))), false);
        let line = "x".repeat(99);
        (0..2_000).for_each(|_| output.push_lines(&line));
        assert!(taken.lock().unwrap().len() >= 200_000 - bounds::BUFFER_BYTES);
    }

    struct Taking(Bytes);

    impl Write for Taking {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
