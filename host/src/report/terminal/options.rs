//! What a user may choose.

use crate::event::Level;

/// How the report looks and how much it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Whether escape sequences may be written. Default: no.
    pub colour: bool,
    /// Whether the machines' serial lines are shown. Where they are, a test may still switch them off and on.
    /// Default: yes.
    pub show_serial: bool,
    /// The least important level that is shown. The course of a test (calls, spans, serial lines, states of machines)
    /// counts as [`Level::Info`]; verdicts, failures and the summary are always shown. Default: [`Level::Info`].
    pub level: Level,
    /// Whether the last line, written anew each second, tells what goes on. Default: no.
    pub status_line: bool,
    /// Whether what a test prints stands there as it is, without time and name: it answers somebody. Default: no.
    pub plain_test: bool,
    /// Whether a workflow of GitHub Actions reads it: tests are groups, and failures are annotations. Default: no.
    pub workflow: bool,
}

impl Default for TerminalOptions {
    fn default() -> Self {
        Self {
            colour: false,
            show_serial: true,
            level: Level::Info,
            status_line: false,
            plain_test: false,
            workflow: false,
        }
    }
}
