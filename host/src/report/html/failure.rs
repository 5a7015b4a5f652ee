//! Why a test failed: all that is known, at the step at which it did.

use maud::{Markup, html};

use super::bounds::{LINE_BYTES, TEXT_BYTES};
use super::log;
use super::run::{Run, Step, StepKind, TestStep};
use super::saved_files::SavedFiles;
use super::verdict::{Verdict, meaning, word};
use super::wording::{cut, cut_beginning, took};
use crate::event::{CommandReport, ErrorReport, MachineReport, PassedLimit};
use crate::limits::FAILURE_PICTURE_NAME;

/// The block of a test that did not pass. `at` is the step where it stands.
pub(super) fn block(run: &Run, test: usize, at: &Step, files: &mut SavedFiles) -> Markup {
    let Some(step) = run.step(test) else { return html! {} };
    let pictures = pictures(run, step);
    let StepKind::Test(test) = &step.kind else {
        return html! {};
    };
    let Some(outcome) = &test.outcome else { return html! {} };
    let Some(report) = outcome.failure() else {
        return html! {};
    };
    let of_call = match &at.kind {
        StepKind::Call(call) => call.error.as_ref(),
        _ => None,
    };
    let error = report.error.as_ref().or(of_call);
    html! {
        section class={ "failure " (Verdict::of(Some(outcome)).class()) } aria-label={ "why " (test.name) " did not pass" } {
            h3 { span.verdict { (word(Some(outcome))) } " " (cut(&test.name, LINE_BYTES)) (subtests(run, at)) }
            pre.message { (cut(&report.message, TEXT_BYTES)) }
            @let meaning = meaning(outcome);
            @if !meaning.is_empty() { p.meaning { (meaning) } }
            (field_line("at ", report.place.as_deref()))
            (field_line("in progress: ", report.in_progress.as_deref()))
            @if let Some(error) = error {
                (details_of(error))
            }
            (console_until(run, at, step, error))
            @for (machine, file) in pictures {
                h4 { "screen of " (cut(machine, LINE_BYTES)) }
                (log::picture(file, files))
            }
            @if !report.backtrace.is_empty() {
                (lines("backtrace", &report.backtrace))
            }
            @for machine in &report.machines { (self::machine(machine)) }
            dl {
                @if let Some(limit) = &report.limit { (self::limit(limit)) }
                @if let Some(error) = error {
                    (error_fields(error, &report.message))
                }
                (times(step, test))
            }
        }
    }
}

/// Whether a picture is one of those that are taken when a test has failed.
pub(super) fn is_of_failure(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or_default();
    name.starts_with(FAILURE_PICTURE_NAME)
}

/// The pictures that were taken when a test had failed, each with its machine.
fn pictures<'a>(run: &'a Run, test: &'a Step) -> Vec<(&'a str, &'a str)> {
    let steps = test.children.iter().filter_map(|child| run.step(*child));
    let pictures = steps.filter_map(|step| match &step.kind {
        StepKind::Picture { file } if is_of_failure(file) => Some((step.machine.as_deref()?, file.as_str())),
        _ => None,
    });
    pictures.collect()
}

/// The error of a call with which no test ended: one that the test expected.
pub(super) fn error(error: &ErrorReport) -> Markup {
    html! {
        dl { (error_fields(error, "")) }
        (details_of(error))
    }
}

/// The names of the subtests around a step.
fn subtests(run: &Run, at: &Step) -> Markup {
    let mut names = Vec::new();
    let mut next = Some(at);
    while let Some(step) = next {
        if let StepKind::Span { kind, name, .. } = &step.kind
            && *kind == crate::event::SpanKind::Subtest
        {
            names.push(name);
        }
        next = step.parent.and_then(|parent| run.step(parent));
    }
    html! { @for name in names.iter().rev() { span.subtest { (cut(name, LINE_BYTES)) } } }
}

/// A fact that has a line of its own.
fn field_line(name: &str, value: Option<&str>) -> Markup {
    let value = value.unwrap_or_default();
    html! { @if !value.is_empty() { p.fact { (name) code { (cut(value, TEXT_BYTES)) } } } }
}

