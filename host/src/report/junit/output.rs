//! What a case shows beside its failure: the test's log, the end of each machine's console, the files that it left.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::event::{Event, EventKind, Level, Source, SpanKind, State};
use crate::limits::{JUNIT_CONSOLE_LINES, JUNIT_LAST_LINES, JUNIT_LOG_BYTES};
use crate::report::xml_text::xml_text;

/// Begins a line that names a file for Jenkins and GitLab.
const ATTACHMENT: &str = "[[ATTACHMENT|";
/// What others wrote must not: Jenkins would publish any file of its computer.
const NO_ATTACHMENT: &str = "[ [ATTACHMENT|";

/// What a test and its machines printed.
#[derive(Default)]
pub(super) struct Output {
    head: Vec<String>,
    log: Log,
    consoles: BTreeMap<Arc<str>, VecDeque<(Duration, String)>>,
    /// Paths of pictures, and of other files, below the output directory.
    pictures: Vec<String>,
    files: Vec<String>,
    attachments: Vec<String>,
}

/// A call that goes on.
pub(super) struct Call {
    pub(super) offset: Duration,
    pub(super) machine: Option<String>,
    pub(super) action: String,
}

/// The last lines of a log.
#[derive(Default)]
struct Log {
    lines: VecDeque<String>,
    bytes: usize,
    dropped: u64,
}

/// Where a run's files are.
#[derive(Debug, Default)]
pub struct Place {
    /// The output directory, where that is known better than from the record: that may have been moved.
    pub output: Option<PathBuf>,
    /// The directory in which GitLab looks for files, where this runs in one of its jobs.
    pub project: Option<PathBuf>,
}

impl Place {
    /// The line that names a file: by its path from GitLab's directory, where it is in there, as GitLab wants it, and
    /// otherwise by its absolute path, as Jenkins does. `None` where neither could tell where the path ends.
    pub(super) fn attachment(&self, file: &str) -> Option<String> {
        // A record may come from anywhere: whoever reads the report publishes what is named here.
        let inside = Path::new(file)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let path = self.output.as_ref().filter(|_| inside)?.join(file);
        let within = self
            .project
            .as_ref()
            .and_then(|project| path.strip_prefix(project).ok());
        let path: &Path = within.unwrap_or(&path);
        let path = path.to_str()?;
        let plain = !path.contains('|') && !path.contains("]]") && !path.contains('\n');
        plain.then(|| format!("{ATTACHMENT}{path}]]"))
    }
}

impl Output {
    /// Something to say first.
    pub(super) fn head(&mut self, text: &str) {
        if !text.is_empty() {
            self.head.push(text.into());
        }
    }

    /// Something happened during the test.
    pub(super) fn event(&mut self, event: &Event) {
        let log = |log: &mut Log, who: &str, text: &str| log.add(event.offset, who, text);
        match &event.kind {
            EventKind::Console { machine, line } => self.console(machine, event.offset, line),
            EventKind::Message { level, source, text } if *level > Level::Debug => {
                let level = match level {
                    Level::Debug | Level::Info => "",
                    Level::Warning => "warning: ",
                    Level::Error => "error: ",
                };
                log(&mut self.log, &who(source), &format!("{level}{text}"));
            }
            EventKind::SpanStarted { kind, name, .. } => log(&mut self.log, "", &format!("{}{name}", title(*kind))),
            EventKind::SpanFinished {
                name, elapsed, failure, ..
            } => {
                let how = failure
                    .as_ref()
                    .map_or_else(String::new, |failure| format!(", failed: {}", failure.message));
                let text = format!("(finished: {name}, in {:.2} s{how})", elapsed.as_secs_f64());
                log(&mut self.log, "", &text);
            }
            EventKind::CallFinished {
                machine,
                action,
                error,
                elapsed,
                ..
            } => {
                let how = error
                    .as_ref()
                    .map_or_else(String::new, |error| format!(": {}", error.message));
                let text = format!("{action}  {:.2} s{how}", elapsed.as_secs_f64());
                log(&mut self.log, machine.as_deref().unwrap_or_default(), &text);
            }
            EventKind::State { source, state, detail } if *state != State::Off => {
                log(&mut self.log, &who(source), &format!("{} ({detail})", state.word()));
            }
            EventKind::LimitPassed { limit, machine, .. } => {
                let text = format!("limit {} of {} passed", limit.name, limit.value);
                log(&mut self.log, machine.as_deref().unwrap_or_default(), &text);
            }
            EventKind::Screenshot { file, .. } => self.pictures.push(file.clone()),
            EventKind::FileSaved { file, .. } => self.files.push(file.clone()),
            _ => {}
        }
    }

