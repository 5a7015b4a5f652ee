"""Something tried again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..duration import DEFAULT_SECONDS, Duration, as_seconds
from ..errors import timed_out

_PAUSES = (0.02, 1.0)
"""The first pause between two tries, and the longest, in seconds."""


def retry(fn: Callable[[bool], object], timeout_seconds: Duration | None = None, timeout: Duration | None = None) -> None:
    """Calls `fn(False)` until it returns something true. When the time has passed, `DEFAULT_SECONDS` by default, it is tried a last
    time, as `fn(True)`. The time has had both names.

    Raises: `RequestedAssertionFailed`, `action timed out after ...`.
    """
    if timeout_seconds is not None and timeout is not None:
        raise TypeError("retry() takes timeout or timeout_seconds, not both")
    given = timeout if timeout_seconds is None else timeout_seconds
    limit = as_seconds(DEFAULT_SECONDS if given is None else given)
    start = time.monotonic()
    while (elapsed := time.monotonic() - start) < limit:
        began = time.monotonic()
        if fn(False):
            return
        # As long as a try took, and the longer it lasts the less often.
        pause = min(max(time.monotonic() - began, elapsed / 20, _PAUSES[0]), _PAUSES[1])
        time.sleep(min(pause, max(limit - (time.monotonic() - start), 0.0)))
    if not fn(True):
        raise timed_out(time.monotonic() - start, limit)


