"""What cannot work in a sandbox: a sentence that says so, and what to do instead."""

from __future__ import annotations

import errno
import importlib.machinery
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import types
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from .errors import MachineError

_PROGRAMS = (
    "a test script cannot run programs on the host, it runs in a sandbox ({what}); run them on a machine, with machine.succeed(), "
    "or before the test"
)
_SOCKETS = (
    "a test script cannot reach networks, it runs in a sandbox ({what}); connect from a machine, with machine.succeed(\"curl ...\") "
    "for example"
)
_THREADS = (
    "a test script has one thread ({what}); start_all() starts machines at the same time, and `command &` leaves a command in a "
    "machine's background"
)

_FILES = (
    "a test script's files are plain files and directories ({what}); machines have all kinds: machine.succeed(\"ln -s ...\")"
)
_LIMITS = "a test script has no such signals ({what}); calls take a timeout, and `proctor run --timeout` bounds the test"
_DISK = "a test script does not see the host's disks ({what}); machine.succeed(\"df\") tells of a machine's"

_PROGRAM_FUNCTIONS = (
    "system popen fork forkpty posix_spawn posix_spawnp execl execle execlp execlpe execv execve execvp execvpe "
    "spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe kill killpg"
).split()

_USER_NUMBER, _GROUP_NUMBER = 1000, 100
_mask = 0o022

_ABSENT = frozenset(
    "_ctypes bz2 _bz2 ctypes curses _curses fcntl grp lzma _lzma compression.zstd _zstd concurrent.interpreters _interpreters mmap multiprocessing _multiprocessing pty pwd readline resource "
    "sqlite3 _sqlite3 ssl _ssl syslog termios tkinter _tkinter tty".split()
)
"""Modules of Python that take something that is not there."""


def _refusing(sentence: str, what: str) -> Callable[..., NoReturn]:
    def refuse(*_arguments: object, **_named: object) -> NoReturn:
        raise MachineError(sentence.format(what=what))

    return refuse


class _Socket(socket.socket):
    def __init__(self, *_arguments: object, **_named: object) -> None:
        raise MachineError(_SOCKETS.format(what="socket.socket"))

    def __del__(self) -> None:
        pass


class _Absent(importlib.machinery.BuiltinImporter):
    """Finds first, and nothing: says why."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Raises: `ModuleNotFoundError`, where it is known why there is no such module."""
        if fullname in _ABSENT or fullname.partition(".")[0] in _ABSENT:
            text = f"Python's module {fullname!r} is not there: a test script runs in a sandbox, without the system that it needs"
            raise ModuleNotFoundError(text, name=fullname)
        return None


def close() -> None:
    """Puts sentences in the places of what cannot work."""
    for name in _PROGRAM_FUNCTIONS:
        setattr(os, name, _refusing(_PROGRAMS, f"os.{name}"))
    anything: Any = subprocess
    anything.Popen.__init__ = _refusing(_PROGRAMS, "subprocess")
    anything.Popen.__del__ = lambda _process: None
    replaced: Any = socket
    replaced.socket = _Socket
    replaced.create_connection = _refusing(_SOCKETS, "socket.create_connection")
    for name in ("gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        setattr(replaced, name, _refusing(_SOCKETS, f"socket.{name}"))
    replaced.getaddrinfo = _refusing(_SOCKETS, "socket.getaddrinfo")
    _close_files()
    start: Any = threading.Thread
    start.start = _refusing(_THREADS, "threading.Thread")
    low = sys.modules.get("_thread")
    if low is not None:
        for name in ("start_new_thread", "start_new", "start_joinable_thread"):
            setattr(low, name, _refusing(_THREADS, f"_thread.{name}"))
    # Some can be imported and do not work.
    for name in [name for name in sys.modules if name in _ABSENT or name.partition(".")[0] in _ABSENT]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Absent)


def _close_files() -> None:
    """Who the script is, and what it does to files and signals."""
    process: Any = os
    # As in the sandbox in which NixOS runs tests.
    for name in ("getuid", "geteuid"):
        setattr(process, name, lambda: _USER_NUMBER)
    for name in ("getgid", "getegid"):
        setattr(process, name, lambda: _GROUP_NUMBER)
    process.getlogin = lambda: "nixbld"
    process.umask = _umask
    for name in ("mkfifo", "mknod", "symlink", "link"):
        setattr(process, name, _not_permitted(f"os.{name}"))
    shutil.disk_usage = _refusing(_DISK, "shutil.disk_usage")  # type: ignore[assignment]
    for name in ("alarm", "setitimer"):
        setattr(signal, name, _refusing(_LIMITS, f"signal.{name}"))


def _umask(mask: int, /) -> int:
    global _mask
    before, _mask = _mask, mask & 0o777
    return before


def _not_permitted(what: str) -> Callable[..., NoReturn]:
    def refuse(*_arguments: object, **_named: object) -> NoReturn:
        raise PermissionError(errno.EPERM, _FILES.format(what=what))

    return refuse
