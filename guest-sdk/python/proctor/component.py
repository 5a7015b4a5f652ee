"""What the host calls. Importing this, while the component is built, loads the project's tests."""

from __future__ import annotations

import gc
import io
import linecache
import logging
import os
import re
import sys

from componentize_py_types import Err
from proctor_bindings.exports import tests as host
from proctor_bindings.imports import types

from . import interpreter, library, log, polling, registry, running
from .failure import failure_of, host_place
from .loading import load

_CLEARED_BYTES = 16 << 20
"""More than was freed at the end of the memory."""

_SMALLEST_GAP = 64
"""Smaller gaps in the memory are left as they are, in bytes."""


class Tests:
    """The interface `tests`."""

    def list(self) -> list[host.Test]:
        """All tests of the component."""
        return [
            host.Test(test.name, test.description, list(test.tags), test.timeout, host_place(test.place))
            for test in registry.ordered()
        ]

    def run(self, name: str) -> None:
        """Runs one test."""
        running.begin()
        failure = _run(name)
        if failure is not None:
            raise Err(failure)


def _run(name: str) -> types.Failure | None:
    try:
        failure = None
        try:
            registry.find(name).run()
        except BaseException as error:  # noqa: BLE001 -- whatever it is, the host is told
            failure = failure_of(error)
        try:
            polling.end_of_test()
        except BaseException as error:  # noqa: BLE001 -- as above
            failure = failure or failure_of(error)
        return failure
    finally:
        _flush()


def _flush() -> None:
    """A line that was begun would stay in the buffer. Nobody is left to hear of an error."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: BLE001, S110 -- as said
            pass


def _clear_free_memory() -> None:
    """Writes zeros over what was freed while the component was built: the component holds all memory that is not zero."""
    blocks = [bytes(_CLEARED_BYTES)]
    # It lies above everything that was used before; further blocks fill the gaps below it.
    top, size = id(blocks[0]), _CLEARED_BYTES // 4
    while size >= _SMALLEST_GAP:
        block = bytes(size)
        if id(block) > top:
            size //= 2
        blocks.append(block)


def _set_up() -> None:
    project, *packages = [path for path in sys.path if re.fullmatch(r"/\d+", path)]
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packages = [path for path in packages if path != here]
    # Lines are to stand in the log when they are printed, and nothing that is printed is an error.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, write_through=False, errors="backslashreplace")
    root = logging.getLogger()
    root.addHandler(log.Handler())
    load(project)
    library.keep(project, packages, os.path.dirname(linecache.__file__))
    interpreter.replace()
    # What is loaded now stays: a collection need not look at it, nor write to its memory.
    gc.collect()
    gc.freeze()
    _clear_free_memory()


_set_up()
