"""What the host calls: a component whose one test is the script that the host hands it."""

from __future__ import annotations

import linecache
import logging
import os

from componentize_py_types import Err
from proctor import interpreter as process
from proctor import library, log, polling, running, snapshot
from proctor_bindings.exports import tests as host
from proctor_bindings.imports import script, types

from . import checking, efi, interpreter, sandbox, session
from .machine import ocr, qmp


assert efi.__name__ and ocr.__name__ and qmp.__name__, "scripts import them, when there are no files any more"


class Tests:
    """The interface `tests`."""

    def list(self) -> list[host.Test]:
        """The one test."""
        return [host.Test(script.script_name(), None, [], None, types.Place(script.script_file(), 1, 0))]

    def run(self, name: str) -> None:
        """Runs the script."""
        running.begin()
        snapshot.begin()
        failure = _run()
        if failure is not None:
            raise Err(failure)


_PURPOSES = {
    script.Purpose.RUN: interpreter.run,
    script.Purpose.CHECK: checking.check,
    script.Purpose.INTERACT: session.run,
}


def _run() -> types.Failure | None:
    try:
        failure = None
        try:
            _PURPOSES[script.script_purpose()]()
        except BaseException as error:  # noqa: BLE001 -- whatever it is, the host is told
            failure = interpreter.failure(error)
        try:
            polling.end_of_test()
        except BaseException as error:  # noqa: BLE001 -- as above
            failure = failure or interpreter.failure(error)
        return failure
    finally:
        snapshot.flush()


def _set_up() -> None:
    snapshot.set_up_streams()
    logging.getLogger().addHandler(log.Handler())
    library.keep_all(os.path.dirname(linecache.__file__))
    process.replace()
    sandbox.close()
    snapshot.freeze()


_set_up()
