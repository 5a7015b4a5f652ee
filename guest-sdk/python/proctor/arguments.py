"""What a test hands to the host, checked: what the host cannot be told is an error with a text."""

from __future__ import annotations

import os
from datetime import timedelta

from .errors import InvalidArgument

Duration = int | float | timedelta
"""A duration: seconds as a number, or a `timedelta`. Rounded up to milliseconds; at most 49 days."""

_LONGEST = 2**32 - 1
"""The host counts milliseconds in 32 bits."""

_NANOSECONDS = 1_000_000_000


def text(value: object, what: str) -> str:
    """A text that can be told to the host."""
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a str, not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgument(
            f"{what} has a lone surrogate at index {error.start}, which is no character: {shown(value)}"
        ) from None
    return str(value)


def optional_text(value: object, what: str) -> str | None:
    """The same, or nothing."""
    return None if value is None else text(value, what)


def path(value: object, what: str) -> str:
    """A path as a text."""
    return text(os.fspath(value) if isinstance(value, os.PathLike) else value, what)


def boolean(value: object, what: str) -> bool:
    """A truth value, and nothing that counts as one."""
    if not isinstance(value, bool):
        raise TypeError(f"{what} must be a bool, not {type(value).__name__}")
    return value


def port(value: object, what: str) -> int:
    """The number of a TCP port."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{what} must be an int, not {type(value).__name__}")
    if not 0 <= value <= 0xFFFF:
        raise InvalidArgument(f"{what} {value} is not between 0 and 65535")
    return value


def milliseconds(value: object, what: str = "timeout") -> int:
    """Rounded up, so that no wait is shorter than asked for; the longest that can be told, 49 days, where it is longer."""
    if isinstance(value, timedelta):
        nanoseconds = (value // timedelta(microseconds=1)) * 1000
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value != value:
            raise InvalidArgument(f"{what} is not a number")
        # Of a fraction's binary form only what a clock can show: 1.1 seconds are 1100 ms.
        nanoseconds = round(value * _NANOSECONDS) if abs(value) <= _LONGEST else (_LONGEST * 10**6 if value > 0 else -1)
    else:
        raise TypeError(f"{what} must be a number of seconds or a timedelta, not {type(value).__name__}")
    if nanoseconds < 0:
        raise InvalidArgument(f"{what} is less than zero: {value}")
    return min(-(-nanoseconds // 1_000_000), _LONGEST)


def optional_milliseconds(value: object, what: str = "timeout") -> int | None:
    """The same, or nothing."""
    return None if value is None else milliseconds(value, what)


def seconds(value: Duration) -> float:
    """A duration in seconds."""
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def sayable(value: str) -> str:
    """A text in which lone surrogates are written as escapes: what is said of an error must reach the host."""
    return value.encode("utf-8", "backslashreplace").decode()


def shown(value: str) -> str:
    """A text as it would stand in source text, without lone surrogates."""
    return sayable(repr(value))
