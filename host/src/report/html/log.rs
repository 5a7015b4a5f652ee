//! The nested, timed log: a line for each step, folded but for the way to a failure.

use maud::{Markup, PreEscaped, html};

use super::bounds::{LINE_BYTES, TEXT_BYTES};
use super::failure;
use super::run::{CallStep, Run, Step, StepKind, TestStep};
use super::saved_files::SavedFiles;
use super::verdict::{self, Verdict, first_line, word};
use super::wording::{count, cut, moment, source, took};
use crate::event::{Level, SpanKind};

/// The whole log.
pub(super) fn log(run: &Run, files: &mut SavedFiles) -> Markup {
    let mut out = String::new();
    for root in &run.roots {
        out.push_str(&step(run, *root, files).into_string());
    }
    if run.left_out > 0 {
        let left_out = html! {
            p.remark { (count(run.left_out, "step")) " more than a page can show: " code { "events.jsonl" } " has them all." }
        };
        out.push_str(&left_out.into_string());
    }
    PreEscaped(out)
}

fn step(run: &Run, index: usize, files: &mut SavedFiles) -> Markup {
    let Some(step) = run.step(index) else { return html! {} };
    let mut body = body(run, step, files).into_string();
    for child in &step.children {
        body.push_str(&self::step(run, *child, files).into_string());
    }
    let class = class(step);
    let id = format!("e{}", step.number);
    let line = html! {
        a.t href={ "#" (id) } title="Link to this line" { (moment(step.offset)) }
        (who(run, step))
        span.what { (what(step)) }
        span.took { @if let Some(elapsed) = step.elapsed { (took(elapsed)) } @else if !ended(step) { "not finished" } }
    };
    let elapsed = step.elapsed.map(moment);
    // A test alone has nothing beside it that unfolding would push away.
    let alone = matches!(step.kind, StepKind::Test(_)) && run.tests.len() == 1;
    let open = step.leads_to_failure || alone;
    html! {
        @if body.is_empty() {
            div class=(class) id=(id) data-t=(moment(step.offset)) data-e=[elapsed] data-m=[step.machine.as_deref()] data-l=(level(step)) { (line) }
        } @else {
            details class=(class) id=(id) data-t=(moment(step.offset)) data-e=[elapsed] data-m=[step.machine.as_deref()] data-l=(level(step)) open[open] {
                summary { (line) }
                div.body { (PreEscaped(body)) }
            }
        }
    }
}

fn ended(step: &Step) -> bool {
    match &step.kind {
        StepKind::Call(call) => call.ended,
        StepKind::Span { ended, .. } => *ended,
        StepKind::Test(test) => test.outcome.is_some(),
        _ => true,
    }
}

/// From 0, of which nobody wants to know, to 3, where something failed.
fn level(step: &Step) -> u8 {
    let failed = match &step.kind {
        StepKind::Test(test) => Verdict::of(test.outcome.as_ref()) != Verdict::Passed,
        _ => step.leads_to_failure,
    };
    let own = match step.level {
        _ if failed => 3,
        Level::Debug => 0,
        Level::Info => 1,
        Level::Warning => 2,
        Level::Error => 3,
    };
    if has_error(step) { own.max(2) } else { own }
}

fn has_error(step: &Step) -> bool {
    match &step.kind {
        StepKind::Call(call) => call.error.is_some(),
        StepKind::Span { failure, .. } => failure.is_some(),
        _ => false,
    }
}

fn class(step: &Step) -> String {
    let kind = match &step.kind {
        StepKind::Test(test) => format!("test {}", Verdict::of(test.outcome.as_ref()).class()),
        StepKind::Span { kind, .. } => match kind {
            SpanKind::Group => "span group".into(),
            SpanKind::Subtest => "span subtest".into(),
            SpanKind::Condition => "span condition".into(),
        },
        StepKind::Call(_) => "call".into(),
        StepKind::Message { .. } => "message".into(),
        StepKind::State { .. } => "state".into(),
        StepKind::Picture { .. } => "picture".into(),
        StepKind::Saved { .. } => "saved".into(),
        StepKind::Limit { .. } => "limit".into(),
        StepKind::Component { .. } => "component".into(),
        StepKind::Skipped { .. } | StepKind::Serial { .. } => "remark".into(),
    };
    let mut class = format!("row {kind} l{}", level(step));
    if step.failure.is_some() {
        class.push_str(" failing");
    }
    class
}