fn field(name: &str, value: Option<&str>) -> Markup {
    let value = value.unwrap_or_default();
    html! { @if !value.is_empty() { dt { (name) } dd { (cut(value, TEXT_BYTES)) } } }
}

fn limit(limit: &PassedLimit) -> Markup {
    html! {
        dt { "limit" }
        dd { code { (cut(&limit.name, LINE_BYTES)) } " " (cut(&limit.value, LINE_BYTES)) }
    }
}

fn error_fields(error: &ErrorReport, already_said: &str) -> Markup {
    html! {
        (field("machine", error.machine.as_deref()))
        (field("call", Some(&error.action)))
        @if !already_said.contains(&error.message) { (field("error", Some(&error.message))) }
        (field("kind", Some(&error.kind)))
        @if let Some(limit) = &error.limit { (self::limit(limit)) }
        dt { "took" } dd { (took(error.elapsed)) }
    }
}

fn times(step: &Step, test: &TestStep) -> Markup {
    html! {
        @if let Some(elapsed) = step.elapsed {
            dt { "the test" }
            dd { (took(elapsed)) @if !test.boot.is_zero() { ", " (took(test.boot)) " of it booting" } }
        }
    }
}

fn details_of(error: &ErrorReport) -> Markup {
    html! {
        @if let Some(command) = &error.command { (self::command(command)) }
        @if !error.journal.is_empty() { (lines("journal", &error.journal)) }
        @if !error.console.is_empty() { (lines("last console lines", &error.console)) }
    }
}

/// How a machine fared when the test failed, folded: its tab has it all.
fn machine(machine: &MachineReport) -> Markup {
    html! {
        details {
            summary { (cut(&machine.name, LINE_BYTES)) " was " (machine.state.word()) }
            (field_line("last seen: ", machine.seen.as_deref()))
            @if let Some(limit) = &machine.limit { dl { (self::limit(limit)) } }
            (lines("the last lines of its console", &machine.console))
        }
    }
}

/// A command, its status and its output.
pub(super) fn command(command: &CommandReport) -> Markup {
    let output = command.output.trim_end_matches('\n');
    html! {
        h4 { "command" }
        pre.command tabindex="0" { (cut(&command.command, TEXT_BYTES)) }
        h4 { "output " span.status { "status " (command.status) @if let Some(meaning) = status_meaning(command.status) { " – " (meaning) } } }
        @if output.is_empty() {
            p.none { "no output" }
        } @else {
            pre.output tabindex="0" { "\n" (cut_beginning(output, TEXT_BYTES)) }
        }
    }
}

/// What shells mean by a status.
fn status_meaning(status: i32) -> Option<String> {
    match status {
        124 => Some("passed its time limit".into()),
        126 => Some("not executable".into()),
        127 => Some("command not found".into()),
        _ => {
            let signal = nix::sys::signal::Signal::try_from(status.checked_sub(128)?).ok()?;
            Some(format!("killed by {signal}"))
        }
    }
}

fn lines(title: &str, lines: &[String]) -> Markup {
    html! {
        h4 { (title) }
        pre.output tabindex="0" { "\n" (cut_beginning(&lines.join("\n"), TEXT_BYTES)) }
    }
}

/// What the machine printed until the failure, where the error does not say.
fn console_until(run: &Run, at: &Step, test: &Step, error: Option<&ErrorReport>) -> Markup {
    if error.is_some_and(|error| !error.console.is_empty()) {
        return html! {};
    }
    let of_error = error.and_then(|error| error.machine.as_deref());
    let machine = of_error.or(at.machine.as_deref()).unwrap_or_default();
    let Some(console) = run.console(machine) else {
        return html! {};
    };
    // Where the call had no end, until that of the test: what machines print as they are ended is not of interest.
    let end = [at, test]
        .iter()
        .find_map(|step| Some(step.offset.saturating_add(step.elapsed?)))
        .unwrap_or(run.last);
    // What it printed in an earlier test is of another life.
    let until: Vec<&str> = console.between(test.offset, end).collect();
    html! {
        @if !until.is_empty() {
            h4 { "console of " (machine) " until then" }
            pre.output tabindex="0" { "\n" (cut_beginning(&until.join("\n"), TEXT_BYTES)) }
        }
    }
}
