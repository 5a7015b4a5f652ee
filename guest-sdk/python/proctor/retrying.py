"""Something of the test's own, tried again and again."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import TypeVar

from .arguments import Duration, milliseconds, seconds
from .errors import Error
from .returning import never_run

_PAUSES = (0.020, 1.0)
"""The first pause between two tries, and the longest, in seconds: what is waited for is soon noticed, and the machine has
time for other things."""

_Value = TypeVar("_Value")


def retry(action: Callable[[], _Value | None], timeout: Duration = 900) -> _Value:
    """Repeats something until it returns a value that is neither None nor False, and returns that.

        load = proctor.retry(lambda: quiet_load(machine), timeout=60)

    It pauses between two tries as long as a try took or a twentieth of the time so far, 20 ms at least and one second at
    most. `timeout` is in seconds, 900 by default. One try is not ended by that: give the calls in it a time.

    Raises: what `action` raises, at once; `Error`, `action timed out after ... seconds`, where the time has passed.
    """
    milliseconds(timeout)
    limit = seconds(timeout)
    start = time.monotonic()
    while True:
        began = time.monotonic()
        value = action()
        if inspect.iscoroutine(value):
            raise Error(f"the action returned {never_run(value)}, of which nothing was run: an action is a plain function")
        if value is not None and value is not False:
            return value
        now = time.monotonic()
        elapsed = now - start
        if elapsed >= limit:
            raise Error(f"action timed out after {elapsed:.2f} seconds (timeout={float(limit)!r})")
        # The longer it lasts, the less often.
        pause = min(max(now - began, elapsed / 20, _PAUSES[0]), _PAUSES[1])
        time.sleep(min(pause, max(limit - elapsed, 0.0)))
