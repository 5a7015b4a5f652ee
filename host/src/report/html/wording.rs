//! Times and sizes for people.

use std::borrow::Cow;
use std::time::Duration;

use crate::event::{MachineReport, Source};

/// Since the start of the run, in seconds to the millisecond.
pub(super) fn moment(offset: Duration) -> String {
    format!("{:.3}", offset.as_secs_f64())
}

/// How long something took.
pub(super) fn took(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    if elapsed < Duration::from_millis(1) {
        "< 1 ms".into()
    } else if seconds < 1 {
        format!("{} ms", elapsed.as_millis())
    } else if seconds < 10 {
        format!("{:.2} s", elapsed.as_secs_f64())
    } else if seconds < 120 {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else if seconds < 7_200 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{} h {:02} min", seconds / 3_600, seconds / 60 % 60)
    }
}

/// At most so many bytes of a text, with a note where that is not all.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    let kept = text.get(..text.floor_char_boundary(most)).unwrap_or_default();
    if kept.len() == text.len() {
        return Cow::Borrowed(text);
    }
    let left = text.len() - kept.len();
    Cow::Owned(format!("{kept} [{left} more bytes in the record]"))
}

/// At most so many bytes of the end of a text, with a note where that is not all.
pub(super) fn cut_beginning(text: &str, most: usize) -> Cow<'_, str> {
    let from = text.ceil_char_boundary(text.len().saturating_sub(most));
    if from == 0 {
        return Cow::Borrowed(text);
    }
    let kept = text.get(from..).unwrap_or_default();
    Cow::Owned(format!("[{from} bytes before in the record]\n{kept}"))
}

/// `1 test`, `2 tests`.
pub(super) fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// How things stood when somebody asked.
pub(super) fn status(in_progress: &str, machines: &[MachineReport]) -> String {
    let mut text = format!("how things stood: {in_progress}");
    for machine in machines {
        let seen = machine.seen.as_ref().map(|seen| format!(", last seen: {seen}"));
        let limit = machine
            .limit
            .as_ref()
            .map(|limit| format!(", within {} of {}", limit.name, limit.value));
        let state = machine.state.word();
        let details = [limit, seen].into_iter().flatten().collect::<String>();
        text.push_str(&format!("\n{}: {state}{details}", machine.name));
        for line in &machine.console {
            text.push_str(&format!("\n    {line}"));
        }
    }
    text
}

/// Who speaks, or is meant.
pub(super) fn source(source: &Source) -> Cow<'_, str> {
    match source {
        Source::Host => "proctor".into(),
        Source::Test => "test".into(),
        Source::Machine(name) => Cow::Borrowed(name),
        Source::Vlan(number) => format!("vlan {number}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_exact_as_they_are_of_interest() {
        let seconds = Duration::from_secs_f64;
        let words = [0.000_9, 0.0123, 3.107, 59.96, 119.94, 125.0, 7_320.0].map(|time| took(seconds(time)));
        assert_eq!(
            words,
            [
                "< 1 ms",
                "12 ms",
                "3.11 s",
                "60.0 s",
                "119.9 s",
                "2 min 05 s",
                "2 h 02 min"
            ]
        );
        assert_eq!(moment(seconds(3.4294)), "3.429");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("aüb", 4), "aüb");
        assert_eq!(cut("aüb", 2), "a [3 more bytes in the record]");
        assert_eq!(cut_beginning("aüb", 2), "[3 bytes before in the record]\nb");
        assert_eq!(cut_beginning("aüb", 4), "aüb");
    }
}
