"""Files of a machine, and files that go into it and come out of it."""

from __future__ import annotations

import os

from proctor_bindings.imports import files as host

from .arguments import Duration, path
from .part import Part


class Files(Part):
    """Files of a machine.

    What a test may copy to a machine lies below the directories that the run grants with `--allow-read`: an absolute path
    below one of them, or `NAME/path` below one that is granted by name. What it copies from a machine goes below the output
    directory. Names may have spaces, quotes and line feeds; files may have any bytes and any size, within the limits of
    one copy. A machine's path that does not begin with `/` is one from where commands run.
    """

    def wait_for_file(self, filename: str | os.PathLike[str], *, timeout: Duration | None = None) -> None:
        """Waits until there is a file of this name on the machine, of whatever kind.

        Raises: `TimedOut`, which tells how much of the path there is.
        """
        name = path(filename, "filename")
        self._call(timeout, lambda left: host.wait_for_file(self._resource, name, left))

    def copy_from_host(
        self, source: str | os.PathLike[str], target: str | os.PathLike[str], *, timeout: Duration | None = None
    ) -> None:
        """Copies a file or a directory of the host to exactly this path on the machine, with its modes, as root's.

        The directories above it are made. Links in a directory are copied as links. A machine needs `head` for files of
        more than 16 KiB, and `tar` as well for directories.

        Raises: `Denied` where the source is not granted, `InvalidArgument` where it is not there or cannot be copied,
        `CommandFailed` where the machine cannot write it, and `Unsupported` where it lacks a program.
        """
        origin, goal = path(source, "source"), path(target, "target")
        self._call(timeout, lambda left: host.copy_from_host(self._resource, origin, goal, left))

    def copy_from_host_via_shell(
        self, source: str | os.PathLike[str], target: str | os.PathLike[str], *, timeout: Duration | None = None
    ) -> None:
        """Copies one file of the host as `copy_from_host` does, over the machine's shell alone: slow, and without any need
        of the machine but bash and `base64`.
        """
        origin, goal = path(source, "source"), path(target, "target")
        self._call(timeout, lambda left: host.copy_from_host_via_shell(self._resource, origin, goal, left))

    def copy_from_machine(
        self,
        source: str | os.PathLike[str],
        target_directory: str | os.PathLike[str] = "",
        *,
        timeout: Duration | None = None,
    ) -> str:
        """Copies a file or a directory of the machine into a directory below the output directory, under the source's last
        name; the empty text is the output directory itself. Returns the path below the output directory.

        Modes are kept but for set-user-id and the like. Devices and pipes, and links that lead out of the copied directory,
        are left out, with a warning in the log. The machine needs `tar`.

        Raises: `InvalidArgument` where there is no such file, where it is too large, and where the directory is none below
        the output directory; `Unsupported` where the machine lacks `tar`; `HostFailure` where the host's disk is full.
        """
        origin, goal = path(source, "source"), path(target_directory, "target_directory")
        return self._call(timeout, lambda left: host.copy_from_machine(self._resource, origin, goal, left))
