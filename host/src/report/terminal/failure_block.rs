//! One failed test, field by field.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::Style;
use nix::sys::signal::Signal;

use super::bounds;
use super::styles::Styles;
use crate::error::seconds;
use crate::event::{CommandReport, ErrorReport, FailureReport, MachineReport, Outcome};

/// A failed test's block, unstyled and without its rules.
pub(in crate::report) fn plain_text(failed: &FailedTest<'_>) -> String {
    let block = render(failed, &Styles::default());
    let lines = block.lines().filter(|line| !line.starts_with("----"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A test that did not pass.
pub(in crate::report) struct FailedTest<'a> {
    pub(in crate::report) test: &'a str,
    /// The subtests in which it failed, the outermost first.
    pub(in crate::report) subtests: Vec<String>,
    pub(in crate::report) outcome: &'a Outcome,
    pub(in crate::report) elapsed: Duration,
    pub(in crate::report) boot: Duration,
    /// What the machine printed while the command ran that failed.
    pub(in crate::report) console: String,
}

/// The word for an outcome, all in capitals: nothing else at the beginning of a line is.
pub(super) fn verdict(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "PASS",
        Outcome::Failed(_) => "FAIL",
        Outcome::CouldNotRun(_) => "ERROR",
        Outcome::HostFailed(_) => "BUG",
        Outcome::Interrupted(_) => "STOP",
    }
}

/// What a verdict that needs it means.
fn meaning(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed | Outcome::Failed(_) => "",
        Outcome::CouldNotRun(_) => "the test could not run; this says nothing about what it tests",
        Outcome::HostFailed(_) => "a bug in Proctor, neither in the test nor in what it tests: please report it",
        Outcome::Interrupted(_) => "the run was interrupted",
    }
}

/// How long a test took.
pub(super) fn duration(elapsed: Duration, boot: Duration) -> String {
    if boot.is_zero() {
        seconds(elapsed)
    } else {
        format!("{} (boot {})", seconds(elapsed), seconds(boot))
    }
}

/// The block; empty for a test that passed.
pub(super) fn render(failed: &FailedTest<'_>, styles: &Styles) -> String {
    let Some(report) = failed.outcome.failure() else {
        return String::new();
    };
    let mut block = Block {
        text: String::new(),
        styles,
    };
    let style = styles.outcome(failed.outcome);
    block.rule(style, verdict(failed.outcome));
    block.field("test", failed.test, styles.strong, Part::First);
    block.field("subtest", &failed.subtests.join(" > "), styles.strong, Part::First);
    block.field(
        "place",
        report.place.as_deref().unwrap_or_default(),
        styles.plain,
        Part::First,
    );
    block.field("message", &report.message, style, Part::First);
    block.field("meaning", meaning(failed.outcome), styles.plain, Part::First);
    if let Some(error) = &report.error {
        block.error(error, &report.message);
    }
    block.field("elapsed", &elapsed(failed, report), styles.plain, Part::First);
    block.field(
        "in progress",
        report.in_progress.as_deref().unwrap_or_default(),
        styles.plain,
        Part::First,
    );
    let console = match &report.error {
        Some(error) if !error.console.is_empty() => error.console.join("\n"),
        _ => failed.console.clone(),
    };
    block.field("console", &console, styles.plain, Part::Last);
    if report.limit.is_some() && console.is_empty() {
        for machine in &report.machines {
            block.console_of(machine);
        }
    }
    let journal = report.error.as_ref().map(|error| error.journal.join("\n"));
    block.field("journal", &journal.unwrap_or_default(), styles.plain, Part::Last);
    block.field("backtrace", &backtrace(report), styles.plain, Part::First);
    block.rule(style, "");
    block.text
}

/// The call's time and the test's.
fn elapsed(failed: &FailedTest<'_>, report: &FailureReport) -> String {
    let test = duration(failed.elapsed, failed.boot);
    match &report.error {
        Some(error) => format!("{}; the test {test}", seconds(error.elapsed)),
        None => test,
    }
}

fn backtrace(report: &FailureReport) -> String {
    let frames = report
        .backtrace
        .iter()
        .enumerate()
        .map(|(number, frame)| format!("{number}: {frame}"));
    frames.collect::<Vec<_>>().join("\n")
}

/// An exit status, and what shells mean by it.
fn status(status: i32) -> String {
    let meaning = match status {
        124 => "passed its time limit".into(),
        126 => "not executable".into(),
        127 => "command not found".into(),
        _ => match status.checked_sub(128).map(Signal::try_from) {
            Some(Ok(signal)) => signal.to_string(),
            _ => return status.to_string(),
        },
    };
    format!("{status} ({meaning})")
}

/// Which lines of a long field are shown.
#[derive(Clone, Copy)]
enum Part {
    First,
    Last,
}

struct Block<'a> {
    text: String,
    styles: &'a Styles,
}

