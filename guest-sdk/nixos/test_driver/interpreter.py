"""A script's text, executed, and what is said of its errors."""

from __future__ import annotations

import ast
import errno
import importlib.util
import linecache
import os
from typing import Any

from proctor import errors as host_errors
from proctor import explanation, place
from proctor.failure import failure_of
from proctor.rewriting import rewrite
from proctor_bindings.imports import driver as host
from proctor_bindings.imports import script, types

from .checking import used_as_machines
from .driver import Driver
from .errors import TestScriptError
from .machine.files import SCRATCH
from .start_environment import hand_over

assert explanation.__name__, "it is imported by what assertions become, when there are no files any more"

USER = "nixbld"
"""Whoever runs tests of NixOS."""


def remember(source: str, name: str) -> list[str]:
    """Shows a text as one of the author's in tracebacks. Returns its lines."""
    place.AUTHORS_FILES.add(name)
    lines = [f"{line}\n" for line in source.split("\n")]
    linecache.cache[name] = (len(source), None, lines, name)
    return lines


def compiled(text: bytes, name: str) -> Any:
    """A script, compiled: its lines are shown in tracebacks, and failed assertions tell the values."""
    place.AUTHORS_FILES.add(name)
    try:
        source = importlib.util.decode_source(text)
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        told = f"the script is not UTF-8: byte 0x{text[error.start]:02x}; its first line can name another: # coding: latin-1"
        raise SyntaxError(told, (name, line, 0, None)) from None
    lines = remember(source, name)
    try:
        tree = ast.parse(text, name)
        rewrite(tree)
        return compile(tree, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        # The compiler looks for it in a file, which there is none of here.
        if error.text is None and error.lineno is not None and 0 < error.lineno <= len(lines):
            error.text = lines[error.lineno - 1]
        raise


def execute(symbols: dict[str, Any]) -> None:
    """Runs the script in these symbols."""
    exec(compiled(script.script_text(), script.script_file()), symbols)


def begin() -> None:
    """What a script finds: a directory of its own, the one for what it leaves, as the NixOS driver tells it, and the run's
    parameters."""
    os.environ |= dict(host.parameters())
    os.environ |= {"out": script.output_directory(), "TMPDIR": SCRATCH, "HOME": SCRATCH, "LOGNAME": USER}
    os.chdir(SCRATCH)
    hand_over()


def run() -> None:
    """Runs the test."""
    begin()
    try:
        Driver(execute).run_tests()
    except NameError as error:
        if not script.machine_names() and error.name in used_as_machines(script.script_text()):
            error.args = (f"{error}: the run has no machines, for no start scripts are given (--start-scripts)",)
        raise
    except SystemExit as error:
        # As for any program: without a status, or with 0, all is well.
        if error.code not in (None, 0):
            raise


def failure(error: BaseException) -> types.Failure:
    """What the host is told of an exception that ended the script."""
    if isinstance(error, OSError) and error.errno == errno.EIO:
        # Of writes WASI's library tells nothing else.
        error.strerror = f"{error.strerror}: the disk is full, or the output size limit (--limit output-size) has passed"
    told = failure_of(error)
    cause = error.cause if isinstance(error, TestScriptError) else None
    if isinstance(cause, host_errors.Error):
        told.cause = failure_of(cause, with_traceback=False).cause
    return told
