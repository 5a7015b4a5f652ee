//! Which elements are open. They must close in turn, and spans need not.

use std::sync::Arc;

use super::elements::{CLOSING, NEST_END};
use crate::event::SpanId;
use crate::limits::XML_NESTS;
use crate::report::nest_stack::NestStack;

/// The open elements.
#[derive(Debug, Default)]
pub(super) struct Nests {
    open: NestStack<Key, Nest>,
    /// How many of them have elements.
    elements: usize,
}

/// What an element stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Test(Option<Arc<str>>),
    Span(SpanId),
}

impl Key {
    fn new(test: Option<&Arc<str>>, id: Option<SpanId>) -> Self {
        id.map_or_else(|| Self::Test(test.cloned()), Self::Span)
    }
}

#[derive(Debug)]
struct Nest {
    head: String,
    /// Whether there is an element for it, or it lies too deep for one.
    element: bool,
}

impl Nests {
    /// Something began: a span, or without an `id` the test itself. Returns whether there is to be an element for it.
    pub(super) fn open(&mut self, test: Option<&Arc<str>>, id: Option<SpanId>, head: &str) -> bool {
        let element = self.elements < XML_NESTS;
        self.elements += usize::from(element);
        let head = head.to_owned();
        self.open.open(
            Key::new(test, id),
            test.filter(|_| id.is_some()),
            Nest { head, element },
        );
        element
    }

    /// What the head of an open element says; `None` where there is no such element.
    pub(super) fn head(&self, test: Option<&Arc<str>>, id: Option<SpanId>) -> Option<&str> {
        self.open.newest(&Key::new(test, id)).map(|nest| nest.head.as_str())
    }

    /// Something ended. Returns how many elements end with it: none, as long as something in it goes on.
    pub(super) fn end(&mut self, test: Option<&Arc<str>>, id: Option<SpanId>) -> usize {
        self.open.end(&Key::new(test, id));
        self.shut()
    }

    /// A test is about to end: all that was open in it has ended. Returns how many elements end with that.
    pub(super) fn end_spans(&mut self, test: Option<&Arc<str>>) -> usize {
        if let Some(test) = test {
            self.open.end_test(test, |_| {});
        }
        self.shut()
    }

    /// What closes everything that is open.
    pub(super) fn closing(&self) -> String {
        let mut closing = NEST_END.repeat(self.elements);
        closing.push_str(CLOSING);
        closing
    }

    /// Shuts what has ended and holds nothing that has not.
    fn shut(&mut self) -> usize {
        let before = self.elements;
        while let Some(nest) = self.open.close() {
            self.elements -= usize::from(nest.element);
        }
        before - self.elements
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_out_of_turn_closes_when_what_lies_in_it_has_ended() {
        let mut nests = Nests::default();
        let test: Arc<str> = "t".into();
        let (test, one, two) = (Some(&test), Some(SpanId(1)), Some(SpanId(2)));
        assert!(nests.open(test, None, "test"));
        assert!(nests.open(test, one, "one"));
        assert!(nests.open(test, two, "two"));
        assert_eq!(nests.end(test, one), 0);
        assert_eq!(nests.head(test, one), None, "it has ended");
        assert_eq!(nests.closing(), format!("{}{CLOSING}", NEST_END.repeat(3)));
        assert_eq!(nests.end(test, two), 2);
        assert_eq!(nests.end(test, two), 0);
        assert!(nests.open(test, one, "again"));
        assert_eq!(nests.end_spans(test), 1);
        assert_eq!(nests.end(test, None), 1);
        assert_eq!(nests.closing(), CLOSING);
    }

    #[test]
    fn what_lies_too_deep_has_no_element() {
        let mut nests = Nests::default();
        let test: Arc<str> = "t".into();
        let test = Some(&test);
        let elements = (0..XML_NESTS as u64 + 2).filter(|id| nests.open(test, Some(SpanId(*id)), ""));
        assert_eq!(elements.count(), XML_NESTS);
        assert_eq!(nests.end(test, Some(SpanId(XML_NESTS as u64 + 1))), 0);
        assert_eq!(nests.end_spans(test), XML_NESTS);
    }
}
