"""Calls of the host, whose errors are those that scripts expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from proctor import errors as host
from proctor.arguments import milliseconds
from proctor.polling import call_within

from .duration import Duration, as_timedelta
from .errors import translated

_Value = TypeVar("_Value")


def call(function: Callable[[int | None], _Value], timeout: Duration | None = None) -> _Value:
    """Calls the host: `function` gets the time that is left, in milliseconds."""
    # A time that has passed already leaves one look.
    left = None if timeout is None else max(milliseconds(max(as_timedelta(timeout), timedelta())), 1)
    with translating(timeout):
        return call_within(left, function)


def _nothing() -> None:
    pass


after_error: Callable[[], None] = _nothing
"""Done before an error of the host is raised: in a session, what whoever types wants instead."""


@contextmanager
def translating(timeout: Duration | None = None) -> Iterator[None]:
    """Errors of the host that the body raises become those that scripts expect. `timeout` is what the script gave."""
    try:
        yield
    except host.Error as error:
        after_error()
        raise translated(error, timeout) from None
