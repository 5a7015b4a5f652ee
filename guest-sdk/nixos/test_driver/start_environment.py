"""Variables that a script sets for start scripts, which had its environment."""

from __future__ import annotations

import os
import re
from typing import Any

from proctor_bindings.imports import script

from .calling import call

_START_SCRIPTS = re.compile(r"QEMU_|NIX_|NIXPKGS_|(?:WAYLAND_)?DISPLAY$")
"""The variables that start scripts look at; others are the script's own."""

_handed: dict[str, str] = {}


def hand_over() -> None:
    """Has such variables reach the start scripts of machines that are started later. The run has to grant it:
    `--allow-create-machine`.
    """
    process: Any = os
    put, unset = os.putenv, os.unsetenv

    def putenv(name: str | bytes, value: str | bytes, /) -> None:
        _hand({**_handed, os.fsdecode(name): os.fsdecode(value)}, os.fsdecode(name))
        put(name, value)

    def unsetenv(name: str | bytes, /) -> None:
        _hand({other: value for other, value in _handed.items() if other != os.fsdecode(name)}, os.fsdecode(name))
        unset(name)

    process.putenv, process.unsetenv = putenv, unsetenv


def _hand(variables: dict[str, str], changed: str) -> None:
    if variables != _handed and _START_SCRIPTS.match(changed):
        call(lambda _left: script.set_start_environment(list(variables.items())))
        _handed.clear()
        _handed.update(variables)
