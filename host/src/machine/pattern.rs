//! Regular expressions that tests hand over, and the texts in which they were not found.

use regex::{Regex, RegexBuilder};

use crate::error::Cause;
use crate::limits::{
    PATTERN_BYTES, PATTERN_PROGRAM_BYTES, PATTERN_QUOTED_BYTES, SOUGHT_LINE_BYTES, SOUGHT_QUOTED_LINES,
};
use crate::text;

/// Compiles a test's pattern, in which `^` and `$` match at line ends.
/// Errors: [`Cause::InvalidArgument`] for one that is wrong, or larger than a pattern may be.
pub(super) fn compile(pattern: &str) -> Result<Regex, Cause> {
    if pattern.len() > PATTERN_BYTES {
        let length = pattern.len();
        return Err(Cause::InvalidArgument(format!(
            "a pattern of {length} bytes; at most {PATTERN_BYTES} are allowed"
        )));
    }
    let compiled = RegexBuilder::new(pattern)
        .multi_line(true)
        .size_limit(PATTERN_PROGRAM_BYTES)
        .dfa_size_limit(PATTERN_PROGRAM_BYTES)
        .build();
    compiled.map_err(|error| {
        let reason = match &error {
            regex::Error::CompiledTooBig(_) => {
                format!("it takes more than {PATTERN_PROGRAM_BYTES} bytes once compiled; use smaller repetitions")
            }
            // Of several lines the last says what is wrong; those before it show where.
            _ => error
                .to_string()
                .lines()
                .last()
                .unwrap_or_default()
                .trim_start_matches("error: ")
                .to_owned(),
        };
        let pattern = text::quote(pattern, PATTERN_QUOTED_BYTES);
        Cause::InvalidArgument(format!(
            "pattern `{pattern}`: {}",
            text::quote(&reason, PATTERN_QUOTED_BYTES)
        ))
    })
}

/// Seeks a pattern in the background: with a pattern that has many states a large text takes minutes, and the runtime's
/// threads have other things to do. Whoever calls bounds it; a search that is dropped ends by itself.
pub(super) async fn search<T: Send + 'static>(
    pattern: &Regex,
    search: impl FnOnce(&Regex) -> Option<T> + Send + 'static,
) -> Result<Option<T>, Cause> {
    let pattern = pattern.clone();
    let searched = tokio::task::spawn_blocking(move || search(&pattern));
    searched
        .await
        .map_err(|error| Cause::Host(format!("the search failed: {error}")))
}

/// The last lines of a text in which a pattern was not found, each on a line of its own, for an error.
pub(super) fn quote_lines(lines: &[&str]) -> String {
    let skip = lines.len().saturating_sub(SOUGHT_QUOTED_LINES);
    let lines = lines.iter().skip(skip);
    lines
        .map(|line| format!("\n    {}", text::quote(line, SOUGHT_LINE_BYTES)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(pattern: &str) -> String {
        compile(pattern).unwrap_err().to_string()
    }

    #[test]
    fn line_ends_are_matched_in_the_middle_of_the_text() {
        let pattern = compile("^b$").unwrap();
        assert!(pattern.is_match("a\nb\nc"));
        assert!(!compile(r"\Ab").unwrap().is_match("a\nb"));
    }

    #[test]
    fn wrong_patterns_are_refused_in_one_line() {
        let text = refusal("a(b");
        assert_eq!(text, "invalid argument: pattern `a(b`: unclosed group");
        assert!(refusal("(?=x)").contains("look-around"), "{}", refusal("(?=x)"));
        assert!(refusal("a(\n").lines().count() == 1);
    }

    #[test]
    fn patterns_are_bounded_in_length_and_in_what_they_become() {
        assert!(refusal(&"x".repeat(PATTERN_BYTES + 1)).contains("at most"));
        assert!(refusal("(?:(?:x{1000}){1000}){1000}").contains("once compiled"));
        assert!(refusal(&"(".repeat(PATTERN_BYTES)).len() < 2_000);
    }
}
