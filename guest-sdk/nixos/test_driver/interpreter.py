"""A script's text, executed, and what is said of its errors."""

from __future__ import annotations

import ast
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

from .driver import Driver
from .errors import TestScriptError

assert explanation.__name__, "it is imported by what assertions become, when there are no files any more"

SCRATCH = "/tmp"
"""The directory that a script may write to, which vanishes with it."""


def compiled(text: bytes, name: str) -> Any:
    """A script, compiled: its lines are shown in tracebacks, and failed assertions tell the values."""
    place.AUTHORS_FILES.add(name)
    source = importlib.util.decode_source(text)
    linecache.cache[name] = (len(text), None, [f"{line}\n" for line in source.split("\n")], name)
    tree = ast.parse(text, name)
    rewrite(tree)
    return compile(tree, name, "exec", dont_inherit=True)


def execute(symbols: dict[str, Any]) -> None:
    """Runs the script in these symbols."""
    exec(compiled(script.script_text(), script.script_file()), symbols)


def begin() -> None:
    """What a script finds: a directory of its own, the one for what it leaves, as the NixOS driver tells it, and the run's
    parameters."""
    os.environ |= dict(host.parameters())
    os.environ |= {"out": script.output_directory(), "TMPDIR": SCRATCH, "HOME": SCRATCH}
    os.chdir(SCRATCH)


def run() -> None:
    """Runs the test."""
    begin()
    try:
        Driver(execute).run_tests()
    except SystemExit as error:
        # As for any program: without a status, or with 0, all is well.
        if error.code not in (None, 0):
            raise


def failure(error: BaseException) -> types.Failure:
    """What the host is told of an exception that ended the script."""
    told = failure_of(error)
    cause = error.cause if isinstance(error, TestScriptError) else None
    if isinstance(cause, host_errors.Error):
        told.cause = failure_of(cause, with_traceback=False).cause
    return told
