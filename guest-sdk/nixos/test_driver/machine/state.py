"""A machine's state directory, in which its disks lie."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

from proctor import errors as host_errors
from proctor_bindings.imports import driver, script
from proctor_bindings.imports import machine as host

from ..calling import call
from ..errors import MachineError
from .base import Part


class HiddenDirectory:
    """A state directory that the run does not grant: other machines can be given it, and nothing else can be done with it."""

    def __init__(self, resource: host.Machine, reason: str) -> None:
        self._resource = resource
        self._reason = reason

    def __repr__(self) -> str:
        return f"<the state directory of machine {self._resource.name()!r}>"

    def _refuse(self, *_arguments: object) -> NoReturn:
        raise MachineError(self._reason)

    __fspath__ = __str__ = __format__ = __truediv__ = _refuse

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()


class State(Part):
    """A machine's state directory."""

    @property
    def state_dir(self) -> Path | HiddenDirectory:
        """Where its disks lie. Its files are there for the script where the run lets it command the host, with
        `--allow-create-machine` or `--allow-monitor`. It can be set to another machine's, to no other: the machine finds its
        disks there when it is started next.
        """
        try:
            return Path(_directory(self._resource))
        except MachineError as error:
            if not isinstance(error.cause, host_errors.Denied):
                raise
            return HiddenDirectory(self._resource, str(error))

    @state_dir.setter
    def state_dir(self, directory: os.PathLike[str] | str | HiddenDirectory) -> None:
        other = directory._resource if isinstance(directory, HiddenDirectory) else _machine_of(os.fspath(directory))
        if other is None:
            raise MachineError("a machine's state_dir can be another machine's alone: `target.state_dir = installer.state_dir`")
        self._call(lambda _left: script.use_state_directory(self._resource, other))


def _directory(machine: host.Machine) -> str:
    return call(lambda _left: script.state_directory(machine))


def _machine_of(directory: str) -> host.Machine | None:
    return next((machine for machine in driver.machines() if _directory(machine) == directory), None)