impl Block<'_> {
    fn error(&mut self, error: &ErrorReport, already_said: &str) {
        let plain = self.styles.plain;
        self.field(
            "machine",
            error.machine.as_deref().unwrap_or_default(),
            plain,
            Part::First,
        );
        self.field("call", &error.action, plain, Part::First);
        if !already_said.contains(&error.message) {
            self.field("error", &error.message, plain, Part::First);
        }
        if let Some(CommandReport {
            command,
            status: code,
            output,
        }) = &error.command
        {
            self.field("command", command, plain, Part::First);
            self.field("status", &status(*code), plain, Part::First);
            if output.trim().is_empty() {
                self.field("output", "(none)", self.styles.faint, Part::Last);
            } else {
                self.field("output", output, plain, Part::Last);
            }
        }
    }

    /// What a machine printed last, where a limit stopped the test: what that waited for may stand there.
    fn console_of(&mut self, machine: &MachineReport) {
        let from = machine.console.len().saturating_sub(bounds::CALL_CONSOLE_LINES);
        let mut lines = machine.console.get(from..).unwrap_or_default().join("\n");
        if !lines.is_empty() {
            lines.insert_str(0, &format!("of {}:\n", machine.name));
        }
        self.field("console", &lines, self.styles.plain, Part::Last);
    }

    fn rule(&mut self, style: Style, title: &str) {
        let title = if title.is_empty() {
            String::new()
        } else {
            format!("---- {title} ")
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            self.text,
            "{style}{title:-<width$}{style:#}",
            width = bounds::RULE_COLUMNS
        );
    }

    /// A field, left out where it is empty.
    fn field(&mut self, name: &str, value: &str, style: Style, part: Part) {
        let value = value.trim_end_matches('\n');
        if value.is_empty() {
            return;
        }
        let lines: Vec<&str> = value.split('\n').collect();
        let hidden = lines.len().saturating_sub(bounds::FIELD_LINES);
        let mut name = name;
        let faint = self.styles.faint;
        if hidden > 0 && matches!(part, Part::Last) {
            self.line(&mut name, &format!("[{hidden} lines before]"), faint);
        }
        let skipped = if matches!(part, Part::Last) { hidden } else { 0 };
        for line in lines.iter().skip(skipped).take(bounds::FIELD_LINES) {
            self.line(&mut name, line, style);
        }
        if hidden > 0 && matches!(part, Part::First) {
            self.line(&mut name, &format!("[{hidden} more lines]"), faint);
        }
    }

    /// A line of a field, the first one behind its name.
    fn line(&mut self, name: &mut &str, line: &str, style: Style) {
        let faint = self.styles.faint;
        let width = bounds::FIELD_NAME_COLUMNS;
        match std::mem::take(name) {
            "" if line.is_empty() => {}
            name => {
                let _ = write!(self.text, "  {faint}{name:<width$}{faint:#}  ");
            }
        }
        let kept = line
            .get(..line.floor_char_boundary(bounds::FIELD_LINE_BYTES))
            .unwrap_or_default();
        if !kept.is_empty() {
            let _ = write!(self.text, "{style}{kept}{style:#}");
        }
        if kept.len() < line.len() {
            let _ = write!(self.text, "{faint} [{} more bytes]{faint:#}", line.len() - kept.len());
        }
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(report: FailureReport) -> String {
        let outcome = Outcome::Failed(report);
        let elapsed = Duration::from_secs(1);
        render(
            &FailedTest {
                test: "t",
                subtests: Vec::new(),
                outcome: &outcome,
                elapsed,
                boot: Duration::ZERO,
                console: String::new(),
            },
            &Styles::default(),
        )
    }

    #[test]
    fn statuses_are_explained() {
        assert_eq!(status(3), "3");
        assert_eq!(status(0), "0");
        assert_eq!(status(-1), "-1");
        assert_eq!(status(124), "124 (passed its time limit)");
        assert_eq!(status(127), "127 (command not found)");
        assert_eq!(status(137), "137 (SIGKILL)");
        assert_eq!(status(255), "255");
        assert_eq!(status(i32::MIN), "-2147483648");
    }

    #[test]
    fn a_units_journal_is_no_console() {
        let error = ErrorReport {
            journal: vec!["the disk is on fire".into(), "failed".into()],
            ..ErrorReport::default()
        };
        let text = block(FailureReport {
            error: Some(error),
            ..FailureReport::default()
        });
        assert!(
            text.contains("journal      the disk is on fire\n               failed\n"),
            "{text}"
        );
        assert!(!text.contains("console"), "{text}");
    }

    #[test]
    fn the_end_of_a_long_output_and_the_beginning_of_a_long_message_are_shown() {
        let numbers = |most: usize| (1..=most).map(|n| format!("line {n}\n")).collect::<String>();
        let command = CommandReport {
            command: "c".into(),
            status: 1,
            output: numbers(100),
        };
        let error = ErrorReport {
            command: Some(command),
            ..ErrorReport::default()
        };
        let text = block(FailureReport {
            message: numbers(41),
            error: Some(error),
            ..FailureReport::default()
        });
        assert!(
            text.contains("output       [60 lines before]\n               line 61\n"),
            "{text}"
        );
        assert!(text.contains("               line 100\n  elapsed"), "{text}");
        assert!(text.contains("message      line 1\n"), "{text}");
        assert!(
            text.contains("               line 40\n               [1 more lines]\n"),
            "{text}"
        );
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let message = "ü".repeat(bounds::FIELD_LINE_BYTES);
        let text = block(FailureReport {
            message: format!("x{message}"),
            ..FailureReport::default()
        });
        let shown = "ü".repeat(bounds::FIELD_LINE_BYTES / 2 - 1);
        assert!(
            text.contains(&format!("x{shown} [{} more bytes]\n", bounds::FIELD_LINE_BYTES + 2)),
            "{text}"
        );
    }

    #[test]
    fn what_is_absent_is_left_out() {
        let rule = "-".repeat(bounds::RULE_COLUMNS - "---- FAIL ".len());
        let end = "-".repeat(bounds::RULE_COLUMNS);
        assert_eq!(
            block(FailureReport::default()),
            format!("---- FAIL {rule}\n  test         t\n  elapsed      1.00 s\n{end}\n")
        );
    }
}
