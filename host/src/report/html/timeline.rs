//! A lane for each machine and VLAN, and two for tests and their steps, as SVG in percents of its width.

use std::time::Duration;

use maud::{Markup, html};

use super::bounds::{self, LINE_BYTES};
use super::log::machine_colour;
use super::run::{Lane, Run, Step, StepKind};
use super::verdict::{Verdict, word};
use super::wording::{cut, moment, source, took};
use crate::event::{Source, SpanKind, State};

/// How many intervals the axis has, about.
const TICKS: f64 = 6.0;

/// The timeline.
pub(super) fn timeline(run: &Run) -> Markup {
    let scale = Scale::of(run);
    html! {
        div.lanes data-end=(format!("{:.3}", scale.end)) {
            @if !run.tests.is_empty() {
                span.label { "tests" }
                svg.lane.tests role="img" aria-label="tests" { (tests(run, &scale)) }
                span.label { "steps" }
                svg.lane.steps role="img" aria-label="steps" { (steps(run, &scale)) }
            }
            @for lane in &run.lanes {
                @let name = source(&lane.source);
                @match &lane.source {
                    Source::Machine(machine) => { span class={ "label machine m" (machine_colour(run, machine)) } title=(name) { (name) } }
                    _ => { span.label title=(name) { (name) } }
                }
                svg.lane.states role="img" aria-label={ "states of " (name) } { (states(lane, &scale)) }
            }
            span.label.axis { "s" }
            svg.lane.axis aria-hidden="true" { (axis(&scale)) }
        }
    }
}

struct Scale {
    /// The end, in seconds; more than nothing.
    end: f64,
}

impl Scale {
    fn of(run: &Run) -> Self {
        Self {
            end: run.last.as_secs_f64().max(0.001),
        }
    }

    fn percent(&self, time: f64) -> String {
        format!("{:.3}%", (time / self.end * 100.0).clamp(0.0, 100.0))
    }

    fn at(&self, offset: Duration) -> String {
        self.percent(offset.as_secs_f64())
    }

    /// The width between two moments.
    fn between(&self, from: Duration, to: Duration) -> String {
        self.percent(to.saturating_sub(from).as_secs_f64())
    }
}

fn end_of(step: &Step, run: &Run) -> Duration {
    step.elapsed
        .map_or(run.last, |elapsed| step.offset.saturating_add(elapsed).min(run.last))
}

fn tests(run: &Run, scale: &Scale) -> Markup {
    html! {
        @for (_, step, test) in run.tests() {
            @let end = end_of(step, run);
            a href={ "#e" (step.number) } tabindex="-1" {
                rect class=(Verdict::of(test.outcome.as_ref()).class()) x=(scale.at(step.offset)) width=(scale.between(step.offset, end)) y="1" height="14" rx="2" {
                    title { (cut(&test.name, LINE_BYTES)) " " (word(test.outcome.as_ref())) @if let Some(elapsed) = step.elapsed { ", " (took(elapsed)) } }
                }
            }
        }
    }
}

fn steps(run: &Run, scale: &Scale) -> Markup {
    let mut bars: Vec<&Step> = run
        .steps
        .iter()
        .filter(|step| matches!(step.kind, StepKind::Span { .. } | StepKind::Call(_)))
        .collect();
    let weight = |step: &Step| (step.leads_to_failure, end_of(step, run).saturating_sub(step.offset));
    bars.sort_by_key(|step| std::cmp::Reverse(weight(step)));
    bars.truncate(bounds::BARS);
    bars.sort_by_key(|step| step.number);
    let pictures = run
        .steps
        .iter()
        .filter(|step| matches!(step.kind, StepKind::Picture { .. }));
    html! {
        @for step in bars { (bar(run, step, scale)) }
        @for picture in pictures.take(bounds::BARS) {
            a href={ "#e" (picture.number) } tabindex="-1" {
                circle.picture cx=(scale.at(picture.offset)) cy="8" r="3" { title { "screenshot at " (moment(picture.offset)) } }
            }
        }
    }
}

fn bar(run: &Run, step: &Step, scale: &Scale) -> Markup {
    let end = end_of(step, run);
    // Spans above, the calls in them below.
    let (kind, y, height, name) = match &step.kind {
        StepKind::Span {
            kind: SpanKind::Condition,
            name,
            ..
        } => ("condition", 1, 5, name),
        StepKind::Span { name, .. } => ("span", 1, 5, name),
        StepKind::Call(call) => ("call", 7, 8, &call.action),
        _ => return html! {},
    };
    html! {
        a href={ "#e" (step.number) } tabindex="-1" {
            rect class={ (kind) @if step.leads_to_failure { " failed" } } x=(scale.at(step.offset)) width=(scale.between(step.offset, end)) y=(y) height=(height) rx="1" {
                title { (cut(name, LINE_BYTES)) @if let Some(elapsed) = step.elapsed { ", " (took(elapsed)) } }
            }
        }
    }
}

fn states(lane: &Lane, scale: &Scale) -> Markup {
    let ends = lane.states.iter().skip(1).map(|(offset, _)| *offset);
    let last = Duration::from_secs_f64(scale.end);
    let spans = lane.states.iter().zip(ends.chain([last])).take(bounds::BARS);
    html! {
        @for ((from, now), to) in spans {
            @let thin = matches!(now, State::Off | State::Down);
            rect class=(now.word()) x=(scale.at(*from)) width=(scale.between(*from, to)) y=(if thin { 7 } else { 2 }) height=(if thin { 2 } else { 12 }) {
                title { (now.word()) " from " (moment(*from)) " to " (moment(to)) }
            }
        }
    }
}

fn axis(scale: &Scale) -> Markup {
    let rough = scale.end / TICKS;
    let decade = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * decade)
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(rough);
    let digits = if step < 0.01 {
        3
    } else if step < 0.1 {
        2
    } else {
        usize::from(step < 1.0)
    };
    let ticks = (0_i32..).map(|number| f64::from(number) * step);
    html! {
        @for tick in ticks.take_while(|tick| *tick <= scale.end * 0.97) {
            line x1=(scale.percent(tick)) x2=(scale.percent(tick)) y1="0" y2="4" {}
            text x=(scale.percent(tick)) y="14" dx="2" { (format!("{tick:.digits$}")) }
        }
    }
}