/// Whom a step concerns.
fn who(run: &Run, step: &Step) -> Markup {
    let spoken = match &step.kind {
        StepKind::Message { source, .. } | StepKind::State { source, .. } => Some(source),
        _ => None,
    };
    html! {
        @if let Some(machine) = &step.machine {
            span class={ "who machine m" (machine_colour(run, machine)) } title=(machine) { (machine) }
        } @else if let Some(spoken) = spoken {
            span.who { (source(spoken)) }
        } @else {
            span.who {}
        }
    }
}

/// One of the colours that tell machines apart.
pub(super) fn machine_colour(run: &Run, machine: &str) -> usize {
    let place = run.consoles.iter().position(|console| *console.machine == *machine);
    place.unwrap_or_default() % 6
}

fn what(step: &Step) -> Markup {
    match &step.kind {
        StepKind::Test(test) => self::test(test),
        StepKind::Span {
            kind, name, failure, ..
        } => html! {
            span.kind { (match kind { SpanKind::Group => "", SpanKind::Subtest => "subtest", SpanKind::Condition => "condition" }) }
            b { (cut(name, LINE_BYTES)) }
            @if let Some(failure) = failure { span.why { (cut(first_line(&failure.message), LINE_BYTES)) } }
        },
        StepKind::Call(call) => self::call(call),
        StepKind::Message { text, .. } => html! { (cut(text, TEXT_BYTES)) },
        StepKind::State { state: now, detail, .. } => html! {
            span class={ "light " (now.word()) } {}
            (now.word()) @if !detail.is_empty() { span.detail { (cut(detail, LINE_BYTES)) } }
        },
        StepKind::Picture { file } => html! { "screenshot " span.detail { (cut(file, LINE_BYTES)) } },
        StepKind::Saved { file } => html! { "saved " span.detail { (cut(file, LINE_BYTES)) } },
        StepKind::Limit {
            limit,
            in_progress,
            elapsed,
        } => html! {
            "limit " code { (cut(&limit.name, LINE_BYTES)) } " of " (cut(&limit.value, LINE_BYTES)) " passed after " (took(*elapsed))
            @if !in_progress.is_empty() { ", during " code { (cut(in_progress, LINE_BYTES)) } }
        },
        StepKind::Component { file, tests } => html! {
            @match tests {
                Some(tests) => { "loaded " (cut(file, LINE_BYTES)) span.detail { (count(*tests as u64, "test")) } }
                None => { "could not load " (cut(file, LINE_BYTES)) }
            }
        },
        StepKind::Skipped { lines } => html! {
            (count(*lines, "console line")) " came faster than they could be kept"
        },
        StepKind::Serial { shown } => html! {
            "the test turned serial lines on the terminal " (if *shown { "on" } else { "off" })
        },
    }
}

fn test(test: &TestStep) -> Markup {
    html! {
        span.verdict { (word(test.outcome.as_ref())) }
        b { (cut(&test.name, LINE_BYTES)) }
        @if test.attempt > 1 { span.detail { "attempt " (test.attempt) } }
        @if let Some(failure) = test.outcome.as_ref().and_then(crate::event::Outcome::failure) {
            span.why { (cut(first_line(&failure.message), LINE_BYTES)) }
        }
    }
}

fn call(call: &CallStep) -> Markup {
    html! {
        code { (cut(&call.action, LINE_BYTES)) }
        @if let Some(error) = &call.error {
            span.why { (cut(first_line(&error.message), LINE_BYTES)) }
        } @else if let Some(result) = &call.result {
            span.result { (cut(first_line(result), LINE_BYTES)) }
        }
    }
}

