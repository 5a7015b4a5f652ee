"""What the host is told of an exception that ends a subtest or a test."""

from __future__ import annotations

import sys
import traceback

from proctor_bindings.imports import types

from . import place
from .arguments import sayable
from .cause import record_of
from .errors import Error, ProcessEnded

_LONGEST_BYTES = 64 * 1024
"""Of a message only as many bytes go to the host, the first ones, and of its traceback as many: the host limits how much a
test may hand to it at a time, and a longer message would take the place with it."""


def failure_of(error: BaseException, *, with_traceback: bool = True) -> types.Failure:
    """The failure of an exception. Never raises: what cannot be told is left out."""
    message = text_of(error)
    try:
        if with_traceback and (trace := _trace(error)):
            message = f"{message}\n{_cut(trace)}"
        where = (error._place if isinstance(error, Error) else None) or place.of_traceback(error.__traceback__)
        if isinstance(error, SyntaxError):
            where = place.of_syntax_error(error) or where
    except Exception as broken:  # noqa: BLE001 -- the first error is to be told, whatever becomes of its traceback
        where = None
        message = f"{message}\n(its traceback cannot be shown: {type(broken).__name__})"
    return types.Failure(message, host_place(where), record_of(error))


def text_of(error: BaseException) -> str:
    """What an exception says, as Python would; of ours and of failed assertions the text alone. What is too long
    is cut."""
    try:
        match error:
            case Error() | ProcessEnded():
                return _cut(str(error))
            case AssertionError() if str(error):
                return _cut(str(error))
            case SystemExit():
                return _cut(f"the test called sys.exit({'' if error.code is None else repr(error.code)})")
        members = {"show_group": True} if isinstance(error, BaseExceptionGroup) and sys.version_info >= (3, 13) else {}
        return _cut("".join(traceback.format_exception_only(error, **members)).rstrip("\n"))
    except Exception as broken:  # noqa: BLE001 -- as above
        return f"{type(error).__name__} (its text cannot be shown: {type(broken).__name__})"


def host_place(where: place.Place | None) -> types.Place | None:
    """A place as the host knows it."""
    return None if where is None else types.Place(sayable(where[0]), where[1], where[2])


def _cut(value: str) -> str:
    """The beginning of a text, with a note of its length where that cuts it; lone surrogates are written as escapes."""
    said = value.encode("utf-8", "backslashreplace")
    if len(said) <= _LONGEST_BYTES:
        return said.decode()
    return f"{said[:_LONGEST_BYTES].decode(errors='ignore')}... ({len(said)} bytes)"


def _trace(error: BaseException) -> str:
    # One place without more is the failure's own.
    chained = error.__cause__ is not None or (error.__context__ is not None and not error.__suppress_context__)
    if isinstance(error, Error) and not chained and place.count(error.__traceback__) < 2:
        return ""
    return place.formatted(error)
