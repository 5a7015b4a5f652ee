//! What is printed for which event.

use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;

use super::bounds;
use super::call_consoles::CallConsoles;
use super::calls::Calls;
use super::course::test_name;
use super::failures::Failures;
use super::lines::Lines;
use super::nesting::Nesting;
use super::options::TerminalOptions;
use super::output::Output;
use super::styles::{MachineColours, Styles};
use super::workflow::{Workflow, place_in};
use crate::error::seconds;
use crate::event::{Event, EventKind, Level, Report, Source, State, skipped_lines};
use crate::limits::FILE_NAME_BYTES;
use crate::text;

/// Prints what happens as it happens, failures field by field, and a summary.
pub struct Terminal {
    pub(super) options: TerminalOptions,
    pub(super) styles: Styles,
    pub(super) machines: MachineColours,
    pub(super) lines: Lines,
    pub(super) nesting: Nesting,
    pub(super) calls: Calls,
    pub(super) consoles: CallConsoles,
    /// Whether the test wants serial lines shown.
    pub(super) serial: bool,
    pub(super) failures: Failures,
    /// When a call that goes on is told next where there is no line for it.
    pub(super) told_next: Duration,
    pub(super) workflow: Workflow,
    /// The repository whose workflow this is.
    repository: Option<PathBuf>,
    /// The file of the component whose test runs.
    pub(super) component: PathBuf,
    /// How many tests have begun, and how many are to.
    pub(super) begun: usize,
    pub(super) selected: usize,
    /// Where the page of the run will be.
    pub(super) page: Option<String>,
}

impl Terminal {
    /// Prints to a stream. Where it fails, nothing more is printed; the run is not disturbed.
    pub fn new(stream: impl Write + Send + 'static, options: TerminalOptions) -> Self {
        let styles = Styles::new(options.colour);
        let workflow = Workflow::new(options.workflow);
        let mut lines = Lines::new(Output::new(Box::new(stream), options.status_line), styles.faint);
        workflow.begin(&mut lines);
        Self {
            options,
            styles,
            machines: MachineColours::default(),
            lines,
            workflow,
            nesting: Nesting::default(),
            calls: Calls::default(),
            consoles: CallConsoles::default(),
            serial: true,
            failures: Failures::default(),
            told_next: bounds::WAITING_TOLD,
            repository: None,
            component: PathBuf::new(),
            begun: 0,
            selected: 0,
            page: None,
        }
    }

    /// Says in the end where the page of the run is.
    #[must_use]
    pub fn with_page(self, page: &Path) -> Self {
        Self {
            page: Some(text::clean_path(page, FILE_NAME_BYTES)),
            ..self
        }
    }

    /// Names files in annotations by their paths in this directory.
    #[must_use]
    pub fn with_repository(self, repository: Option<PathBuf>) -> Self {
        Self { repository, ..self }
    }

    /// A place in a test, its file named by the path that it has in the repository, where that can be told.
    pub(super) fn in_repository(&self, place: &str) -> String {
        let repository = self.repository.as_deref();
        repository
            .and_then(|repository| place_in(repository, &self.component, place))
            .unwrap_or_else(|| place.to_owned())
    }

    /// Prints to standard error, in colour where it is a terminal that can show them, whatever `options.colour` says.
    /// `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and the process's [`ColorChoice`] are heeded.
    pub fn stderr(options: TerminalOptions) -> Self {
        let stderr = std::io::stderr();
        let colour = AutoStream::choice(&stderr) != ColorChoice::Never;
        let status_line = stderr.is_terminal() && std::env::var_os("TERM").is_none_or(|kind| kind != "dumb");
        let options = TerminalOptions {
            colour,
            status_line,
            workflow: std::env::var_os("GITHUB_ACTIONS").is_some_and(|set| set == "true"),
            ..options
        };
        let repository = std::env::var_os("GITHUB_WORKSPACE").filter(|_| options.workflow);
        Self::new(stderr, options).with_repository(repository.map(PathBuf::from))
    }

    pub(super) fn shows(&self, level: Level) -> bool {
        level >= self.options.level
    }

    /// Begins a line, after those of the calls whose beginning the reader has not seen.
    pub(super) fn begin(&mut self, event: &Event) -> &mut Lines {
        let depth = self.nesting.depth(event);
        self.begin_at(event.offset, depth)
    }

    pub(super) fn begin_at(&mut self, offset: Duration, depth: usize) -> &mut Lines {
        for call in self.calls.announce() {
            self.lines.begin(call.offset, call.depth);
            self.machine(call.machine.as_deref());
            self.lines.plain(&call.action).end();
        }
        self.lines.begin(offset, depth)
    }

    /// Says which machine a line is about.
    pub(super) fn machine(&mut self, machine: Option<&str>) {
        if let Some(machine) = machine {
            let style = self.machines.style(&self.styles, machine);
            self.lines.text(style, machine).plain("  ");
        }
    }

    /// Says who speaks. Whatever a test says stands behind its name, so that it cannot speak for the host.
    pub(super) fn source(&mut self, source: &Source) {
        let faint = self.styles.faint;
        match source {
            Source::Host => {
                self.lines.text(faint, "proctor").plain("  ");
            }
            Source::Test => {
                self.lines.text(faint, "test").plain("  ");
            }
            Source::Vlan(number) => {
                self.lines.plain(&format!("vlan {number}  "));
            }
            Source::Machine(machine) => self.machine(Some(machine)),
        }
    }

    pub(super) fn host_line(&mut self, event: &Event, text: &str) {
        if self.shows(Level::Info) {
            self.begin(event);
            self.source(&Source::Host);
            self.lines.plain(text).end();
        }
    }

