//! Which tests and spans are open.

use std::sync::Arc;

use crate::event::{Event, SpanId, SpanKind};

/// Everything open, in the order in which it was opened.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    test: Option<Arc<str>>,
    span: Option<Span>,
    depth: usize,
}

#[derive(Debug)]
struct Span {
    id: SpanId,
    kind: SpanKind,
    name: String,
}

/// A span that was closed.
#[derive(Debug)]
pub(super) struct Closed {
    pub(super) kind: SpanKind,
    pub(super) depth: usize,
    /// The names of the subtests around it, and its own, the outermost first.
    pub(super) path: Vec<String>,
}

impl Nesting {
    /// How deep an event lies: in its span, otherwise in the innermost open part of its test. Machines do not know
    /// in which test they are; what they say lies in the innermost open part of all.
    pub(super) fn depth(&self, event: &Event) -> usize {
        let of_span = |open: &&Open| open.span.as_ref().map(|span| span.id) == event.span;
        let of_test = |open: &&Open| event.test.is_none() || open.test == event.test;
        let span = event.span.and_then(|_| self.open.iter().rev().find(of_span));
        span.or_else(|| self.open.iter().rev().find(of_test))
            .map_or(0, |open| open.depth + 1)
    }

    /// Whether a test evaluates a polling condition.
    pub(super) fn in_condition(&self, event: &Event) -> bool {
        let evaluates = |span: &Span| span.kind == SpanKind::Condition;
        let mut of_test = self.open.iter().filter(|open| open.test == event.test);
        of_test.any(|open| open.span.as_ref().is_some_and(evaluates))
    }

    /// A test began. It lies in nothing.
    pub(super) fn open_test(&mut self, event: &Event) {
        self.open.push(Open {
            test: event.test.clone(),
            span: None,
            depth: 0,
        });
    }

    /// A test ended, and with it what was open in it. Returns the names of the subtests that were, the outermost first.
    pub(super) fn close_test(&mut self, event: &Event) -> Vec<String> {
        let (closed, open) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|open| open.test == event.test);
        self.open = open;
        let closed: Vec<Open> = closed;
        closed.into_iter().filter_map(Open::into_subtest).collect()
    }

    /// A span was opened. Returns its depth.
    pub(super) fn open_span(&mut self, event: &Event, id: SpanId, kind: SpanKind, name: &str) -> usize {
        let depth = self.depth(event);
        self.open.push(Open {
            test: event.test.clone(),
            span: Some(Span {
                id,
                kind,
                name: name.into(),
            }),
            depth,
        });
        depth
    }

    /// A span was closed; `None` where it was not open. Spans may be closed in any order.
    pub(super) fn close_span(&mut self, id: SpanId) -> Option<Closed> {
        let place = self
            .open
            .iter()
            .position(|open| open.span.as_ref().is_some_and(|span| span.id == id))?;
        let closed = self.open.remove(place);
        let span = closed.span?;
        let around = self
            .open
            .iter()
            .take(place)
            .filter(|open| open.test == closed.test && open.depth < closed.depth);
        let mut path: Vec<String> = around.filter_map(Open::subtest).map(|span| span.name.clone()).collect();
        path.push(span.name);
        Some(Closed {
            kind: span.kind,
            depth: closed.depth,
            path,
        })
    }
}

impl Open {
    fn subtest(&self) -> Option<&Span> {
        self.span.as_ref().filter(|span| span.kind == SpanKind::Subtest)
    }

    fn into_subtest(self) -> Option<String> {
        self.span
            .filter(|span| span.kind == SpanKind::Subtest)
            .map(|span| span.name)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::event::EventKind;

    fn event(test: Option<&str>, span: Option<u64>) -> Event {
        let kind = EventKind::test_started();
        Event {
            wall: SystemTime::UNIX_EPOCH,
            offset: Duration::ZERO,
            test: test.map(Arc::from),
            span: span.map(SpanId),
            kind,
        }
    }

    #[test]
    fn events_lie_in_their_span_or_the_innermost_of_their_test() {
        let mut nesting = Nesting::default();
        nesting.open_test(&event(Some("a"), None));
        nesting.open_test(&event(Some("b"), None));
        assert_eq!(
            nesting.open_span(&event(Some("a"), None), SpanId(1), SpanKind::Group, "one"),
            1
        );
        assert_eq!(
            nesting.open_span(&event(Some("a"), Some(1)), SpanId(2), SpanKind::Subtest, "two"),
            2
        );
        assert_eq!(nesting.depth(&event(Some("a"), None)), 3);
        assert_eq!(nesting.depth(&event(Some("a"), Some(1))), 2);
        assert_eq!(nesting.depth(&event(Some("b"), None)), 1);
        assert_eq!(nesting.depth(&event(None, None)), 3);
        assert_eq!(nesting.depth(&event(Some("c"), Some(7))), 0);
    }

    #[test]
    fn spans_close_in_any_order_and_with_their_test() {
        let mut nesting = Nesting::default();
        nesting.open_test(&event(Some("a"), None));
        nesting.open_span(&event(Some("a"), None), SpanId(1), SpanKind::Subtest, "outer");
        nesting.open_span(&event(Some("a"), Some(1)), SpanId(2), SpanKind::Group, "group");
        nesting.open_span(&event(Some("a"), Some(2)), SpanId(3), SpanKind::Subtest, "inner");
        let closed = nesting.close_span(SpanId(2)).unwrap();
        assert_eq!(
            (closed.kind, closed.depth, closed.path.join("/")),
            (SpanKind::Group, 2, "outer/group".into())
        );
        assert!(nesting.close_span(SpanId(2)).is_none());
        assert_eq!(nesting.close_test(&event(Some("a"), None)), ["outer", "inner"]);
        assert_eq!(nesting.depth(&event(Some("a"), None)), 0);
    }
}
