//! What the guest's shells say: frames between STX and ETX, and stray bytes outside them.

/// Begins a frame.
pub(crate) const START: u8 = 0x02;
/// Ends a frame.
pub(crate) const END: u8 = 0x03;

/// The text by which a guest's first shell announces itself, on a line of its own.
pub(crate) const HANDSHAKE: &[u8] = b"Spawning backdoor root shell...";

/// What stands on a console.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// A frame's inside. Not checked in any way: a guest says what it likes.
    Frame(Vec<u8>),
    /// The handshake of a new first shell.
    Handshake,
    /// Bytes that nobody expects here.
    Stray(Vec<u8>),
}

/// Cuts a console's bytes into items. Bounded: a frame that grows past its limit becomes stray.
#[derive(Debug)]
pub(crate) struct FrameScanner {
    /// What follows the last START, where there is one that has no END yet.
    open: Option<Vec<u8>>,
    stray: Vec<u8>,
    most: usize,
    most_stray: usize,
}

impl FrameScanner {
    /// For frames of at most so many bytes, of which so many are kept of a line outside frames: more than the handshake has.
    pub(crate) fn new(most: usize, most_stray: usize) -> Self {
        Self {
            open: None,
            stray: Vec::new(),
            most,
            most_stray,
        }
    }

    /// How many bytes are kept.
    #[cfg(any(test, fuzzing))]
    pub(super) fn held(&self) -> usize {
        self.open.as_ref().map_or(0, Vec::len) + self.stray.len()
    }

    /// Takes bytes, gives the items that they complete.
    pub(crate) fn push(&mut self, mut bytes: &[u8], items: &mut Vec<Item>) {
        while !bytes.is_empty() {
            let Some(open) = &mut self.open else {
                let at = memchr::memchr(START, bytes);
                let (head, tail) = bytes.split_at(at.unwrap_or(bytes.len()));
                self.stray(head, items);
                bytes = tail.get(1..).unwrap_or_default();
                if at.is_some() {
                    self.flush(items);
                    self.open = Some(Vec::new());
                }
                continue;
            };
            // A second START: the first was no frame's.
            let at = memchr::memchr2(START, END, bytes);
            let (head, tail) = bytes.split_at(at.unwrap_or(bytes.len()));
            open.extend_from_slice(head);
            match tail.first() {
                Some(&END) => {
                    let frame = std::mem::take(open);
                    self.open = None;
                    bytes = tail.get(1..).unwrap_or_default();
                    items.push(Item::Frame(frame));
                }
                _ if at.is_some() || open.len() > self.most => {
                    let abandoned = std::mem::take(open);
                    self.open = None;
                    bytes = tail;
                    self.stray(&abandoned, items);
                }
                _ => bytes = tail,
            }
        }
    }

    /// Stray bytes are given line by line, and searched for the handshake, which can come in several pieces.
    fn stray(&mut self, bytes: &[u8], items: &mut Vec<Item>) {
        self.stray.extend_from_slice(bytes);
        if let Some(at) = memchr::memmem::find(&self.stray, HANDSHAKE) {
            let rest = self.stray.split_off(at + HANDSHAKE.len());
            self.stray.truncate(at);
            self.flush(items);
            items.push(Item::Handshake);
            self.stray = rest;
        }
        if let Some(end) = memchr::memrchr(b'\n', &self.stray) {
            let rest = self.stray.split_off(end + 1);
            self.flush(items);
            self.stray = rest;
        }
        if self.stray.len() > self.most_stray {
            // The handshake's beginning may be at the end.
            let rest = self.stray.split_off(self.stray.len().saturating_sub(HANDSHAKE.len()));
            self.flush(items);
            self.stray = rest;
        }
    }

    fn flush(&mut self, items: &mut Vec<Item>) {
        let stray = std::mem::take(&mut self.stray);
        if !stray.trim_ascii().is_empty() {
            items.push(Item::Stray(stray));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::FRAME_BYTES;

    fn scan(chunks: &[&[u8]]) -> Vec<Item> {
        let mut scanner = FrameScanner::new(20, FRAME_BYTES);
        let mut items = Vec::new();
        chunks.iter().for_each(|chunk| scanner.push(chunk, &mut items));
        items
    }

    fn frame(text: &str) -> Item {
        Item::Frame(text.into())
    }

    #[test]
    fn frames_are_found_between_strays() {
        let items = scan(&[b"noise\x02a b\x03\n\x02", b"c\x03", b"wall message\nrest\x02d\x03"]);
        let stray = |text: &str| Item::Stray(text.into());
        assert_eq!(
            items,
            [
                stray("noise"),
                frame("a b"),
                frame("c"),
                stray("wall message\n"),
                stray("rest"),
                frame("d")
            ]
        );
    }

    #[test]
    fn the_handshake_is_found_in_pieces() {
        let text = b"boot\nSpawning backdoor root shell...\n";
        for cut in 1..text.len() {
            let (head, tail) = text.split_at(cut);
            assert!(scan(&[head, tail]).contains(&Item::Handshake), "{cut}");
        }
    }

    #[test]
    fn a_frame_without_end_does_not_swallow_the_next() {
        assert!(scan(&[b"\x02broken \x02good\x03"]).contains(&frame("good")));
        assert!(scan(&[b"\x02", &[b'x'; 21], b"\n\x02good\x03"]).contains(&frame("good")));
    }

    #[test]
    fn endless_strays_are_bounded() {
        let mut scanner = FrameScanner::new(FRAME_BYTES, FRAME_BYTES);
        let mut items = Vec::new();
        for _ in 0..1_000 {
            scanner.push(&[b'x'; 1_000], &mut items);
            items.clear();
        }
        scanner.push(&[START], &mut items);
        for _ in 0..1_000 {
            scanner.push(&[b'x'; 1_000], &mut items);
            items.clear();
        }
        assert!(scanner.stray.len() <= FRAME_BYTES && scanner.open.as_ref().map_or(0, Vec::len) <= FRAME_BYTES);
    }
}