    /// Says that what a line further up announced has ended.
    pub(super) fn finished(&mut self, style: Style, failed: bool, what: &str, elapsed: &str) {
        let word = if failed { "failed" } else { "finished" };
        self.lines
            .plain("(")
            .text(style, word)
            .plain(": ")
            .plain(what)
            .plain(", in ")
            .plain(elapsed)
            .plain(")");
    }

    fn message(&mut self, event: &Event, level: Level, source: &Source, text: &str) {
        if !self.shows(level) {
            return;
        }
        if level == Level::Warning && *source != Source::Test {
            self.workflow
                .annotate(&mut self.lines, "warning", test_name(event), None, text);
        }
        if self.options.plain_test && *source == Source::Test && level == Level::Info {
            self.lines.push_lines(if text.is_empty() { "\n" } else { text });
            return;
        }
        let style = self.styles.level(level);
        self.begin(event);
        self.source(source);
        match level {
            Level::Debug => self.lines.text(style, text),
            Level::Info => self.lines.plain(text),
            Level::Warning => self.lines.text(style, "warning:").plain(" ").plain(text),
            Level::Error => self.lines.text(style, "error:").plain(" ").plain(text),
        };
        self.lines.end();
    }

    fn console(&mut self, event: &Event, machine: &str, line: &str) {
        self.consoles.line(machine, line);
        if self.serial && self.options.show_serial && self.shows(Level::Info) {
            let name = self.machines.style(&self.styles, machine) | self.styles.faint.get_effects();
            let faint = self.styles.faint;
            self.begin(event)
                .text(name, machine)
                .text(faint, " # ")
                .text(faint, line)
                .end();
        }
    }

    fn saved(&mut self, event: &Event, machine: Option<&str>, what: &str, file: &str) {
        if self.shows(Level::Info) {
            self.begin(event);
            self.machine(machine);
            self.lines.plain(what).plain(": ").plain(file).end();
        }
    }

    fn console_skipped(&mut self, event: &Event, lines: u64) {
        self.message(event, Level::Warning, &Source::Host, &skipped_lines(lines));
    }

    fn state(&mut self, event: &Event, source: &Source, state: State, detail: &str) {
        if !self.shows(Level::Info) || state == State::Off {
            return;
        }
        let (style, word) = (self.styles.state(state), state.word());
        self.begin(event);
        self.source(source);
        self.lines.text(style, word);
        // A mere time reads as part of the sentence; anything else explains it.
        if detail.starts_with("after ") {
            self.lines.plain(" ").plain(detail);
        } else if !detail.is_empty() {
            self.lines.plain(" (").plain(detail).plain(")");
        }
        self.lines.end();
    }
}

impl Report for Terminal {
    fn event(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RunStarted {
                machines,
                vlans,
                granted,
                output,
                tests,
                ..
            } => {
                self.selected = tests.len();
                self.run_started(event, machines, vlans, (granted, output));
            }
            EventKind::RunFinished { counts, elapsed } => self.run_finished(counts, *elapsed),
            EventKind::ComponentLoading { file } => self.host_line(event, &format!("loading {file}")),
            EventKind::ComponentLoaded { file, tests, elapsed } => {
                let tests = if *tests == 1 {
                    "1 test".into()
                } else {
                    format!("{tests} tests")
                };
                self.host_line(event, &format!("loaded {file}: {tests}, in {}", seconds(*elapsed)));
            }
            EventKind::TestStarted { file, .. } => self.test_started(event, file),
            EventKind::TestFinished { outcome, elapsed, boot } => self.test_finished(event, outcome, *elapsed, *boot),
            EventKind::SpanStarted { id, kind, name } => self.span_started(event, *id, *kind, name),
            EventKind::SpanFinished {
                id,
                name,
                elapsed,
                failure,
            } => {
                self.span_finished(event, *id, name, *elapsed, failure.as_ref());
            }
            EventKind::CallStarted {
                id, machine, action, ..
            } => {
                self.call_started(event, *id, machine.as_deref(), action);
            }
            EventKind::CallFinished {
                id,
                machine,
                error,
                elapsed,
                ..
            } => {
                if error.is_some() {
                    self.consoles.failed(machine.as_deref());
                }
                self.call_finished(event, *id, error.as_ref(), *elapsed);
            }
            EventKind::CallWaiting {
                action,
                elapsed,
                machines,
                limit,
                left,
            } => self.call_waiting(event, (action, *elapsed), machines, (limit, *left)),
            EventKind::Status {
                in_progress,
                machines,
                limit,
                left,
            } => self.status(event, in_progress, machines, limit.as_ref().zip(*left)),
            EventKind::Message { level, source, text } => self.message(event, *level, source, text),
            EventKind::Console { machine, line } => self.console(event, machine, line),
            EventKind::ConsoleSkipped { lines } => self.console_skipped(event, *lines),
            EventKind::Screenshot { machine, file } => self.saved(event, Some(machine), "screenshot", file),
            EventKind::FileSaved { machine, file } => self.saved(event, machine.as_deref(), "saved", file),
            // Whatever it stopped says so; the command says why there is no run.
            EventKind::LimitPassed { .. } | EventKind::RunFailed { .. } => {}
            EventKind::ShowSerial { shown } => self.serial = *shown,
            EventKind::State { source, state, detail } => self.state(event, source, *state, detail),
        }
    }

    fn flush(&mut self) {
        self.lines.flush();
    }

    fn finish(&mut self) {
        self.lines.set_status(None);
        self.workflow.end(&mut self.lines);
        self.lines.flush();
    }
}
