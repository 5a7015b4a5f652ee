"""A machine's serial console and its virtual terminals."""

from __future__ import annotations

from proctor_bindings.imports import console as host

from .arguments import Duration, text
from .part import Part
from .polling import call


class Console(Part):
    """A machine's serial console and its virtual terminals.

    Patterns are regular expressions of Rust's crate `regex`, without look-around and back references; `^` and `$` match at
    line ends. One that is wrong is an `InvalidArgument`.
    """

    def wait_for_console_text(self, pattern: str, *, timeout: Duration | None = None) -> str:
        """Waits until the serial console's text matches. Returns what matched.

        The text is all lines since where the last match of this method ended, at first all since the machine's start, the
        last line perhaps not complete yet.

        Raises: `MachineDown` as soon as the machine stops; `TimedOut`, which tells the last lines.
        """
        pattern = text(pattern, "pattern")
        return self._call(timeout, lambda left: host.wait_for_console_text(self._resource, pattern, left))

    def get_console_log(self) -> str:
        """All lines of the serial console since the machine was last started, the last one perhaps not complete yet; the
        last 16 MB of them.
        """
        return call(host.get_console_log, self._resource)

    def send_console(self, characters: str, *, timeout: Duration | None = None) -> None:
        """Types into the serial console. The machine may not have read it when this returns.

        Raises: `TimedOut` where nobody on the machine reads.
        """
        characters = text(characters, "characters")
        self._call(timeout, lambda left: host.send_console(self._resource, characters, left))

    def get_tty_text(self, tty: str | int, *, timeout: Duration | None = None) -> str:
        """What a virtual terminal shows, `1` for `/dev/tty1`: its lines without their trailing blanks.

        Raises: `Unsupported` where the machine has no such terminal.
        """
        name = _tty(tty)
        return self._call(timeout, lambda left: host.get_tty_text(self._resource, name, left))

    def wait_until_tty_matches(self, tty: str | int, pattern: str, *, timeout: Duration | None = None) -> str:
        """Waits until what a virtual terminal shows matches. Returns what matched.

        Raises: `TimedOut`, which tells what it showed last.
        """
        name, pattern = _tty(tty), text(pattern, "pattern")
        return self._call(timeout, lambda left: host.wait_until_tty_matches(self._resource, name, pattern, left))

    def dump_tty_contents(self, tty: str | int, *, timeout: Duration | None = None) -> None:
        """Writes what a virtual terminal shows to the log."""
        name = _tty(tty)
        self._call(timeout, lambda left: host.dump_tty_contents(self._resource, name, left))


def _tty(tty: str | int) -> str:
    return str(tty) if isinstance(tty, int) and not isinstance(tty, bool) else text(tty, "tty")
