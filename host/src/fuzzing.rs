//! What fuzz targets check: each function takes any bytes, and panics where something does not hold that must.
//!
//! The targets are in `tests/fuzz`, for which this is compiled. It is compiled for unit tests, too, so that lints see it.

pub use crate::machine::fuzzing::{
    archive, arguments, console_lines, guest_output, monitor_messages, patterns, picture, shell_frames,
};
use crate::text;

mod paths;

pub use paths::paths;

/// More than any text has that is checked here.
const MUCH: usize = usize::MAX;

/// The same bytes whole, byte by byte, and in pieces of sizes that the bytes themselves decide on.
pub(crate) fn chunkings(bytes: &[u8]) -> [Vec<&[u8]>; 3] {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    let mut state = bytes.iter().fold(bytes.len() as u64 | 1, |sum, byte| {
        sum.wrapping_mul(0x0000_0100_0000_01b3) ^ u64::from(*byte)
    });
    while !rest.is_empty() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let size = (state % 40 + 1) as usize;
        let (piece, after) = rest.split_at(size.min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    [vec![bytes], bytes.chunks(1).collect(), pieces]
}

/// Lines that nobody need fear to print.
pub(crate) fn assert_harmless(lines: &str) {
    assert_eq!(text::clean_lines(lines.as_bytes(), MUCH), lines, "not harmless");
}

/// The same of a single line.
pub(crate) fn assert_harmless_line(line: &str) {
    assert_eq!(text::clean(line.as_bytes(), MUCH), line, "not harmless");
}

/// The words of a shell's command line in which nothing is left for a shell to replace but what stands outside quotes.
pub(crate) fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next() {
                        Some('\'') => break,
                        Some(quoted) => word.push(quoted),
                        None => panic!("a quote is open at the end of {line:?}"),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(characters.next()),
            ' ' | '\n' => words.extend(word.take()),
            plain => word.get_or_insert_default().push(plain),
        }
    }
    words.extend(word);
    words
}
