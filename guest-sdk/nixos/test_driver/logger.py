"""The log: what scripts know as `log`."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn

from proctor import log as host
from proctor import span

_Attributes = Mapping[str, str]


class LogLevel(IntEnum):
    """How important a line is."""

    DEBUG = 1
    INFO = 2
    WARNING = 3
    ERROR = 4


class AbstractLogger:
    """The log of a test."""

    def __init__(self) -> None:
        self._level = LogLevel.DEBUG

    def log(self, message: object, attributes: _Attributes = {}, **more: str) -> None:  # noqa: B006 -- read only
        """Writes a line."""
        host.info(_with_machine(message, attributes, more))

    def debug(self, message: object, attributes: _Attributes = {}, **more: str) -> None:  # noqa: B006
        """Writes a line for those who look closely."""
        if self._level <= LogLevel.DEBUG:
            host.debug(_with_machine(message, attributes, more))

    def info(self, message: object, attributes: _Attributes = {}, **more: str) -> None:  # noqa: B006
        """Writes a line."""
        if self._level <= LogLevel.INFO:
            host.info(_with_machine(message, attributes, more))

    def warning(self, message: object, attributes: _Attributes = {}, **more: str) -> None:  # noqa: B006
        """Writes a warning."""
        if self._level <= LogLevel.WARNING:
            host.warning(_with_machine(message, attributes, more))

    def error(self, message: object, attributes: _Attributes = {}, **more: str) -> NoReturn:  # noqa: B006
        """Writes a line and ends the script, which has failed."""
        host.error(_with_machine(message, attributes, more))
        sys.exit(1)

    def log_test_error(self, message: object, attributes: _Attributes = {}, **more: str) -> None:  # noqa: B006
        """Writes what is wrong."""
        host.error(f"!!! {_with_machine(message, attributes, more)}")

    def log_serial(self, message: object, machine: str) -> None:
        """Writes a line as one of a machine's serial console."""
        host.info(f"{machine} # {message}")

    @contextmanager
    def nested(self, message: object, attributes: _Attributes = {}) -> Iterator[None]:  # noqa: B006
        """Puts the lines of its body together."""
        with span.group(_with_machine(message, attributes, {})):
            yield

    @contextmanager
    def subtest(self, name: object, attributes: _Attributes = {}) -> Iterator[None]:  # noqa: B006
        """A part of the test that passes or fails under a name of its own."""
        with span.subtest(_with_machine(name, attributes, {})):
            yield

    def log_line(self, message: object, attributes: _Attributes = {}) -> None:  # noqa: B006
        """Writes a line."""
        self.log(message, attributes)

    def sanitise(self, message: str) -> str:
        """A text without control characters."""
        return "".join(character for character in message if unicodedata.category(character)[0] != "C")

    def close(self) -> None:
        """Does nothing: the log ends with the run."""

    def print_serial_logs(self, enable: bool) -> None:
        """Whether the serial consoles are shown as they come."""
        host.show_serial(bool(enable))

    def set_log_level(self, level: LogLevel) -> None:
        """Leaves out lines of less importance."""
        self._level = level


Logger = CompositeLogger = TerminalLogger = XMLLogger = JunitXMLLogger = AbstractLogger

rootlog = AbstractLogger()
"""The one log that there is."""


def _with_machine(message: object, attributes: _Attributes, more: _Attributes) -> str:
    machine = attributes.get("machine") or more.get("machine")
    return f"{machine}: {message}" if machine else str(message)
