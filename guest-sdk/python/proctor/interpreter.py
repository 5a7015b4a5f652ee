"""What of Python ends the component without a word, or cannot work in it: errors with a text instead."""

from __future__ import annotations

import importlib
import sys
from typing import Any, NoReturn

from .errors import Error, ProcessEnded

_EVENT_LOOPS = "asyncio.selector_events"
"""The module in which all event loops of this platform are made."""

_IGNORED = ("SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH")
"""The signals that do nothing where nothing handles them."""


def replace() -> None:
    """Puts functions that raise errors in the place of those of the modules that are imported already."""
    signals: Any = importlib.import_module("_signal")
    raise_signal = _raise_signal(signals.raise_signal, signals)
    names: list[tuple[str, dict[str, object]]] = [
        ("os", {"_exit": _exit, "abort": _abort}),
        ("posix", {"_exit": _exit, "abort": _abort}),
        ("signal", {"raise_signal": raise_signal}),
        ("_signal", {"raise_signal": raise_signal}),
    ]
    for name, functions in names:
        if name in sys.modules:
            vars(sys.modules[name]).update(functions)
    if _EVENT_LOOPS in sys.modules:
        replace_in(sys.modules[_EVENT_LOOPS])


def replace_in(module: Any) -> None:
    """The same for one that was just imported."""
    if module.__name__ == _EVENT_LOOPS:
        module.BaseSelectorEventLoop.__init__ = _no_event_loop


def _abort() -> NoReturn:
    raise ProcessEnded("os.abort()")


def _exit(status: int = 0) -> NoReturn:
    raise ProcessEnded(f"os._exit({status!r})")


def _raise_signal(raise_signal: Any, signals: Any) -> Any:
    ignored = {getattr(signals, name) for name in _IGNORED if hasattr(signals, name)}

    def replacement(signalnum: int, /) -> None:
        handler = signals.getsignal(signalnum)
        if signalnum not in ignored and (handler is None or handler == signals.SIG_DFL):
            raise ProcessEnded(f"signal.raise_signal({getattr(signalnum, 'name', signalnum)})")
        raise_signal(signalnum)

    return replacement


def _no_event_loop(loop: Any, *_arguments: object, **_named: object) -> NoReturn:
    # Or else its end would be another error.
    loop._closed = True
    raise Error("there is no asyncio in tests: calls wait by themselves, and a test is a plain function")
