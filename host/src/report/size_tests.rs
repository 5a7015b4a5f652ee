//! Records of any size become reports in a time that grows with them and no faster.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::destination::Destination;
use super::golden_tests::{html, junit, trace, xml};
use crate::event::{Event, EventKind, FailureReport, Outcome, Report, SpanId, SpanKind};

/// What is open at a time.
const OPEN: u64 = 100_000;
/// For one report, without optimization on a machine that does other things, too. Where each end looks at all that is
/// open it takes minutes.
const PATIENCE: Duration = Duration::from_secs(30);

fn event(test: &str, number: u64, kind: EventKind) -> Event {
    Event {
        wall: SystemTime::UNIX_EPOCH,
        offset: Duration::from_micros(number),
        test: Some(Arc::from(test)),
        span: None,
        kind,
    }
}

/// Spans in one another, of which the outermost ends first, each with a failure of its own.
fn spans() -> Vec<Event> {
    let begin = |id| EventKind::SpanStarted {
        id: SpanId(id),
        kind: SpanKind::Subtest,
        name: format!("span {id}"),
    };
    let end = |id| EventKind::SpanFinished {
        id: SpanId(id),
        name: format!("span {id}"),
        elapsed: Duration::ZERO,
        failure: Some(FailureReport::new(format!("failure {id}"))),
    };
    let mut events = vec![event("t", 0, EventKind::test_started())];
    events.extend((0..OPEN).map(|id| event("t", id, begin(id))));
    events.extend((0..OPEN).map(|id| event("t", OPEN + id, end(id))));
    events
}

/// Tests that run at the same time, of which the first ends first.
fn tests() -> Vec<Event> {
    let end = |number| EventKind::TestFinished {
        outcome: Outcome::Failed(FailureReport::new(format!("failure {number}"))),
        elapsed: Duration::ZERO,
        boot: Duration::ZERO,
    };
    let name = |number: u64| format!("t{number}");
    let mut events: Vec<Event> = (0..OPEN)
        .map(|number| event(&name(number), number, EventKind::test_started()))
        .collect();
    events.extend((0..OPEN).map(|number| event(&name(number), OPEN + number, end(number))));
    events
}

#[test]
fn very_many_open_spans_and_tests_are_no_matter() {
    let scratch = tempfile::tempdir().unwrap();
    let destination = Destination::File(scratch.path().join("report"));
    type Make = fn(&Destination) -> Box<dyn Report>;
    let reports: [(&str, Make); 4] = [("xml", xml), ("junit", junit), ("trace", trace), ("html", html)];
    for (what, events) in [("spans", spans()), ("tests", tests())] {
        for (name, make) in reports {
            let start = Instant::now();
            let mut report = make(&destination);
            for event in &events {
                report.event(event);
                assert!(start.elapsed() < PATIENCE, "{what} in {name}");
            }
            report.finish();
            assert!(start.elapsed() < PATIENCE, "{what} in {name}: {:?}", start.elapsed());
            let text = std::fs::read_to_string(scratch.path().join("report")).unwrap();
            // A page has no room for as many steps; of failed tests none is missing.
            let last = if (what, name) == ("spans", "html") { 1 } else { OPEN - 1 };
            assert!(text.contains(&format!("failure {last}")), "{what} in {name}");
        }
    }
}
