//! What a command printed.

use std::fmt;
use std::ops::Deref;

/// What a command printed to its standard output: bytes, and a text to look at.
///
/// Dereferences to `str`, so that `output.trim()`, `output.lines()` and `output.contains("x")` work. Invalid UTF-8 is
/// shown as U+FFFD there; [`bytes`](Self::bytes), [`len`](Self::len) and comparison with bytes are exact.
#[derive(Clone, Default)]
pub struct Output {
    text: String,
    /// Only where the text is not the same bytes.
    binary: Option<Vec<u8>>,
}

impl Output {
    /// The exact bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.binary.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// The exact bytes, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.binary.unwrap_or_else(|| self.text.into_bytes())
    }

    /// As text, with U+FFFD for invalid UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// As text, without a copy.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// How many bytes the command printed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes().len()
    }

    /// Whether the command printed nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }
}

impl From<Vec<u8>> for Output {
    fn from(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self { text, binary: None },
            Err(error) => Self {
                text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
                binary: Some(error.into_bytes()),
            },
        }
    }
}

impl Deref for Output {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for Output {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl AsRef<[u8]> for Output {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

impl fmt::Display for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text, formatter)
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.binary {
            None => fmt::Debug::fmt(&self.text, formatter),
            Some(bytes) => write!(formatter, "b\"{}\"", bytes.escape_ascii()),
        }
    }
}

impl PartialEq for Output {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Output {}

impl PartialEq<str> for Output {
    fn eq(&self, other: &str) -> bool {
        self.bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Output {
    fn eq(&self, other: &&str) -> bool {
        self.bytes() == other.as_bytes()
    }
}

impl PartialEq<String> for Output {
    fn eq(&self, other: &String) -> bool {
        self.bytes() == other.as_bytes()
    }
}

impl PartialEq<[u8]> for Output {
    fn eq(&self, other: &[u8]) -> bool {
        self.bytes() == other
    }
}

impl<const N: usize> PartialEq<[u8; N]> for Output {
    fn eq(&self, other: &[u8; N]) -> bool {
        self.bytes() == other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_and_bytes() {
        let output = Output::from(b"two\nlines\n".to_vec());
        assert_eq!(output, "two\nlines\n");
        assert_eq!(output.lines().count(), 2);
        assert_eq!(output.bytes(), b"two\nlines\n");
        assert_eq!(format!("{output:?}"), r#""two\nlines\n""#);
        assert_eq!(output.into_bytes(), b"two\nlines\n");
    }

    #[test]
    fn binary_bytes_are_kept_and_shown() {
        let output = Output::from(vec![0xff, 0, b'a']);
        assert_eq!(output.text(), "\u{fffd}\0a");
        assert_eq!(output.len(), 3);
        assert_eq!(output, [0xff, 0, b'a']);
        assert_ne!(output, "\u{fffd}\0a");
        assert_eq!(format!("{output:?}"), r#"b"\xff\x00a""#);
        assert_eq!(output.into_bytes(), [0xff, 0, b'a']);
    }
}
