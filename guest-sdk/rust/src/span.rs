//! Stretches of the log: groups and subtests.

use std::cell::RefCell;
use std::rc::Rc;

use crate::Result;
use crate::bindings::proctor::driver::log::{Span, SpanKind};
use crate::bindings::proctor::driver::types::Failure;
use crate::cause::failure;

thread_local! {
    /// The subtests that are open, outermost first: a panic ends them without running destructors.
    static OPEN_SUBTESTS: RefCell<Vec<Rc<Span>>> = const { RefCell::new(Vec::new()) };
}

/// Puts the lines that the body causes together under a name.
pub fn group<R>(name: impl AsRef<str>, body: impl FnOnce() -> R) -> R {
    let _span = Span::new(SpanKind::Group, name.as_ref());
    body()
}

/// A part of the test that passes or fails under a name of its own.
///
/// # Errors
///
/// Those of the body, which are logged as the subtest's failure and passed on: with `?` they end the test, without it the
/// test goes on.
pub fn subtest<T>(name: impl AsRef<str>, body: impl FnOnce() -> Result<T>) -> Result<T> {
    let subtest = OpenSubtest::new(name.as_ref());
    let result = body();
    if let Err(error) = &result {
        subtest.0.fail(&failure(error));
    }
    result
}

/// Marks all open subtests as failed, innermost first.
pub(crate) fn fail_open_subtests(failure: &Failure) {
    let open = OPEN_SUBTESTS.with(|spans| spans.try_borrow().map(|spans| spans.clone()).unwrap_or_default());
    for span in open.iter().rev() {
        span.fail(failure);
    }
}

/// A subtest whose body runs.
struct OpenSubtest(Rc<Span>);

impl OpenSubtest {
    fn new(name: &str) -> Self {
        let span = Rc::new(Span::new(SpanKind::Subtest, name));
        OPEN_SUBTESTS.with_borrow_mut(|spans| spans.push(Rc::clone(&span)));
        Self(span)
    }
}

impl Drop for OpenSubtest {
    fn drop(&mut self) {
        OPEN_SUBTESTS.with_borrow_mut(|spans| spans.pop());
    }
}
