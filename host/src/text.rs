//! Text from guests and tests, made harmless.

use std::fmt::Write as _;
use std::path::Path;

/// Makes a line of text safe to show anywhere: terminal escape sequences and what a terminal does not print are
/// removed, other control characters and characters that change the direction of text are written out (`\u{202e}`),
/// invalid UTF-8 becomes U+FFFD, and what is longer than `most` bytes is cut with a note.
pub fn clean(bytes: &[u8], most: usize) -> String {
    clean_with(bytes, most, false)
}

/// As [`clean`], of a path.
pub fn clean_path(path: &Path, most: usize) -> String {
    clean(path.as_os_str().as_encoded_bytes(), most)
}

/// As [`clean`], but keeps line feeds.
pub fn clean_lines(bytes: &[u8], most: usize) -> String {
    clean_with(bytes, most, true)
}

fn clean_with(bytes: &[u8], most: usize, keep_line_feeds: bool) -> String {
    let kept = bytes.get(..most).unwrap_or(bytes);
    let valid = String::from_utf8_lossy(kept);
    let text = anstream::adapter::strip_str(&valid);
    let mut out = String::with_capacity(kept.len());
    for c in text.flat_map(str::chars) {
        match c {
            '\t' => out.push('\t'),
            '\n' if keep_line_feeds => out.push('\n'),
            c if is_harmful(c) => write_escaped(&mut out, c),
            c => out.push(c),
        }
    }
    if bytes.len() > most {
        write_to(&mut out, format_args!(" [{} more bytes]", bytes.len() - most));
    }
    out
}

/// Control characters, and those that reorder or hide what stands around them: Unicode's `Bidi_Control` and
/// `Default_Ignorable_Code_Point`, but for the selectors of variants, which belong to the character before them.
pub(crate) fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        )
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}')
        || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

pub(crate) fn write_escaped(out: &mut String, c: char) {
    write_to(out, format_args!("\\u{{{:x}}}", u32::from(c)));
}

fn write_to(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(arguments);
}

/// Quotes a command for one line of a log: at most `most` bytes of it, line feeds written as `\n`.
pub fn quote(command: &str, most: usize) -> String {
    clean(command.replace('\n', "\\n").as_bytes(), most)
}

/// A text as one word of a shell's command line, whatever it holds.
pub fn shell_quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Bytes as two hexadecimal digits each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_turns_text_is_harmful() {
        let property = r"[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}--\p{Variation_Selector}]";
        let property = regex::Regex::new(property).unwrap();
        let missing: Vec<char> = (char::MIN..=char::MAX)
            .filter(|c| property.is_match(c.encode_utf8(&mut [0; 4])) && !is_harmful(*c))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        // And nothing that is seen is.
        for c in "aß\u{a0}\u{301}語\u{fe0f}\u{1f600}\u{fffd}".chars() {
            assert!(!is_harmful(c), "{c:?}");
        }
    }

    #[test]
    fn a_shell_word_is_taken_as_it_stands() {
        for word in ["", "plain", "it's", "'", "$(x) `y` \"z\" \\ \n*", "-x"] {
            let script = format!("printf %s {}", shell_quote(word));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(output.stdout, word.as_bytes());
        }
    }

    #[test]
    fn escapes_and_controls_are_harmless() {
        assert_eq!(clean(b"\x1b[31mred\x1b[0m\x07\0 \xff\t.", 100), "red \u{fffd}\t.");
        assert_eq!(clean(b"\x1b]0;title\x07text", 100), "text");
        assert_eq!(clean("a\u{202e}b\u{9b}31m".as_bytes(), 100), "a\\u{202e}b\\u{9b}31m");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(clean(b"abcdef", 3), "abc [3 more bytes]");
    }

    #[test]
    fn a_cut_through_a_character_is_harmless() {
        assert_eq!(clean("aü".as_bytes(), 2), "a\u{fffd} [1 more bytes]");
    }

    #[test]
    fn line_feeds_stay_where_wanted() {
        assert_eq!(clean(b"a\nb\r", 10), "a\\u{a}b\\u{d}");
        assert_eq!(clean_lines(b"a\nb", 10), "a\nb");
    }
}
