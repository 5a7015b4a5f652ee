//! `page.html`, filled in.

use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};
use sha2::{Digest as _, Sha256};

use super::again::again;
use super::bounds::{COMMAND_BYTES, LINE_BYTES, NAMED_FAILURES};
use super::log::{log, reference};
use super::panels::{panels, time};
use super::run::{Ending, Run};
use super::saved_files::SavedFiles;
use super::timeline::timeline;
use super::verdict::{Verdict, first_line, of_run};
use super::wording::{count, cut, moment, took};
use crate::event::Outcome;
use crate::text;

/// The page, with a mark where something is filled in.
const PAGE: &str = include_str!("page.html");
const STYLE: &str = concat!(
    include_str!("style/light.css"),
    // What is dark is so by choice, or by the reader's system where nothing is chosen.
    ":root[data-theme=\"dark\"] {\n",
    include_str!("style/dark.css"),
    "}\n@media (prefers-color-scheme: dark) {\n:root:not([data-theme]) {\n",
    include_str!("style/dark.css"),
    "}\n}\n",
    include_str!("style/page.css"),
    include_str!("style/head.css"),
    include_str!("style/log.css"),
    include_str!("style/timeline.css"),
    include_str!("style/panels.css"),
    include_str!("style/narrow.css"),
);
const SCRIPT: &str = concat!(
    include_str!("script/page.js"),
    include_str!("script/theme.js"),
    include_str!("script/console.js"),
    include_str!("script/panels.js"),
    include_str!("script/steps.js"),
    include_str!("script/search.js"),
    include_str!("script/timeline.js"),
    include_str!("script/keyboard.js"),
    include_str!("script/start.js"),
);

/// What has to be done before anything is laid out.
const EARLY_SCRIPT: &str = include_str!("script/early.js");

/// Writes the page of a run.
pub(super) fn write(run: &Run, mut files: SavedFiles, to: &mut impl Write) -> io::Result<()> {
    let (verdict, sentence) = of_run(run);
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("<!--{") {
        let (mark, after) = after.split_once("}-->").unwrap_or_default();
        harmless(before, to)?;
        match mark {
            "policy" => harmless(&html! { (policy()) }.into_string(), to)?,
            "title" => harmless(&html! { (sentence) " – Proctor" }.into_string(), to)?,
            "style" => harmless(STYLE, to)?,
            "early" => harmless(EARLY_SCRIPT, to)?,
            "script" => harmless(SCRIPT, to)?,
            "head" => harmless(&head(run, verdict, &sentence).into_string(), to)?,
            "timeline" => harmless(&timeline(run).into_string(), to)?,
            "log" => harmless(&log(run, &mut files).into_string(), to)?,
            "panels" => harmless(&panels(run, &files).into_string(), to)?,
            // A mark that is none is a comment of the page.
            _ => {}
        }
        rest = after;
    }
    harmless(rest, to)?;
    to.flush()
}

/// Nothing is fetched, nothing is run or styled but what the file itself holds, byte for byte.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}' 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'",
        hash(EARLY_SCRIPT),
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// Writes a part of the page. Characters that steer a terminal, an editor or a reader's eye are written out: a record
/// of Proctor's has none, but one may come from anywhere.
fn harmless(part: &str, to: &mut impl Write) -> io::Result<()> {
    let is_harmful = |c: char| c != '\n' && c != '\t' && text::is_harmful(c);
    let mut rest = part;
    while let Some(place) = rest.find(is_harmful) {
        let (before, after) = rest.split_at(place);
        to.write_all(before.as_bytes())?;
        let mut after = after.chars();
        let mut escaped = String::new();
        if let Some(c) = after.next() {
            text::write_escaped(&mut escaped, c);
        }
        to.write_all(escaped.as_bytes())?;
        rest = after.as_str();
    }
    to.write_all(rest.as_bytes())
}

/// The verdict, why, and how to do it again.
fn head(run: &Run, verdict: Verdict, sentence: &str) -> Markup {
    html! {
        h1 class=(verdict.class()) {
            svg.mark aria-hidden="true" viewBox="0 0 20 20" { (mark(verdict)) }
            span { (cut(sentence, LINE_BYTES)) }
        }
        (failures(run))
        (remarks(run))
        @if let Some(begun) = &run.begun {
            @let (failed_alone, command) = again(run, begun);
            div.again { span.detail { @if failed_alone { "Run what failed again" } @else { "Run it again" } } code id="again" { (cut(&command, COMMAND_BYTES)) } }
        }
        p.facts { (facts(run)) }
    }
}

fn mark(verdict: Verdict) -> Markup {
    let path = match verdict {
        Verdict::Passed => "M4.5 10.5l3.5 3.5 7.5-8",
        Verdict::Failed => "M5 5l10 10M15 5L5 15",
        Verdict::Error => "M10 4v8M10 15.4v.2",
        Verdict::Stopped => "M5 10h10",
    };
    html! { path d=(path) {} }
}

/// The tests that did not pass, each with its reason and the way there. One alone is in the sentence already.
fn failures(run: &Run) -> Markup {
    let mut failed: Vec<_> = run
        .last_attempts()
        .into_iter()
        .filter(|(_, _, test)| test.outcome.as_ref().is_none_or(|outcome| outcome.failure().is_some()))
        .collect();
    let left = failed.len().saturating_sub(NAMED_FAILURES);
    failed.truncate(NAMED_FAILURES);
    let several = run.tests.len() > 1;
    html! {
        @if several && !failed.is_empty() {
            ul.failures {
                @for (index, step, test) in failed {
                    li {
                        @let place = run.steps.iter().find(|step| step.failure == Some(index)).unwrap_or(step);
                        a href={ "#e" (place.number) } { b { (cut(&test.name, LINE_BYTES)) } }
                        @match test.outcome.as_ref().and_then(Outcome::failure) {
                            Some(failure) => { " " (cut(first_line(&failure.message), LINE_BYTES)) }
                            None => " was running when the record ended"
                        }
                    }
                }
                @if left > 0 { li { "and " (count(left as u64, "other")) } }
            }
        }
    }
}

fn remarks(run: &Run) -> Markup {
    let passed_later: Vec<_> = run
        .last_attempts()
        .into_iter()
        .filter(|(_, _, test)| test.attempt > 1 && matches!(test.outcome, Some(Outcome::Passed)))
        .collect();
    html! {
        @if let Ending::CutOff = run.ending {
            p.remark { "Proctor was killed, or the record cannot be read further: what was written until " (moment(run.last)) " s is here." }
        }
        @if run.tally.embellished() {
            p.remark { "The record itself says that more went well than it shows: what it shows is told here." }
        }
        @if !passed_later.is_empty() {
            p.remark {
                "Passed only when tried again: "
                @for (place, (_, step, _)) in passed_later.iter().take(NAMED_FAILURES).enumerate() { @if place > 0 { ", " } (reference(step)) }
            }
        }
    }
}

fn facts(run: &Run) -> Markup {
    let mut facts = Vec::new();
    if let Some(wall) = run.wall {
        facts.push(time(wall));
    }
    let took = match &run.ending {
        Ending::Finished { elapsed, .. } => took(*elapsed),
        _ => took(run.last),
    };
    facts.push(took);
    facts.push(count(run.last_attempts().len() as u64, "test"));
    facts.push(count(run.consoles.len() as u64, "machine"));
    if run.warnings > 0 {
        facts.push(count(run.warnings, "warning"));
    }
    let mut text = String::new();
    for (place, fact) in facts.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{fact}", if place > 0 { " · " } else { "" });
    }
    html! { (text) }
}
