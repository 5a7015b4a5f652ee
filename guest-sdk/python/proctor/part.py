"""What the parts of a machine have in common: its resource, and calls that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from proctor_bindings.imports import machine as host

from .arguments import Duration, optional_milliseconds
from .polling import call_within

_Value = TypeVar("_Value")


class Part:
    """A part of a machine."""

    _resource: host.Machine

    def _call(self, timeout: Duration | None, function: Callable[[int | None], _Value]) -> _Value:
        return call_within(optional_milliseconds(timeout), function)
