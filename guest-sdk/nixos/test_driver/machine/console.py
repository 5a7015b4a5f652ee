"""A machine's serial console and its virtual terminals."""

from __future__ import annotations

import time
from collections.abc import Callable

from proctor_bindings.imports import console as host

from ..duration import DEFAULT_SECONDS, Duration, as_seconds
from ..errors import RequestedAssertionFailed, timed_out
from . import pattern
from .base import Part
from .retrying import retry

_ANYTHING = "(?s).+"
_COLUMNS = 80
"""A terminal's, at the least."""


class Console(Part):
    """A machine's serial console and its virtual terminals."""

    _unmatched: str = ""
    """Console text that the host has handed over and in which nothing was found yet."""

    def wait_for_console_text(self, regex: pattern.Regex, timeout: Duration | None = None) -> None:
        """Waits until the serial console's lines match, from where the last match ended."""
        wanted = pattern.for_host(regex)
        if wanted is not None and not self._unmatched:
            self._call(lambda left: host.wait_for_console_text(self._resource, wanted, left), timeout)
            return
        start = time.monotonic()
        with self.nested(f"waiting for {pattern.text_of(regex)} to appear on console"):
            while (found := pattern.search(regex, self._unmatched)) is None:
                rest = None if timeout is None else max(start + as_seconds(timeout) - time.monotonic(), 0.0)
                # What is there is handed over at once, and what comes when it comes.
                try:
                    self._unmatched += self._call(lambda left: host.wait_for_console_text(self._resource, _ANYTHING, left), rest)
                except RequestedAssertionFailed as error:
                    if timeout is None:
                        raise
                    whole = timed_out(time.monotonic() - start, timeout)
                    whole.cause = error.cause
                    raise whole from None
        self._unmatched = self._unmatched[found.end() :]

    def get_console_log(self) -> str:
        """All lines of the serial console since the machine was last started."""
        return self._call(lambda _left: host.get_console_log(self._resource)).removesuffix("\n")

    @property
    def full_console_log(self) -> list[str]:
        """The same, line by line."""
        return self.get_console_log().split("\n")

    def send_console(self, chars: str) -> None:
        """Types into the serial console."""
        self._call(lambda left: host.send_console(self._resource, chars, left))

    def get_tty_text(self, tty: str | int) -> str:
        """What a virtual terminal shows, `1` for `/dev/tty1`: whole lines, with the blanks at their ends."""
        text = self._call(lambda left: host.get_tty_text(self._resource, str(tty), left))
        return "".join(f"{line:{_COLUMNS}}\n" for line in text.splitlines())

    def wait_until_tty_matches(self, tty: str | int, regexp: pattern.Regex, timeout: Duration = DEFAULT_SECONDS) -> None:
        """Waits until what a virtual terminal shows matches."""
        wanted = pattern.for_host(regexp, blanks_at_ends=False)
        self._wait_for_match(
            (regexp, wanted),
            lambda text, left: host.wait_until_tty_matches(self._resource, str(tty), text, left),
            (f"TTY{tty}", lambda: [self.get_tty_text(tty)]),
            timeout,
        )

    def dump_tty_contents(self, tty: str | int) -> None:
        """Writes what a virtual terminal shows to the log."""
        self._call(lambda left: host.dump_tty_contents(self._resource, str(tty), left))

    def _wait_for_match(
        self,
        regexes: tuple[pattern.Regex, str | None],
        at_host: Callable[[str, int | None], object],
        shown_here: tuple[str, Callable[[], list[str]]],
        timeout: Duration,
    ) -> None:
        """Waits until what is shown matches: at the host, where there is a regular expression for it, or else here, where
        one of several texts of a place has to match.
        """
        regex, wanted = regexes
        if wanted is not None:
            self._call(lambda left: at_host(wanted, left), timeout)
            return
        where, texts = shown_here

        def matches(last: bool) -> bool:
            shown = texts()
            if any(pattern.search(regex, text) for text in shown):
                return True
            if last:
                self.log(f"Last chance to match /{pattern.text_of(regex)}/ on {where}, which currently contains: {shown}")
            return False

        with self.nested(f"waiting for {pattern.text_of(regex)} to appear on {where}"):
            retry(matches, timeout=timeout)

    def _forget_console(self) -> None:
        """The machine starts anew, and so does its console."""
        self._unmatched = ""
