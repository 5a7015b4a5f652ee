//! Between threads that read and write files and the task that talks to the guest.

use std::io::{self, Read, Write};

use tokio::sync::mpsc;

use crate::limits::{ARCHIVE_STRETCH_BYTES, COPY_PIECE_BYTES};

/// What came from a machine, as a reader for a thread.
#[derive(Debug)]
pub(super) struct PieceReader {
    pieces: mpsc::Receiver<Vec<u8>>,
    piece: io::Cursor<Vec<u8>>,
}

impl PieceReader {
    pub(super) fn new(pieces: mpsc::Receiver<Vec<u8>>) -> Self {
        Self {
            pieces,
            piece: io::Cursor::default(),
        }
    }
}

impl Read for PieceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.piece.read(buffer)? {
                0 if !buffer.is_empty() => match self.pieces.blocking_recv() {
                    Some(piece) => self.piece = io::Cursor::new(piece),
                    None => return Ok(0),
                },
                count => return Ok(count),
            }
        }
    }
}

/// What goes to a machine, as a writer for a thread.
#[derive(Debug)]
pub(super) struct PieceWriter {
    pieces: mpsc::Sender<Vec<u8>>,
    piece: Vec<u8>,
    /// Whether the reader has to be told the length of each piece.
    told: bool,
}

/// The digits of a length that is told.
const LENGTH: usize = 16;

impl PieceWriter {
    /// For a reader that knows how much will come.
    pub(super) fn new(pieces: mpsc::Sender<Vec<u8>>) -> Self {
        Self {
            pieces,
            piece: Vec::new(),
            told: false,
        }
    }

    /// For a reader that is told the length of each stretch, in hexadecimal digits before it, and that none follows.
    pub(super) fn telling(pieces: mpsc::Sender<Vec<u8>>) -> Self {
        Self {
            pieces,
            piece: vec![b'0'; LENGTH],
            told: true,
        }
    }

    /// Sends what is left. Errors: nobody wants it any more.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.send()?;
        if self.told && self.piece.len() == LENGTH {
            // The length of nothing.
            self.pieces.blocking_send(self.piece).map_err(|_| unwanted())?;
        }
        Ok(())
    }

    fn send(&mut self) -> io::Result<()> {
        let next = if self.told {
            let length = self.piece.len() - LENGTH;
            if length == 0 {
                return Ok(());
            }
            if let Some(place) = self.piece.get_mut(..LENGTH) {
                place.copy_from_slice(format!("{length:0LENGTH$x}").as_bytes());
            }
            vec![b'0'; LENGTH]
        } else {
            Vec::new()
        };
        let piece = std::mem::replace(&mut self.piece, next);
        if piece.is_empty() {
            return Ok(());
        }
        self.pieces.blocking_send(piece).map_err(|_| unwanted())
    }
}

impl Write for PieceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let most = if self.told {
            LENGTH + ARCHIVE_STRETCH_BYTES
        } else {
            COPY_PIECE_BYTES
        };
        let taken = bytes.len().min(most - self.piece.len());
        self.piece.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        if self.piece.len() == most {
            self.send()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn unwanted() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the machine takes no more")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(length: usize, writer: fn(mpsc::Sender<Vec<u8>>) -> PieceWriter) -> Vec<u8> {
        let (sender, receiver) = mpsc::channel(1);
        let thread = std::thread::spawn(move || {
            let mut writer = writer(sender);
            let bytes: Vec<u8> = (0..=255).cycle().take(length).collect();
            writer.write_all(&bytes).unwrap();
            writer.finish().unwrap();
        });
        let mut read = Vec::new();
        PieceReader::new(receiver).read_to_end(&mut read).unwrap();
        thread.join().unwrap();
        read
    }

    #[test]
    fn bytes_pass_as_they_are() {
        for length in [0, 1, COPY_PIECE_BYTES, 3 * COPY_PIECE_BYTES + 1] {
            let bytes: Vec<u8> = (0..=255).cycle().take(length).collect();
            assert!(pass(length, PieceWriter::new) == bytes, "{length}");
        }
    }

    #[test]
    fn lengths_are_told() {
        assert_eq!(pass(0, PieceWriter::telling), b"0000000000000000");
        assert_eq!(
            pass(3, PieceWriter::telling),
            b"0000000000000003\0\x01\x020000000000000000"
        );
        let long = pass(ARCHIVE_STRETCH_BYTES + 1, PieceWriter::telling);
        assert!(long.starts_with(b"0000000000800000\0\x01") && long.ends_with(b"0000000000000001\x000000000000000000"));
        assert_eq!(long.len(), ARCHIVE_STRETCH_BYTES + 1 + 3 * LENGTH);
    }

    #[test]
    fn a_writer_whose_reader_is_gone_ends() {
        let (sender, receiver) = mpsc::channel(1);
        drop(receiver);
        let mut writer = PieceWriter::new(sender);
        let error = writer.write_all(&vec![0; COPY_PIECE_BYTES]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
