//! What is printed of calls: those that return, and those that go on.

use std::time::Duration;

use anstyle::Style;

use super::bounds;
use super::course::test_name;
use super::live_log::Terminal;
use crate::error::seconds;
use crate::event::{ErrorReport, Event, Level, MachineReport, PassedLimit, SpanId};

impl Terminal {
    pub(super) fn call_started(&mut self, event: &Event, id: SpanId, machine: Option<&str>, action: &str) {
        self.consoles.started(machine, action);
        let level = if self.nesting.in_condition(event) {
            Level::Debug
        } else {
            Level::Info
        };
        if self.shows(level) {
            let depth = self.nesting.depth(event);
            self.calls.start(event, id, depth, machine, action);
        }
    }

    pub(super) fn call_finished(&mut self, event: &Event, id: SpanId, error: Option<&ErrorReport>, elapsed: Duration) {
        // A call that nobody began has been forgotten with its test, or is not to be shown.
        let Some(call) = self.calls.finish(id) else { return };
        self.waits_no_more();
        let style = if error.is_some() { self.styles.bad } else { Style::new() };
        let elapsed = seconds(elapsed);
        // The one line of a call bears the time of its beginning, as it would had that been announced.
        let offset = if call.announced { event.offset } else { call.offset };
        self.begin_at(offset, call.depth);
        self.machine(call.machine.as_deref());
        if call.announced {
            self.finished(style, error.is_some(), &call.action, &elapsed);
        } else {
            self.lines.plain(&call.action).plain("  ").plain(&elapsed);
            if error.is_some() {
                self.lines.plain("  ").text(style, "failed");
            }
        }
        if let Some(error) = error {
            self.lines.plain(": ").plain(&error.message);
        }
        self.lines.end();
    }

    /// A call goes on: a line that is written anew each second where there is a terminal, or else one now and then.
    pub(super) fn call_waiting(
        &mut self,
        event: &Event,
        (action, elapsed): (&str, Duration),
        machines: &[MachineReport],
        (limit, left): (&PassedLimit, Duration),
    ) {
        // First how long it may still take: a line is cut where the terminal ends.
        let mut text = format!("for {}", whole_seconds(elapsed));
        // Whatever of them passes first ends it; where several machines are waited for, each has its own.
        if machines.iter().all(|machine| machine.left.is_none_or(|own| own > left)) {
            text.push_str(&at_most(left, limit));
        }
        let several = machines.len() > 1;
        let mut last_seen = String::new();
        for machine in machines {
            if let (Some(own), Some(limit)) = (machine.left.filter(|own| *own <= left), &machine.limit) {
                if several {
                    text.push_str(&format!("; {}", machine.name));
                }
                text.push_str(&at_most(own, limit));
            }
            let seen = seen(machine);
            if several && !seen.is_empty() {
                last_seen.push_str(&format!("; {}", machine.name));
            }
            last_seen.push_str(&seen);
        }
        text.push_str(&format!(": {action}{last_seen}"));
        if self.options.status_line {
            let text = format!("{}{}  {text}", self.count(), test_name(event));
            self.lines.set_status(Some(&text));
        } else if elapsed >= self.told_next && self.shows(Level::Info) {
            self.told_next = 2 * elapsed;
            self.begin(event).plain("still waiting ").plain(&text).end();
        }
    }

    /// Which of the run's tests this is, where there are several.
    fn count(&self) -> String {
        if self.selected > 1 {
            format!("{}/{} ", self.begun, self.selected)
        } else {
            String::new()
        }
    }

    /// Nothing is waited for any more.
    pub(super) fn waits_no_more(&mut self) {
        self.told_next = bounds::WAITING_TOLD;
        self.lines.set_status(None);
    }

    /// Somebody asked how things stand: told whatever the level.
    pub(super) fn status(
        &mut self,
        event: &Event,
        in_progress: &str,
        machines: &[MachineReport],
        test: Option<(&PassedLimit, Duration)>,
    ) {
        let (strong, faint) = (self.styles.strong, self.styles.faint);
        let count = self.count();
        self.begin(event).text(strong, "status").plain("  ").plain(in_progress);
        if let Some((limit, left)) = test {
            let name = test_name(event);
            self.lines
                .plain(&format!("; test {count}{name}{}", at_most(left, limit)));
        }
        self.lines.end();
        let depth = self.nesting.depth(event) + 1;
        for machine in machines {
            self.begin_at(event.offset, depth);
            self.machine(Some(&machine.name));
            self.lines.plain(machine.state.word()).plain(&left(machine)).end();
            for line in &machine.console {
                self.begin_at(event.offset, depth);
                self.lines
                    .text(faint, &machine.name)
                    .text(faint, " # ")
                    .text(faint, line)
                    .end();
            }
        }
    }
}

/// How long a machine's call may still take, and what it has seen.
fn left(machine: &MachineReport) -> String {
    let bound = machine.left.zip(machine.limit.as_ref());
    bound.map_or_else(String::new, |(left, limit)| at_most(left, limit)) + &seen(machine)
}

fn seen(machine: &MachineReport) -> String {
    // The first line is enough here.
    let line = machine.seen.as_ref().and_then(|seen| seen.lines().next());
    line.map_or_else(String::new, |line| format!("; last seen: {line}"))
}

fn at_most(left: Duration, limit: &PassedLimit) -> String {
    if left > bounds::LONGEST_LEFT {
        return String::new();
    }
    format!(
        ", at most {} more ({} of {})",
        whole_seconds(left),
        limit.name,
        limit.value
    )
}

fn whole_seconds(time: Duration) -> humantime::FormattedDuration {
    humantime::format_duration(Duration::from_secs(time.as_secs()))
}