/// What unfolds below a step's line.
fn body(run: &Run, step: &Step, files: &mut SavedFiles) -> Markup {
    let failure = step.failure.map(|test| failure::block(run, test, step, files));
    let own = match &step.kind {
        StepKind::Test(test) => html! {
            @if !test.description.is_empty() { p.description { (cut(&test.description, TEXT_BYTES)) } }
            @if !test.file.is_empty() { p.detail { "of " (cut(&test.file, LINE_BYTES)) @if !test.boot.is_zero() { ", " (took(test.boot)) " booting" } } }
        },
        StepKind::Call(call) => call_body(call, failure.is_some()),
        // That stands in the failure's box.
        StepKind::Picture { file } if failure::is_of_failure(file) && of_failed_test(run, step) => {
            html! { p { (link(file, files)) } }
        }
        StepKind::Picture { file } => picture(file, files),
        StepKind::Saved { file } => html! { p { (link(file, files)) } },
        // The failure of a span is that of the call or test within or around it, in all but odd cases.
        StepKind::Span {
            failure: Some(report), ..
        } if !step.leads_to_failure => html! {
            pre.message { (cut(&report.message, TEXT_BYTES)) }
            @if let Some(place) = &report.place { p.detail { (cut(place, LINE_BYTES)) } }
            @if let Some(error) = &report.error { (failure::error(error)) }
        },
        _ => html! {},
    };
    html! { (own) @if let Some(failure) = failure { (failure) } }
}

/// Whether a step stands in a test that failed, and in nothing else.
fn of_failed_test(run: &Run, step: &Step) -> bool {
    let kind = step
        .parent
        .and_then(|parent| run.step(parent))
        .map(|parent| &parent.kind);
    matches!(kind, Some(StepKind::Test(test)) if test.outcome.as_ref().is_some_and(|outcome| outcome.failure().is_some()))
}

fn call_body(call: &CallStep, failed: bool) -> Markup {
    html! {
        @if let Some(error) = &call.error {
            @if !failed { (failure::error(error)) }
        } @else if let Some(command) = &call.command {
            (failure::command(command))
        }
        @if let Some(result) = &call.result {
            @if result.contains('\n') || result.len() > 80 {
                h4 { "result" }
                pre.output tabindex="0" { "\n" (cut(result, TEXT_BYTES)) }
            }
        }
        @if !call.function.is_empty() && !failed && (call.error.is_some() || call.command.is_some()) {
            p.detail { (cut(&call.interface, LINE_BYTES)) "." (cut(&call.function, LINE_BYTES)) }
        }
    }
}

pub(super) fn picture(file: &str, files: &mut SavedFiles) -> Markup {
    html! {
        @match files.picture(file) {
            Some(picture) => {
                img.shot src=(picture.data) width=(picture.width) height=(picture.height) alt={ "screenshot " (file) } decoding="async";
            }
            None => p { (link(file, files)) }
        }
    }
}

/// A saved file's name, linked where it can be.
pub(super) fn link(file: &str, files: &SavedFiles) -> Markup {
    html! {
        @match files.link(file) {
            Some(link) => {
                a.file href=(link.address) download[link.save] rel="noopener noreferrer" { (cut(file, LINE_BYTES)) }
            }
            None => span.file { (cut(file, LINE_BYTES)) }
        }
    }
}

/// A link to a step, by what it says.
pub(super) fn reference(step: &Step) -> Markup {
    let text = match &step.kind {
        StepKind::Call(call) => html! { code { (cut(&call.action, LINE_BYTES)) } },
        StepKind::Test(test) => html! {
            (cut(&test.name, LINE_BYTES)) " " (verdict::word(test.outcome.as_ref()))
        },
        _ => what(step),
    };
    html! { a href={ "#e" (step.number) } { (text) } }
}
