//! The log of a session, above the prompt.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rustyline::ExternalPrinter;

use crate::limits::{PROMPT_LOG_BYTES, PROMPT_LOG_PAUSE};
use crate::session::restore_terminal;

/// What is shown, and where. Cheap to clone.
///
/// The editor shows what comes while somebody types, a piece at a time, and keeps whoever hands it the next waiting until
/// they type no more. So that is a thread of its own, and what comes while nobody types does not wait for it.
#[derive(Clone)]
pub(super) struct Screen {
    shared: Arc<(Mutex<Shown>, Condvar)>,
    /// While the terminal is connected to a machine nothing is written: the record has it.
    connected: Arc<AtomicBool>,
}

#[derive(Default)]
struct Shown {
    /// Whether somebody types.
    typing: bool,
    /// What is to be shown above what they type.
    waiting: Vec<u8>,
}

impl Screen {
    pub(super) fn new(connected: &Arc<AtomicBool>) -> Self {
        Self {
            shared: Arc::default(),
            connected: Arc::clone(connected),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows what comes while somebody types, as long as the process lives. Errors: the system has no thread to give.
    pub(super) fn show_above(&self, mut printer: impl ExternalPrinter + Send + 'static) -> io::Result<()> {
        let screen = self.clone();
        let work = move || {
            loop {
                let mut shown = screen.lock();
                while !shown.typing || shown.waiting.is_empty() {
                    shown = screen.shared.1.wait(shown).unwrap_or_else(PoisonError::into_inner);
                }
                let lines = std::mem::take(&mut shown.waiting);
                drop(shown);
                // Where there is no terminal any more there is nobody to tell.
                let _ = printer.print(String::from_utf8_lossy(&lines).into_owned());
                std::thread::sleep(PROMPT_LOG_PAUSE);
            }
        };
        std::thread::Builder::new().name("screen".into()).spawn(work).map(drop)
    }

    /// Somebody begins to type, or has done.
    pub(super) fn set_typing(&self, typing: bool) {
        let mut shown = self.lock();
        shown.typing = typing;
        if typing {
            self.shared.1.notify_all();
        } else {
            let lines = std::mem::take(&mut shown.waiting);
            // As in `show_above`.
            let _ = io::stderr().write_all(&lines);
        }
    }

    /// Nobody types any more, whether they know or not.
    pub(super) fn end(&self) {
        restore_terminal();
        if self.lock().typing {
            // Beneath what was typed.
            let _ = io::stderr().write_all(b"\r\n");
        }
        self.set_typing(false);
    }

    fn show(&self, lines: &[u8]) -> io::Result<()> {
        if lines.is_empty() || self.connected.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut shown = self.lock();
        if !shown.typing {
            return io::stderr().write_all(lines);
        }
        if shown.waiting.len() + lines.len() > PROMPT_LOG_BYTES {
            shown.waiting = b"(more than can be shown here; the record has it)\n".to_vec();
        }
        shown.waiting.extend_from_slice(lines);
        self.shared.1.notify_all();
        Ok(())
    }
}

/// Hands whole lines to the screen.
pub(super) struct Output {
    screen: Screen,
    lines: Vec<u8>,
}

impl Output {
    pub(super) fn new(screen: &Screen) -> Self {
        Self {
            screen: screen.clone(),
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
        self.screen.show(&lines)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    struct Printer(mpsc::SyncSender<String>);

    impl ExternalPrinter for Printer {
        fn print(&mut self, text: String) -> rustyline::Result<()> {
            self.0
                .send(text)
                .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe).into())
        }
    }

    #[test]
    fn what_comes_while_somebody_types_keeps_nobody_waiting() {
        let screen = Screen::new(&Arc::default());
        let (sender, printed) = mpsc::sync_channel(0);
        screen.show_above(Printer(sender)).unwrap();
        screen.set_typing(true);
        let mut output = Output::new(&screen);
        // Nobody takes it from the printer.
        for number in 0..3 {
            writeln!(output, "line {number}").unwrap();
            write!(output, "half a line, ").unwrap();
            output.flush().unwrap();
        }
        let mut all = String::new();
        while !all.contains("line 2") {
            all.push_str(&printed.recv_timeout(Duration::from_secs(60)).unwrap());
        }
        assert_eq!(all, "line 0\nhalf a line, line 1\nhalf a line, line 2\n");
        output.lines.clear();
        let flood = vec![b'x'; PROMPT_LOG_BYTES / 2];
        for _ in 0..10 {
            output.write_all(&flood).unwrap();
            output.write_all(b"\n").unwrap();
            output.flush().unwrap();
        }
        assert!(screen.lock().waiting.len() <= PROMPT_LOG_BYTES);
        while !all.contains("more than can be shown here") {
            all.push_str(&printed.recv_timeout(Duration::from_secs(60)).unwrap());
        }
    }
}
