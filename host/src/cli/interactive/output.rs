//! The log of a session, above the prompt.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::ExternalPrinter;

/// Writes whole lines: past the prompt, where there is one, or else to standard error. While the terminal is connected to a
/// machine nothing is written: the record has it.
pub(super) struct Output {
    printer: Option<Box<dyn ExternalPrinter + Send>>,
    connected: Arc<AtomicBool>,
    lines: Vec<u8>,
}

impl Output {
    pub(super) fn new(printer: Option<Box<dyn ExternalPrinter + Send>>, connected: &Arc<AtomicBool>) -> Self {
        Self {
            printer,
            connected: Arc::clone(connected),
            lines: Vec::new(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let whole = memchr::memrchr(b'\n', &self.lines).map_or(0, |end| end + 1);
        let rest = self.lines.split_off(whole);
        let lines = std::mem::replace(&mut self.lines, rest);
        if lines.is_empty() || self.connected.load(Ordering::Relaxed) {
            return Ok(());
        }
        match &mut self.printer {
            Some(printer) => printer
                .print(String::from_utf8_lossy(&lines).into_owned())
                .map_err(io::Error::other),
            None => io::stderr().write_all(&lines),
        }
    }
}
