"""Durations: `datetime.timedelta`, or seconds as a number."""

from __future__ import annotations

import datetime as dt

Duration = dt.timedelta | int | float

DEFAULT_SECONDS = 900
"""How long a command or a wait may take where nothing else is said, as in the NixOS driver."""


def as_timedelta(duration: Duration) -> dt.timedelta:
    """A duration as a `timedelta`."""
    if isinstance(duration, dt.timedelta):
        return duration
    if isinstance(duration, bool) or not isinstance(duration, int | float):
        raise TypeError(f"expected a timedelta, int, or float duration, got {type(duration).__name__}: {duration!r}")
    try:
        return dt.timedelta(seconds=duration)
    except (ValueError, OverflowError):
        raise ValueError(f"a duration must be a number of seconds that a timedelta can hold, not {duration!r}") from None


def as_seconds(duration: Duration) -> float:
    """A duration in seconds."""
    return as_timedelta(duration).total_seconds()
