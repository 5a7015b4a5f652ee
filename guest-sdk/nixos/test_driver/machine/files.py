"""Files of a machine, and files that go into it and come out of it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

from proctor_bindings.imports import files as host

from ..deprecation import deprecated
from ..duration import DEFAULT_SECONDS, Duration
from ..errors import MachineError
from .shell import Shell

_PLAIN = re.compile(r"[\w@%+=:,./-]+")
"""What a shell takes as it stands."""

SCRATCH = "/tmp"
"""The directory that a script may write to, which vanishes with it."""

_Path = str | os.PathLike[str]


class Files(Shell):
    """Files of a machine, and files that go into it and come out of it."""

    out_dir: Path
    """Where what comes out of it goes."""

    def wait_for_file(self, filename: _Path, timeout: Duration = DEFAULT_SECONDS) -> None:
        """Waits until there is a file of this name; patterns and variables are the shell's."""
        name = os.fspath(filename)
        if _PLAIN.fullmatch(name):
            self._call(lambda left: host.wait_for_file(self._resource, name, left), timeout)
        else:
            self.wait_until_succeeds(f"test -e {name}", timeout)

    def copy_from_host(self, source: _Path, target: _Path) -> None:
        """Copies a file or a directory of the host to the machine. It lies in the script's own directories, or where the run
        grants reading: `--allow-read`. Where the target is a directory, the copy goes into it.
        """
        read, written = _absolute(source), self._into(source, target)
        self._call(lambda left: host.copy_from_host(self._resource, read, written, left))

    def copy_from_host_via_shell(self, source: _Path, target: _Path) -> None:
        """Copies one file over the machine's shell alone."""
        read, written = _absolute(source), os.fspath(target)
        self._call(lambda left: host.copy_from_host_via_shell(self._resource, read, written, left))

    def copy_from_machine(self, source: _Path, target_dir: _Path = "") -> None:
        """Copies a file or a directory of the machine into a directory below the output directory, or below `/tmp`."""
        directory = os.fspath(target_dir)
        if not os.path.isabs(directory):
            self._copy_from_machine(source, directory)
        elif (below := self._below_output_directory(directory)) is not None:
            self._copy_from_machine(source, below)
        elif os.path.commonpath([os.path.normpath(directory), SCRATCH]) == SCRATCH:
            self._copy_to_scratch(source, os.path.normpath(directory))
        else:
            raise MachineError(
                f"what comes out of a machine cannot go to {directory!r}: it goes below driver.out_dir, {str(self.out_dir)!r}, "
                f"or below {SCRATCH!r}"
            )

    def _copy_from_machine(self, source: _Path, directory: str) -> str:
        return self._call(lambda left: host.copy_from_machine(self._resource, os.fspath(source), directory, left))

    def _copy_to_scratch(self, source: _Path, directory: str) -> None:
        # Only the script sees that place.
        between = self.out_dir / f".{self.name}-copied"
        try:
            copy = self.out_dir / self._copy_from_machine(source, between.name)
            target = os.path.join(directory, copy.name)
            os.makedirs(directory, exist_ok=True)
            if copy.is_dir():
                shutil.copytree(copy, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(copy, target)
        finally:
            shutil.rmtree(between, ignore_errors=True)

    def copy_from_vm(self, source: _Path, target_dir: _Path = "") -> None:
        """The older name of `copy_from_machine`."""
        deprecated("copy_from_vm() is called copy_from_machine() now")
        self.copy_from_machine(source, target_dir)

    def _into(self, source: _Path, target: _Path) -> str:
        """The target, or a name in it where it is a directory."""
        path = os.fspath(target)
        status, _ = self._execute(f"test -d {shlex.quote(path)}", None)
        return os.path.join(path, os.path.basename(os.path.abspath(source))) if status == 0 else path

    def _below_output_directory(self, path: str) -> str | None:
        below = os.path.relpath(path, self.out_dir)
        return None if below.split(os.sep)[0] == os.pardir else below.removeprefix(os.curdir)


def _absolute(path: _Path) -> str:
    return os.path.abspath(os.fspath(path))
