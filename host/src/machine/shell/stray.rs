//! What comes from a guest's shells and is nobody's answer: shown, but never as a flood.

use std::time::Instant;

use crate::limits::{QUOTED_BYTES, STRAY_LINES, STRAY_WINDOW};
use crate::text;

/// Counts what is shown.
#[derive(Debug, Default)]
pub(super) struct Strays {
    since: Option<Instant>,
    lines: usize,
    hidden: usize,
}

impl Strays {
    /// What is to be told of these bytes, and of those that were not shown before.
    pub(super) fn shown(&mut self, what: &str, bytes: &[u8], now: Instant) -> Vec<String> {
        let mut texts = Vec::new();
        if self.since.is_none_or(|since| now.duration_since(since) >= STRAY_WINDOW) {
            if self.hidden > 0 {
                texts.push(format!("{what}: {} more bytes", self.hidden));
            }
            *self = Self {
                since: Some(now),
                ..Self::default()
            };
        }
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
        while self.lines < STRAY_LINES
            && let Some(line) = lines.next()
        {
            let shown = line.trim_ascii_end();
            if !shown.trim_ascii().is_empty() {
                self.lines += 1;
                texts.push(format!("{what}: {}", text::clean(shown, QUOTED_BYTES)));
            }
        }
        self.hidden += lines.map(<[u8]>::len).sum::<usize>();
        texts
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_flood_is_counted_instead_of_shown() {
        let mut strays = Strays::default();
        let start = Instant::now();
        let shown = strays.shown("stray", b"one\n\n  two\nthree", start);
        assert_eq!(shown, ["stray: one", "stray:   two", "stray: three"]);
        let flood = b"y\n".repeat(1000);
        let mut count = 3;
        for _ in 0..100 {
            count += strays.shown("stray", &flood, start + Duration::from_millis(10)).len();
        }
        assert_eq!(count, STRAY_LINES);
        let hidden = 2 * (100 * 1000 - (STRAY_LINES - 3));
        let later = strays.shown("stray", b"late\n", start + STRAY_WINDOW);
        assert_eq!(later, [format!("stray: {hidden} more bytes"), "stray: late".to_owned()]);
    }
}
