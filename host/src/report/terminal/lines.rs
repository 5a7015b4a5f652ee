//! One line: time, indentation, styled text.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::Style;

use super::bounds;
use super::output::Output;

/// Writes lines of the log. A line feed inside a text continues it on the next line, indented beneath its beginning,
/// so that no text can look like a line of ours.
pub(super) struct Lines {
    output: Output,
    faint: Style,
    /// The columns before the text of the line begun last.
    columns: usize,
}

impl Lines {
    pub(super) fn new(output: Output, faint: Style) -> Self {
        Self {
            output,
            faint,
            columns: 0,
        }
    }

    /// Begins a line with the time since the start of the run.
    pub(super) fn begin(&mut self, offset: Duration, depth: usize) -> &mut Self {
        let indent = depth.min(bounds::DEEPEST_INDENT) * bounds::INDENT_COLUMNS;
        let (faint, width, seconds) = (self.faint, bounds::TIME_COLUMNS, offset.as_secs_f64());
        // Writing to the output cannot fail: see there.
        let _ = write!(self.output, "{faint}{seconds:>width$.2}{faint:#}  {:indent$}", "");
        self.columns = bounds::TIME_COLUMNS + 2 + indent;
        self
    }

    /// Adds text in a style. Each of its lines is styled and reset by itself, so that a cut log stays legible.
    pub(super) fn text(&mut self, style: Style, text: &str) -> &mut Self {
        let mut pieces = text.split('\n');
        if let Some(first) = pieces.next() {
            let _ = write!(self.output, "{style}{first}{style:#}");
        }
        for piece in pieces {
            self.output.end_line();
            if !piece.is_empty() {
                let columns = self.columns + bounds::INDENT_COLUMNS;
                let _ = write!(self.output, "{:columns$}{style}{piece}{style:#}", "");
            }
        }
        self
    }

    /// Adds text as the terminal writes it.
    pub(super) fn plain(&mut self, text: &str) -> &mut Self {
        self.text(Style::new(), text)
    }

    /// Ends the line.
    pub(super) fn end(&mut self) {
        self.output.end_line();
    }

    /// Adds lines that are complete: no time, no indentation.
    pub(super) fn push_lines(&mut self, text: &str) {
        self.output.push_lines(text);
    }

    /// What the last line tells that is no part of the log, where there is such a line.
    pub(super) fn set_status(&mut self, text: Option<&str>) {
        self.output.set_status(text);
    }

    /// How many lines have been written.
    pub(super) fn count(&self) -> u64 {
        self.output.lines()
    }

    /// Shows everything written so far.
    pub(super) fn flush(&mut self) {
        self.output.flush();
    }
}
