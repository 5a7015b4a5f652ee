"""A machine's keyboard."""

from __future__ import annotations

from proctor_bindings.imports import keyboard as host

from .arguments import Duration, optional_milliseconds, text
from .part import Part


class Keyboard(Part):
    """A machine's keyboard.

    It has an American layout. A key is held for 10 ms, and `delay` seconds pass after each, 0.01 by default: a machine that
    is too slow for that and loses keys needs a longer delay.
    """

    def send_key(self, key: str, *, delay: Duration | None = None, timeout: Duration | None = None) -> None:
        """Presses keys together and releases them: a character that can be typed, or names joined by `-`, such as `ret`,
        `ctrl-alt-delete`, `shift-a`, `f1`, `0x1c`.

        Raises: `InvalidArgument` where there is no such key.
        """
        key, pause = text(key, "key"), optional_milliseconds(delay, "delay")
        self._call(timeout, lambda left: host.send_key(self._resource, key, pause, left))

    def send_chars(self, characters: str, *, delay: Duration | None = None, timeout: Duration | None = None) -> None:
        """Types text: printable ASCII, line feeds (Enter) and tabs.

        Raises: `InvalidArgument` before anything is typed, where it holds something else.
        """
        characters, pause = text(characters, "characters"), optional_milliseconds(delay, "delay")
        self._call(timeout, lambda left: host.send_chars(self._resource, characters, pause, left))
