//! What a call gave the test, ready to be shown.

use crate::error::CommandResult;
use crate::event::CommandReport;
use crate::limits::{CALL_OUTPUT_BYTES, TOLD_ITEMS};
use crate::machine::{Machine, quoted};
use crate::text;

/// What a call gave.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// In words, shortened; nothing where there is nothing to say.
    pub(super) result: Option<String>,
    /// The command that ran.
    pub(super) command: Option<CommandReport>,
}

/// What can be given to a test.
pub(super) trait Told {
    /// For the reports.
    fn told(&self) -> Answer;
}

fn in_words(result: impl Into<String>) -> Answer {
    Answer {
        result: Some(result.into()),
        command: None,
    }
}

impl Told for () {
    fn told(&self) -> Answer {
        Answer::default()
    }
}

impl Told for CommandResult {
    fn told(&self) -> Answer {
        Answer {
            result: None,
            command: Some(report(&self.command, self.status, &self.stdout, CALL_OUTPUT_BYTES)),
        }
    }
}

impl Told for String {
    fn told(&self) -> Answer {
        in_words(quoted(self))
    }
}

impl Told for Vec<String> {
    fn told(&self) -> Answer {
        let items: Vec<String> = self.iter().take(TOLD_ITEMS).map(|item| quoted(item)).collect();
        let more = if self.len() > TOLD_ITEMS { ", …" } else { "" };
        in_words(format!("[{}{more}]", items.join(", ")))
    }
}

impl Told for Vec<(String, String)> {
    fn told(&self) -> Answer {
        in_words(format!("{} properties", self.len()))
    }
}

impl Told for std::path::PathBuf {
    fn told(&self) -> Answer {
        in_words(quoted(&self.to_string_lossy()))
    }
}

impl Told for u16 {
    fn told(&self) -> Answer {
        in_words(self.to_string())
    }
}

impl Told for Machine {
    fn told(&self) -> Answer {
        in_words(format!("machine `{}`", self.name()))
    }
}

/// A command with the end of its output, of which `most` bytes are kept, as of the command.
pub(super) fn report(command: &str, status: i32, output: &[u8], most: usize) -> CommandReport {
    let from = output.len().saturating_sub(most);
    CommandReport {
        command: text::clean_lines(command.as_bytes(), most),
        status,
        output: text::clean_lines(output.get(from..).unwrap_or_default(), most),
    }
}
