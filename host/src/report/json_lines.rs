//! The record: one JSON object a line for each event, written as things happen.
//!
//! Complete up to the instant, also where the host is killed: what is written has left the process as soon as nothing
//! more has happened for the moment. All other reports can be made of it later.

use std::io::{self, BufRead, BufWriter, Read as _, Write};

use crate::event::{Event, EventKind, Report};
use crate::limits::RECORD_LINE_BYTES;

/// Writes the record.
pub struct JsonLines<W: Write> {
    /// Nothing where writing has failed: a record with a hole would be a lie.
    out: Option<BufWriter<W>>,
    failed: Box<dyn Fn(&io::Error) + Send>,
}

impl<W: Write> std::fmt::Debug for JsonLines<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JsonLines").finish_non_exhaustive()
    }
}

impl<W: Write> JsonLines<W> {
    /// Writes to a file or the like. Where that fails, `failed` is told once and nothing more is written.
    pub fn new(out: W, failed: impl Fn(&io::Error) + Send + 'static) -> Self {
        Self {
            out: Some(BufWriter::new(out)),
            failed: Box::new(failed),
        }
    }

    fn write(&mut self, work: impl FnOnce(&mut BufWriter<W>) -> io::Result<()>) {
        let Some(out) = &mut self.out else { return };
        if let Err(error) = work(out) {
            (self.failed)(&error);
            // What is buffered is not written either: it may begin in the middle of a line.
            if let Some(out) = self.out.take() {
                let _ = out.into_parts();
            }
        }
    }
}

impl<W: Write + Send> Report for JsonLines<W> {
    fn event(&mut self, event: &Event) {
        if let EventKind::CallWaiting { .. } = event.kind {
            return;
        }
        self.write(|out| {
            serde_json::to_writer(&mut *out, event)?;
            out.write_all(b"\n")
        });
    }

    fn flush(&mut self) {
        self.write(BufWriter::flush);
    }

    fn finish(&mut self) {
        self.flush();
    }
}

/// Why a record cannot be read further.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A line is no event.
    #[error("line {line} is no event of this version: {error}")]
    Line {
        /// Its number, from 1.
        line: u64,
        /// Why.
        error: serde_json::Error,
    },
    /// A line has no end for long.
    #[error("line {line} has more than {RECORD_LINE_BYTES} bytes")]
    Long {
        /// Its number, from 1.
        line: u64,
    },
}

/// Reads a record and hands each event on. A last line without an end is that of a host that was killed: it is left out.
/// Returns whether the record is whole to its end. Errors: as [`ReadError`], at the first line that is wrong.
pub fn read(mut from: impl BufRead, mut take: impl FnMut(Event)) -> Result<bool, ReadError> {
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let most = RECORD_LINE_BYTES as u64 + 1;
        from.by_ref().take(most).read_until(b'\n', &mut bytes)?;
        match bytes.split_last() {
            None => return Ok(true),
            Some((b'\n', [])) => {}
            Some((b'\n', text)) => take(serde_json::from_slice(text).map_err(|error| ReadError::Line { line, error })?),
            Some(_) if bytes.len() as u64 == most => return Err(ReadError::Long { line }),
            Some(_) => return Ok(false),
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::event::{Level, Reporter, Source};

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn recorded() -> Vec<u8> {
        let shared = Shared::default();
        let lines = JsonLines::new(shared.clone(), |error| panic!("{error}"));
        let (reporter, events) = Reporter::start(vec![Box::new(lines)]).unwrap();
        events.message(Level::Warning, Source::Vlan(3), "two\nlines \u{202e}\u{0}");
        events.of_test("a \"test\"").emit(EventKind::test_started());
        events.emit(EventKind::Console {
            machine: "m".into(),
            line: "login:".into(),
        });
        reporter.finish();
        shared.0.lock().unwrap().clone()
    }

    fn events(bytes: &[u8]) -> (Vec<Event>, Result<bool, ReadError>) {
        let mut events = Vec::new();
        let whole = read(bytes, |event| events.push(event));
        (events, whole)
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = recorded();
        assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 3);
        let (read, whole) = events(&bytes);
        assert!(whole.unwrap());
        assert!(
            matches!(&read[0].kind, EventKind::Message { level: Level::Warning, source: Source::Vlan(3), text } if text == "two\nlines \u{202e}\u{0}")
        );
        assert!(matches!(read[1].kind, EventKind::TestStarted { .. }));
        assert_eq!(read[1].test.as_deref(), Some("a \"test\""));
        let again = serde_json::to_string(&read[2]).unwrap();
        assert!(bytes.ends_with(format!("{again}\n").as_bytes()), "{again}");
    }

    #[test]
    fn a_record_that_was_cut_off_is_read_as_far_as_it_goes() {
        let bytes = recorded();
        for cut in [1, 10, 100] {
            let (read, whole) = events(&bytes[..bytes.len() - cut]);
            assert_eq!((read.len(), whole.unwrap()), (2, false), "{cut}");
        }
        assert!(events(b"").1.unwrap());
    }

    #[test]
    fn what_is_no_record_is_refused_with_the_line() {
        let mut bytes = recorded();
        bytes.extend_from_slice(b"{\"event\":\"unheard_of\"}\n");
        let (read, error) = events(&bytes);
        assert_eq!(read.len(), 3);
        assert!(error.unwrap_err().to_string().starts_with("line 4 is no event"));
        let long = vec![b' '; RECORD_LINE_BYTES + 2];
        assert!(matches!(events(&long).1, Err(ReadError::Long { line: 1 })));
        for wrong in ["offset\":-1.0", "offset\":1e300", "time\":\"yesterday\""] {
            let (name, _) = wrong.split_once(':').unwrap();
            let line = String::from_utf8(recorded()).unwrap();
            let line = line.lines().next().unwrap();
            let (before, rest) = line.split_once(name).unwrap();
            let rest = rest.split_once(',').unwrap().1;
            let line = format!("{before}{wrong},{rest}\n");
            assert!(
                matches!(events(line.as_bytes()).1, Err(ReadError::Line { .. })),
                "{line}"
            );
        }
    }

    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_told_once() {
        let told = Arc::new(Mutex::new(0));
        let count = Arc::clone(&told);
        let lines = JsonLines::new(Full, move |_| *count.lock().unwrap() += 1);
        let (reporter, events) = Reporter::start(vec![Box::new(lines)]).unwrap();
        for _ in 0..10_000 {
            events.message(Level::Info, Source::Host, "x");
        }
        reporter.finish();
        assert_eq!(*told.lock().unwrap(), 1);
    }
}
