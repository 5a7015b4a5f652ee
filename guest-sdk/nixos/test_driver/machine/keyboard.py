"""A machine's keyboard."""

from __future__ import annotations

from collections.abc import Iterable

from proctor.arguments import milliseconds
from proctor_bindings.imports import keyboard as host

from ..duration import Duration, as_seconds
from .base import Part

_DELAY = 0.01
"""What passes after a key where nothing else is said, in seconds."""


class Keyboard(Part):
    """A machine's keyboard, with an American layout."""

    def send_key(self, key: str, delay: Duration | None = _DELAY, log: bool | None = True) -> None:
        """Presses a key, or several that are joined by `-`: `ctrl-alt-delete`."""
        pause = milliseconds(as_seconds(delay or 0), "delay")
        self._call(lambda left: host.send_key(self._resource, key, pause, left))

    def send_chars(self, chars: str | Iterable[str], delay: Duration | None = _DELAY) -> None:
        """Types a text, or presses keys one after another."""
        if not isinstance(chars, str):
            for key in chars:
                self.send_key(key, delay, log=False)
            return
        pause = milliseconds(as_seconds(delay or 0), "delay")
        self._call(lambda left: host.send_chars(self._resource, chars, pause, left))
