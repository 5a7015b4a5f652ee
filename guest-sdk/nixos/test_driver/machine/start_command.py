"""Commands that start machines: what `create_machine` takes."""

from __future__ import annotations

import re
from typing import NoReturn

from ..errors import MachineError


class StartCommand:
    """A command for a shell."""

    _cmd: str

    def __str__(self) -> str:
        return self._cmd


class NixStartScript(StartCommand):
    """A start script."""

    def __init__(self, script: str) -> None:
        self._cmd = str(script)

    @property
    def machine_name(self) -> str:
        """The name in `run-NAME-vm`, or else `machine`."""
        found = re.search(r"run-(.+)-vm$", self._cmd)
        return found[1] if found else "machine"


QemuStartCommand = NixStartScript


class LegacyStartCommand(StartCommand):
    """A command made of parts, which there are none of."""

    def __init__(self, *_arguments: object, **_parts: object) -> None:
        _refuse()


def _refuse() -> NoReturn:
    raise MachineError("a LegacyStartCommand cannot be made; create_machine() takes its parts as a dictionary")
