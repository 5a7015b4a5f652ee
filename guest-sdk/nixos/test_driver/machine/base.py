"""What all parts of a machine have: its handle and its name."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TypeVar

from proctor_bindings.imports import machine as host

from ..calling import call
from ..duration import Duration
from ..logger import rootlog

_Value = TypeVar("_Value")


def make_command(args: Iterable[object]) -> str:
    """A command line of words."""
    return shlex.join(str(argument) for argument in args)


class Part:
    """A part of a machine."""

    name: str
    """The machine's name."""
    _resource: host.Machine

    def _call(self, function: Callable[[int | None], _Value], timeout: Duration | None = None) -> _Value:
        return call(function, timeout)

    def log(self, msg: object) -> None:
        """Writes a line to the log."""
        rootlog.log(msg, {"machine": self.name})

    def log_serial(self, msg: object) -> None:
        """Writes a line to the log, as one of its serial console."""
        rootlog.log_serial(msg, self.name)

    def nested(self, msg: object, attrs: Mapping[str, str] = {}) -> AbstractContextManager[None]:  # noqa: B006 -- read only
        """Puts the lines of a body together."""
        return rootlog.nested(msg, {"machine": self.name, **attrs})
