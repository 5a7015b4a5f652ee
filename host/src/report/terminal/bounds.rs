//! Every size, count and duration of the terminal's report.

use std::time::Duration;

/// A call that goes on is told after so long, then after twice as long and so on, where there is no terminal whose last
/// line tells it each second.
pub(super) const WAITING_TOLD: Duration = Duration::from_secs(30);
/// The line about what goes on, in bytes; a terminal shows as much of it as it has columns.
pub(super) const STATUS_BYTES: usize = 500;
/// Text waiting to be written, in bytes, from which it is written without being told to. A flood of serial lines is
/// written in pieces of this size; what it costs beyond is not measurable.
pub(super) const BUFFER_BYTES: usize = 64 << 10;
/// Between two attempts at a stream that does not block and takes nothing at the moment. Not noticed by a reader.
pub(super) const STREAM_PAUSE: Duration = Duration::from_millis(5);
/// A stream that takes nothing for so long is given up: a run must end although its terminal is held.
pub(super) const STREAM_PATIENCE: Duration = Duration::from_secs(30);
/// The deepest indentation, in levels. Deeper spans are shown at this level, so that text keeps room on a line.
pub(super) const DEEPEST_INDENT: usize = 20;
/// The columns of one level.
pub(super) const INDENT_COLUMNS: usize = 2;
/// The columns of a line's time and what separates it from the text: `9999.99` is almost three hours.
pub(super) const TIME_COLUMNS: usize = 7;
/// Lines of one field in a failure's block. The old driver's users scroll back for more; the record has it.
pub(super) const FIELD_LINES: usize = 40;
/// One line of a field in a failure's block, in bytes: some screen lines of it. The record has all.
pub(super) const FIELD_LINE_BYTES: usize = 2_000;
/// The columns of a field's name: the longest is `in progress`.
pub(super) const FIELD_NAME_COLUMNS: usize = 11;
/// The columns of the rules around a failure's block: they fit on the narrowest terminal in use.
pub(super) const RULE_COLUMNS: usize = 76;
/// When so many lines have been printed since a failure's block, it has left the screen and is printed again.
pub(super) const SCREEN_LINES: u64 = 20;
/// Failures printed again at the end. More than these nobody reads there.
pub(super) const REPEATED_FAILURES: usize = 100;
/// Lines of a failure's message that are printed again.
pub(super) const BEGINNING_LINES: usize = 10;
/// One of them, in bytes: two lines of a screen.
pub(super) const BEGINNING_BYTES: usize = 200;
/// What a machine printed during a failed command, in lines: the reason is among the last.
pub(super) const CALL_CONSOLE_LINES: usize = 10;
/// What is left of a limit is told where it is less: one of years, as a session has, bounds nothing that anybody waits for.
pub(super) const LONGEST_LEFT: Duration = Duration::from_secs(365 * 24 * 3600);
