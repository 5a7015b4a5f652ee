"""A machine's keyboard."""

from __future__ import annotations

import string
from collections.abc import Iterable

from proctor.arguments import milliseconds
from proctor_bindings.imports import keyboard as host

from ..duration import Duration, as_seconds
from .base import Part

_DELAY = 0.01
"""What passes after a key where nothing else is said, in seconds."""

CHAR_TO_KEY = (
    {letter.upper(): f"shift-{letter}" for letter in string.ascii_lowercase}
    | {
        character: f"{shift}0x{code:02X}"
        for pair, code in zip(
            ["-_", "=+", "[{", "]}", ";:", "'\"", "`~", "\\|", ",<", ".>", "/?"],
            [0x0C, 0x0D, 0x1A, 0x1B, 0x27, 0x28, 0x29, 0x2B, 0x33, 0x34, 0x35],
            strict=True,
        )
        for character, shift in zip(pair, ["", "shift-"], strict=True)
    }
    | {character: f"shift-0x{code:02X}" for code, character in enumerate("!@#$%^&*()", 0x02)}
    | {" ": "spc", "\n": "ret"}
)
"""The keys of characters that are no keys' names."""


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
