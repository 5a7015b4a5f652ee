"""What the host calls. Importing this, while the component is built, loads the project's tests."""

from __future__ import annotations

import linecache
import logging
import os
import re
import sys

from componentize_py_types import Err
from proctor_bindings.exports import tests as host
from proctor_bindings.imports import types

from . import interpreter, library, log, polling, registry, running, snapshot
from .failure import failure_of, host_place
from .loading import load


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
        snapshot.begin()
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
        snapshot.flush()


def _set_up() -> None:
    project, *packages = [path for path in sys.path if re.fullmatch(r"/\d+", path)]
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packages = [path for path in packages if path != here]
    snapshot.set_up_streams()
    root = logging.getLogger()
    root.addHandler(log.Handler())
    load(project)
    library.keep(project, packages, os.path.dirname(linecache.__file__))
    interpreter.replace()
    snapshot.freeze()


_set_up()
