//! A stream of bytes, line by line.

/// Splits a stream of bytes into lines of bounded length, without their line ends and trailing blanks.
#[derive(Debug)]
pub(crate) struct LineSplitter {
    partial: Vec<u8>,
    most: usize,
}

impl LineSplitter {
    /// For lines of at most so many bytes; longer ones go on as other lines.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            partial: Vec::new(),
            most,
        }
    }

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
        while self.partial.len() + bytes.len() > self.most {
            let (head, tail) = bytes.split_at(self.most - self.partial.len());
            self.partial.extend_from_slice(head);
            // The line goes on: its blanks are in its middle, and a character is not to be cut in two.
            let end = whole_characters(&self.partial);
            line_seen(without_returns(self.partial.get(..end).unwrap_or_default()));
            self.partial.drain(..end);
            bytes = tail;
        }
        self.partial.extend_from_slice(bytes);
    }

    /// What has come of the next line.
    pub(super) fn partial(&self) -> &[u8] {
        &self.partial
    }

    /// Gives the last line, where it has no line end.
    pub(crate) fn finish(self, mut line_seen: impl FnMut(&[u8])) {
        if !self.partial.is_empty() {
            line_seen(trim(&self.partial));
        }
    }
}

/// How many bytes there are without a character of UTF-8 whose end has not come.
fn whole_characters(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(3);
    let lead = last.zip(1..).find(|(byte, _)| **byte & 0b1100_0000 != 0b1000_0000);
    let (expected, there) = match lead {
        Some((0xf0..=0xf7, there)) => (4, there),
        Some((0xe0..=0xef, there)) => (3, there),
        Some((0xc0..=0xdf, there)) => (2, there),
        _ => (0, 0),
    };
    bytes.len() - if there < expected { there } else { 0 }
}

fn trim(line: &[u8]) -> &[u8] {
    without_returns(line.trim_ascii_end())
}

/// A carriage return at either end moves a terminal's cursor and nothing else.
pub(super) fn without_returns(mut line: &[u8]) -> &[u8] {
    while let [b'\r', rest @ ..] | [rest @ .., b'\r'] = line {
        line = rest;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::CONSOLE_LINE_BYTES;

    fn split(chunks: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let mut splitter = LineSplitter::new(CONSOLE_LINE_BYTES);
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

    #[test]
    fn a_line_is_cut_between_characters_and_keeps_its_blanks() {
        let mut lines = Vec::new();
        let mut splitter = LineSplitter::new(8);
        splitter.push("aaaaaaü€b      c𝄞\n".as_bytes(), |line| lines.push(line.to_vec()));
        let expected = ["aaaaaaü", "€b    ", "  c𝄞"];
        assert_eq!(lines, expected.map(|line| line.as_bytes().to_vec()));
        // What is no UTF-8 is cut anywhere.
        for byte in [0x80, 0xff, 0xc3] {
            let mut splitter = LineSplitter::new(8);
            splitter.push(&[byte; 100], |line| assert!((5..=8).contains(&line.len())));
        }
    }
}
