//! What machines printed during the calls that failed: a command's standard error, above all, which goes to the console.

use std::collections::{HashMap, VecDeque};

use super::bounds::CALL_CONSOLE_LINES;

/// The last lines of each machine's console, call by call.
#[derive(Debug, Default)]
pub(super) struct CallConsoles(HashMap<String, Machine>);

#[derive(Debug, Default)]
struct Machine {
    /// The last call, which may be over: what it caused may be printed a little later.
    last: Call,
    /// The last call before it that failed.
    failed: Call,
}

#[derive(Debug, Default)]
struct Call {
    action: String,
    failed: bool,
    lines: VecDeque<String>,
}

impl CallConsoles {
    /// A test began.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// A call began.
    pub(super) fn started(&mut self, machine: Option<&str>, action: &str) {
        let Some(machine) = machine else { return };
        let machine = self.0.entry(machine.to_owned()).or_default();
        let last = std::mem::replace(
            &mut machine.last,
            Call {
                action: action.into(),
                ..Call::default()
            },
        );
        if last.failed {
            machine.failed = last;
        }
    }

    /// A call failed.
    pub(super) fn failed(&mut self, machine: Option<&str>) {
        if let Some(machine) = machine.and_then(|machine| self.0.get_mut(machine)) {
            machine.last.failed = true;
        }
    }

    /// A machine printed a line.
    pub(super) fn line(&mut self, machine: &str, line: &str) {
        if let Some(machine) = self.0.get_mut(machine) {
            if machine.last.lines.len() >= CALL_CONSOLE_LINES {
                machine.last.lines.pop_front();
            }
            machine.last.lines.push_back(line.into());
        }
    }

    /// What the machine printed from the beginning of the failed call until the next call's.
    pub(super) fn of(&self, machine: Option<&str>, action: &str) -> String {
        let machine = machine.and_then(|machine| self.0.get(machine));
        let call = machine.and_then(|machine| {
            [&machine.last, &machine.failed]
                .into_iter()
                .find(|call| call.failed && call.action == action)
        });
        let lines = call.map(|call| call.lines.iter().map(String::as_str).collect::<Vec<_>>());
        lines.unwrap_or_default().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failed_calls_last_lines_are_known_even_after_another_call() {
        let mut consoles = CallConsoles::default();
        consoles.line("m", "nobody called yet");
        consoles.started(Some("m"), "succeed(\"a\")");
        (0..CALL_CONSOLE_LINES + 1).for_each(|number| consoles.line("m", &number.to_string()));
        consoles.failed(Some("m"));
        consoles.line("m", "a little late");
        consoles.started(Some("m"), "succeed(\"tidy\")");
        consoles.line("m", "of no interest");
        let lines = consoles.of(Some("m"), "succeed(\"a\")");
        assert_eq!(lines.lines().count(), CALL_CONSOLE_LINES);
        assert!(
            lines.starts_with("2\n") && lines.ends_with("\na little late"),
            "{lines}"
        );
        assert_eq!(consoles.of(Some("m"), "succeed(\"tidy\")"), "");
        assert_eq!(consoles.of(Some("n"), "succeed(\"a\")"), "");
        assert_eq!(consoles.of(None, "succeed(\"a\")"), "");
    }
}
