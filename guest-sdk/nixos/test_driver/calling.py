"""Calls of the host, whose errors are those that scripts expect."""

from __future__ import annotations

from collections.abc import Callable
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
    try:
        return call_within(left, function)
    except host.Error as error:
        raise translated(error, timeout) from None


def plain(function: Callable[[], _Value]) -> _Value:
    """The same for what takes no time."""
    return call(lambda _left: function())
