"""The interpreter as it is when the component has been built: what lies in memory then is the component."""

from __future__ import annotations

import gc
import io
import sys

_CLEARED_BYTES = 16 << 20
"""More than was freed at the end of the memory."""

_SMALLEST_GAP = 64
"""Smaller gaps in the memory are left as they are, in bytes."""


def set_up_streams() -> None:
    """Lines are to stand in the log when they are printed, and nothing that is printed is an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, write_through=False, errors="backslashreplace")


def begin() -> None:
    """A test begins. Without this all runs had the same random numbers: those of when the component was built."""
    random = sys.modules.get("random")
    if random is not None:
        random.seed()


def flush() -> None:
    """A line that was begun would stay in the buffer. Nobody is left to hear of an error."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: BLE001, S110 -- as said
            pass


def freeze() -> None:
    """What is loaded now stays: a collection need not look at it, nor write to its memory."""
    gc.collect()
    gc.freeze()
    _clear_free_memory()


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
