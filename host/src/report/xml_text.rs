//! Text that any XML parser takes.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A text in which what XML cannot hold is written out (`\u{1b}`): control characters, and two that are no characters.
/// Tabs and line feeds stay. What the record of a run holds has no such characters; a record may come from anywhere.
pub(super) fn xml_text(text: &str) -> Cow<'_, str> {
    if !text.contains(is_foreign) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_foreign(character) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// XML 1.0 takes carriage returns and control characters of eight bits; a parser turns the former into line feeds, and
/// what shows the latter may take them for terminal escape sequences.
fn is_foreign(character: char) -> bool {
    (character.is_control() && !matches!(character, '\t' | '\n')) || matches!(character, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_written_out() {
        assert_eq!(
            xml_text("a\u{0}\u{1b}[1m\r\u{7f}\u{9b}\u{ffff}"),
            "a\\u{0}\\u{1b}[1m\\u{d}\\u{7f}\\u{9b}\\u{ffff}"
        );
        assert!(matches!(xml_text("<two>\n\tlines & \u{fffd} 語"), Cow::Borrowed(_)));
    }
}
