"""What the test has to say: `proctor.log.info(f"fetched {count} files")`.

What is printed becomes lines of the log, too, and so does what is said through the module `logging`.
"""

from __future__ import annotations

import logging

from proctor_bindings.imports import log as host

from . import running
from .arguments import boolean, sayable

__all__ = ["debug", "error", "info", "show_serial", "warning"]


def debug(message: object) -> None:
    """Writes a line for those who look closely."""
    _write(host.Level.DEBUG, message)


def info(message: object) -> None:
    """Writes a line about what happens. Control characters are made visible, and a line that is too long is cut."""
    _write(host.Level.INFO, message)


def warning(message: object) -> None:
    """Writes a line about what may explain a later failure."""
    _write(host.Level.WARNING, message)


def error(message: object) -> None:
    """Writes a line about what is wrong. Does not fail the test."""
    _write(host.Level.ERROR, message)


def show_serial(enabled: bool) -> None:
    """Whether the serial consoles' lines are shown as they come. They are recorded in any case. On at first."""
    running.require("show_serial")
    host.show_serial(boolean(enabled, "enabled"))


def _write(level: host.Level, message: object) -> None:
    running.require("the log")
    host.write(level, sayable(str(message)))


class Handler(logging.Handler):
    """Writes what is said through the module `logging` to the log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record."""
        if record.levelno >= logging.ERROR:
            level = host.Level.ERROR
        elif record.levelno >= logging.WARNING:
            level = host.Level.WARNING
        elif record.levelno >= logging.INFO:
            level = host.Level.INFO
        else:
            level = host.Level.DEBUG
        try:
            _write(level, self.format(record))
        except Exception:  # noqa: BLE001 -- as every handler does
            self.handleError(record)
