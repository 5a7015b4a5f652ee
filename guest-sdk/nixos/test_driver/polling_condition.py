"""Conditions that have to hold while a part of the test runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from proctor import polling

from .calling import translating
from .duration import DEFAULT_SECONDS, Duration, as_seconds
from .errors import PollingConditionError, PollingConditionFailed
from .logger import rootlog
from .machine.retrying import retry

__all__ = ["Poll", "PollingCondition", "PollingConditionError", "PollingConditionFailed"]


class PollingCondition:
    """What a condition looks at, and when it did so last."""

    def __init__(
        self,
        condition: Callable[[], object],
        logger: object = None,
        seconds_interval: Duration = 2.0,
        description: object = None,
    ) -> None:
        self.condition = condition
        self.logger = logger
        self.seconds_interval = as_seconds(seconds_interval)
        if description is None:
            description = condition.__doc__ or getattr(condition, "__name__", repr(condition))
        self.description = str(description)
        self.last_called = float("-inf")
        self.entry_count = 0

    @property
    def entered(self) -> bool:
        """Whether it is being looked at."""
        return self.entry_count > 0

    @property
    def overdue(self) -> bool:
        """Whether it was looked at longer ago than its interval."""
        return self.last_called + self.seconds_interval < time.monotonic()

    def holds(self) -> bool:
        """Looks, now. An exception means that it does not hold."""
        try:
            return self.look()
        except Exception as error:  # noqa: BLE001 -- as documented
            rootlog.debug(f"{type(error).__name__}: {error}")
            return False

    def look(self) -> bool:
        """Looks, now. Raises what the condition raises."""
        self.entry_count += 1
        try:
            with rootlog.nested(f"Checking polling condition {self.description!r}"):
                value = self.condition()
                return value is None or bool(value)
        finally:
            self.entry_count -= 1
            self.last_called = time.monotonic()

    def check(self, force: bool = False) -> bool:
        """Looks where that is due, or `force`d; otherwise it holds."""
        if (self.entered or not self.overdue) and not force:
            return True
        return self.holds()

    def maybe_raise(self) -> None:
        """Raises `PollingConditionError` where it is due and does not hold."""
        if not self.check():
            raise PollingConditionError(self.status_message(False))

    def status_message(self, status: bool) -> str:
        """Whether it holds, in words."""
        return f"Polling condition {'succeeded' if status else 'failed'}: {self.description}"


class Poll:
    """What `polling_condition` makes of a function: `with` it, or `.wait()` for it."""

    def __init__(self, condition: PollingCondition, entered: list[PollingCondition]) -> None:
        self.condition = condition
        self._entered = entered
        # The host asks for it, at every call on a machine, and its reports tell what was raised.
        self._guard = polling.PollingCondition(condition.description, condition.look, interval=condition.seconds_interval)

    def __call__(self) -> object:
        """Does what it looks at, as an ordinary call."""
        return self.condition.condition()

    def __enter__(self) -> Self:
        with translating():
            self._guard.enter()
        self._entered.append(self.condition)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self.condition in self._entered:
            self._entered.remove(self.condition)
        # In the end nobody looks any more, as ever.
        self._guard.leave()

    def wait(self, timeout: Duration = DEFAULT_SECONDS) -> None:
        """Waits until it holds."""
        with rootlog.nested(f"waiting for {self.condition.description}"):
            retry(lambda _last: self.condition.check(force=True), timeout=timeout)