    fn console(&mut self, machine: &Arc<str>, at: Duration, line: &str) {
        let lines = self.consoles.entry(Arc::clone(machine)).or_default();
        if lines.len() >= JUNIT_CONSOLE_LINES + JUNIT_LAST_LINES {
            lines.pop_front();
        }
        lines.push_back((at, line.into()));
    }

    /// The test ended then, without the end of these calls. What machines print as they are ended is no part of it.
    pub(super) fn end<'a>(&mut self, at: Duration, unfinished: impl Iterator<Item = &'a Call>) {
        for call in unfinished {
            let elapsed = at.saturating_sub(call.offset).as_secs_f64();
            let text = format!("{}  not finished after {elapsed:.2} s", call.action);
            self.log.add(at, call.machine.as_deref().unwrap_or_default(), &text);
        }
        for lines in self.consoles.values_mut() {
            while lines.pop_back_if(|(offset, _)| *offset > at).is_some() {}
            let most = lines.len().saturating_sub(JUNIT_CONSOLE_LINES);
            lines.drain(..most);
        }
    }

    /// Names the files that it left. GitLab shows the first of them only: a picture, where there is one.
    pub(super) fn attach(&mut self, place: &Place) {
        for file in self.pictures.iter().chain(&self.files) {
            match place.attachment(file) {
                Some(line) => self.attachments.push(xml_text(&line).into_owned()),
                None => self
                    .head
                    .push(format!("a file of a name that cannot be attached: {file}")),
            }
        }
    }

    /// All of it, or without log and consoles where there is no `budget` for them, in bytes.
    pub(super) fn text(&self, budget: &mut usize) -> String {
        let mut parts = self.head.clone();
        if self.log.dropped > 0 || !self.log.lines.is_empty() {
            parts.push("--- log ---".into());
            if self.log.dropped > 0 {
                parts.push(format!("[{} lines before]", self.log.dropped));
            }
            parts.extend(self.log.lines.iter().cloned());
        }
        for (machine, lines) in &self.consoles {
            parts.push(format!("--- console of {machine}, last {} lines ---", lines.len()));
            parts.extend(lines.iter().map(|(_, line)| line.clone()));
        }
        let mut text = safe(&parts.join("\n"));
        match budget.checked_sub(text.len()) {
            Some(rest) => *budget = rest,
            None => text = "[log and consoles are left out: this report has grown too large]".into(),
        }
        // Each on a line of its own.
        for attachment in &self.attachments {
            text.push('\n');
            text.push_str(attachment);
        }
        text.push('\n');
        text
    }
}

impl Log {
    fn add(&mut self, at: Duration, who: &str, text: &str) {
        let gap = if who.is_empty() { "" } else { "  " };
        self.push(format!("{:8.2}  {who}{gap}{text}", at.as_secs_f64()));
    }

    fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.bytes > JUNIT_LOG_BYTES {
            let Some(line) = self.lines.pop_front() else { break };
            self.bytes -= line.len();
            self.dropped += 1;
        }
    }
}

/// A text of others, as a report may hold it.
pub(super) fn safe(text: &str) -> String {
    xml_text(text).replace(ATTACHMENT, NO_ATTACHMENT)
}

fn title(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Group => "",
        SpanKind::Subtest => "subtest ",
        SpanKind::Condition => "polling condition ",
    }
}

fn who(source: &Source) -> String {
    match source {
        Source::Host => "host".into(),
        Source::Test => "test".into(),
        Source::Machine(name) => name.to_string(),
        Source::Vlan(number) => format!("vlan {number}"),
    }
}
