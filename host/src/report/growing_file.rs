//! A file that grows as a run goes on, and can be read to its end at every moment.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;

use super::destination::{Destination, Failed, Stream};
use crate::limits::REPORT_BUFFER_BYTES;

/// A file whose text is followed by what closes it: tags, brackets. Each write covers the closing that the last one left,
/// so that the file is whole whenever nothing is being written.
pub(super) struct GrowingFile {
    /// Nothing where writing has failed.
    out: Option<Out>,
    /// What is not written yet.
    pending: Vec<u8>,
    failed: Failed,
}

enum Out {
    /// A file, and where its text ends and its closing begins.
    File(File, u64),
    /// What cannot be gone back in: it is closed at the end only.
    Stream(Stream),
}

impl GrowingFile {
    /// Makes the file anew, or what stands for it. Where writing fails, `failed` is told once and nothing more is written.
    /// Errors: it cannot be made.
    pub(super) fn create(destination: &Destination, failed: Failed) -> io::Result<Self> {
        let out = match destination {
            Destination::StandardOutput => Out::Stream(Box::new(io::stdout())),
            Destination::File(path) => {
                let file = File::create(path)?;
                if file.metadata()?.is_file() {
                    Out::File(file, 0)
                } else {
                    Out::Stream(Box::new(file))
                }
            }
        };
        Ok(Self {
            out: Some(out),
            pending: Vec::new(),
            failed,
        })
    }

    /// Where to add text. It is written at the next [`GrowingFile::flush`].
    pub(super) fn text(&mut self) -> &mut Vec<u8> {
        &mut self.pending
    }

    /// Whether there is so much to write that it should not wait.
    pub(super) fn is_full(&self) -> bool {
        self.pending.len() >= REPORT_BUFFER_BYTES
    }

    /// Writes what there is, with what closes it.
    pub(super) fn flush(&mut self, closing: &str) {
        self.write(closing, false);
    }

    /// The same, for the last time.
    pub(super) fn finish(&mut self, closing: &str) {
        self.write(closing, true);
    }

    fn write(&mut self, closing: &str, last: bool) {
        let text = std::mem::take(&mut self.pending);
        let written = match &mut self.out {
            None => Ok(()),
            Some(Out::File(file, end)) => append(file, end, text, closing),
            Some(Out::Stream(stream)) => {
                let closing = if last { closing } else { "" };
                let written = stream
                    .write_all(&text)
                    .and_then(|()| stream.write_all(closing.as_bytes()));
                written.and_then(|()| stream.flush())
            }
        };
        if let Err(error) = written {
            self.out = None;
            (self.failed)(&error);
        }
    }
}

/// In one write, which covers the old closing: text and closing are never shorter than that.
fn append(file: &File, end: &mut u64, mut text: Vec<u8>, closing: &str) -> io::Result<()> {
    let length = text.len() as u64;
    text.extend_from_slice(closing.as_bytes());
    file.write_all_at(&text, *end)?;
    *end += length;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_after_each_flush() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("file");
        std::fs::write(&path, "something longer that was there before").unwrap();
        let destination = Destination::File(path.clone());
        let mut file = GrowingFile::create(&destination, Box::new(|error| panic!("{error}"))).unwrap();
        let mut seen = Vec::new();
        for (text, closing) in [("(", ")"), ("(", "))"), ("1", "))"), (")", ")"), ("", ")")] {
            file.text().extend_from_slice(text.as_bytes());
            file.flush(closing);
            seen.push(std::fs::read_to_string(&path).unwrap());
        }
        assert_eq!(seen, ["()", "(())", "((1))", "((1))", "((1))"]);
    }

    #[test]
    fn a_stream_is_closed_at_its_end() {
        let (reader, writer) = io::pipe().unwrap();
        let mut file = GrowingFile {
            out: Some(Out::Stream(Box::new(writer))),
            pending: b"(1".to_vec(),
            failed: Box::new(|error| panic!("{error}")),
        };
        file.flush(")");
        file.text().push(b'2');
        file.finish(")");
        drop(file);
        assert_eq!(io::read_to_string(reader).unwrap(), "(12)");
    }

    #[test]
    fn a_full_disk_is_told_once() {
        let told = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let count = std::sync::Arc::clone(&told);
        let failed = Box::new(move |_: &io::Error| {
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        });
        let destination = Destination::File("/dev/full".into());
        let mut file = GrowingFile::create(&destination, failed).unwrap();
        for _ in 0..3 {
            file.text().push(b'x');
            file.flush("");
        }
        assert_eq!(told.load(std::sync::atomic::Ordering::Relaxed), 1);
    }
}
