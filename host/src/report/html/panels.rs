//! What stands beside the log: consoles, the slowest calls, files, the run itself.

use maud::{Markup, PreEscaped, Render as _, html};

use super::bounds::{self, LINE_BYTES};
use super::log::{link, machine_colour, reference};
use super::run::{Console, Ending, Run, Step, StepKind};
use super::saved_files::SavedFiles;
use super::verdict::{Verdict, word};
use super::wording::{count, cut, moment, took};
use crate::text;

/// All of them, as sections that unfold; the script makes tabs of them.
pub(super) fn panels(run: &Run, files: &SavedFiles) -> Markup {
    html! {
        @for (number, console) in run.consoles.iter().enumerate() { (self::console(run, number, console)) }
        (tests(run))
        (slowest(run))
        (saved(run, files))
        (about(run))
    }
}

fn console(run: &Run, number: usize, console: &Console) -> Markup {
    let machine = &console.machine;
    let lines = console.lines.len() as u64 + console.dropped;
    html! {
        details.panel.console id={ "c" (number) } data-name=(machine) data-first=(console.dropped + 1) data-colour=(machine_colour(run, machine)) {
            summary { "Console of " b { (machine) } " " span.detail { (count(lines, "line")) } }
            @if console.dropped > 0 {
                p.remark { "The first " (count(console.dropped, "line")) " are in " code { "events.jsonl" } " alone." }
            }
            @if lines == 0 {
                p.none { "It has printed nothing." }
            } @else {
                pre tabindex="0" { (lines_of(console)) }
            }
        }
    }
}

/// The lines, each behind its time and a tab.
fn lines_of(console: &Console) -> Markup {
    // A parser leaves out the first line feed.
    let mut out = String::with_capacity(console.bytes + console.lines.len() * 12);
    for (offset, line) in &console.lines {
        out.push('\n');
        out.push_str(&moment(*offset));
        out.push('\t');
        if line.contains('\n') {
            line.replace('\n', "\\u{a}").as_str().render_to(&mut out);
        } else {
            line.as_str().render_to(&mut out);
        }
    }
    PreEscaped(out)
}

/// All tests, where there are several: how each ended, how long it took, and the way there.
fn tests(run: &Run) -> Markup {
    let tests: Vec<_> = run.tests().collect();
    html! {
        @if tests.len() > 1 {
            details.panel id="tests" data-name={ "Tests " (tests.len()) } {
                summary { "Tests " span.detail { (tests.len()) } }
                ol.tests {
                    @for (_, step, test) in tests {
                        @let verdict = Verdict::of(test.outcome.as_ref());
                        li class=(verdict.class()) {
                            span.took { @if let Some(elapsed) = step.elapsed { (took(elapsed)) } }
                            span.verdict { (word(test.outcome.as_ref())) }
                            a href={ "#e" (step.number) } { (cut(&test.name, LINE_BYTES)) }
                            @if test.attempt > 1 { span.detail { " attempt " (test.attempt) } }
                        }
                    }
                }
            }
        }
    }
}

fn slowest(run: &Run) -> Markup {
    let mut calls: Vec<(&Step, std::time::Duration)> = run
        .steps
        .iter()
        .filter(|step| matches!(step.kind, StepKind::Call(_)))
        .filter_map(|step| Some((step, step.elapsed?)))
        .collect();
    calls.sort_by_key(|(_, elapsed)| std::cmp::Reverse(*elapsed));
    calls.truncate(bounds::SLOWEST);
    html! {
        @if !calls.is_empty() {
            details.panel id="slowest" data-name="Slowest" {
                summary { "The slowest calls" }
                ol.slowest {
                    @for (step, elapsed) in calls {
                        li {
                            span.took { (took(elapsed)) }
                            @if let Some(machine) = &step.machine { span class={ "who machine m" (machine_colour(run, machine)) } { (machine) } }
                            (reference(step))
                        }
                    }
                }
            }
        }
    }
}

fn saved(run: &Run, files: &SavedFiles) -> Markup {
    let saved: Vec<(&Step, &String)> = run
        .steps
        .iter()
        .filter_map(|step| match &step.kind {
            StepKind::Picture { file } | StepKind::Saved { file } => Some((step, file)),
            _ => None,
        })
        .collect();
    html! {
        @if !saved.is_empty() {
            details.panel id="files" data-name={ "Files " (saved.len()) } {
                summary { "Files " span.detail { (saved.len()) } }
                ul.files {
                    @for (step, file) in saved {
                        li {
                            a.t href={ "#e" (step.number) } { (moment(step.offset)) }
                            @if let Some(machine) = &step.machine { span class={ "who machine m" (machine_colour(run, machine)) } { (machine) } }
                            (link(file, files))
                        }
                    }
                }
            }
        }
    }
}

fn about(run: &Run) -> Markup {
    html! {
        details.panel id="run" data-name="Run" {
            summary { "The run" }
            dl {
                @if let Some(wall) = run.wall { dt { "began" } dd { (time(wall)) } }
                @if let Ending::Finished { elapsed, .. } = &run.ending { dt { "took" } dd { (took(*elapsed)) } }
                @if let Some(begun) = &run.begun {
                    dt { "command" } dd { code { (cut(&command_line(&begun.command), bounds::COMMAND_BYTES)) } }
                    dt { "in" } dd { code { (cut(&begun.directory, LINE_BYTES)) } }
                    dt { "output" } dd { code { (cut(&begun.output, LINE_BYTES)) } }
                    dt { "machines" } dd { (list(&begun.machines)) }
                    @let vlans: Vec<String> = begun.vlans.iter().map(u32::to_string).collect();
                    dt { "vlans" } dd { (list(&vlans)) }
                    dt { "granted" } dd { (list(&begun.granted)) }
                    dt { "proctor" } dd { (cut(&begun.version, LINE_BYTES)) }
                }
                @if run.lines_without_console > 0 {
                    dt { "not shown" } dd { (count(run.lines_without_console, "console line")) " of machines beyond the first " (bounds::SOURCES) }
                }
            }
        }
    }
}

fn list(items: &[String]) -> Markup {
    html! {
        @if items.is_empty() { span.none { "none" } }
        @for (place, item) in items.iter().take(bounds::SOURCES).enumerate() {
            @if place > 0 { ", " }
            (cut(item, LINE_BYTES))
        }
        @if items.len() > bounds::SOURCES { ", and " (items.len() - bounds::SOURCES) " more" }
    }
}

/// A moment of the calendar, in UTC.
pub(super) fn time(wall: std::time::SystemTime) -> String {
    let text = humantime::format_rfc3339_seconds(wall.max(std::time::UNIX_EPOCH)).to_string();
    text.replace('T', " ").replace('Z', " UTC")
}

/// A command as a shell takes it.
pub(super) fn command_line(words: &[String]) -> String {
    let words = words.iter().map(|word| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+%".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            text::shell_quote(word)
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
