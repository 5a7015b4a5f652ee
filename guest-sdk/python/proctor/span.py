"""Stretches of the log: groups and subtests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from proctor_bindings.imports import log as host

from . import running
from .arguments import text
from .failure import failure_of


@contextmanager
def group(name: str) -> Iterator[None]:
    """Puts the lines that its body causes together under a name: `with proctor.group("setting up"): ...`."""
    running.require("group")
    with host.Span(host.SpanKind.GROUP, text(name, "name")):
        yield


@contextmanager
def subtest(name: str) -> Iterator[None]:
    """A part of the test that passes or fails under a name of its own: `with proctor.subtest("it starts"): ...`.

    An exception of its body is logged as the subtest's failure and goes on: it ends the test, unless something catches it.
    """
    running.require("subtest")
    with host.Span(host.SpanKind.SUBTEST, text(name, "name")) as span:
        try:
            yield
        except BaseException as error:
            span.fail(failure_of(error, with_traceback=False))
            raise
