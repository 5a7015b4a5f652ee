"""An interactive session: what somebody types is executed, one after the other, in the scope that a script has."""

from __future__ import annotations

import ast
import builtins
import linecache
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

from proctor import place
from proctor.rewriting import rewrite
from proctor_bindings.imports import script
from proctor_bindings.imports import session as host

from . import calling, reading
from .driver import Driver
from .interpreter import begin, execute, remember

_EVENTS_BETWEEN_LOOKS = 500
"""So many steps of loops and functions are made before the host is asked whether they are to end."""

_EVENTS_UNTIL_SAFE = 20
"""And so many where that cannot be asked just then."""

_LONGEST_SLEEP_SECONDS = 1e9
"""Longer ones are left to Python, which refuses those that are too long."""

_heeds = False
"""Whether something of whoever types is being executed, which an interrupt may end."""

_SLEEP_SECONDS = 0.05
"""A sleep looks as often."""

_KEPT_STATEMENTS = 1000
"""The text of so many is kept, for tracebacks."""


class Quitter:
    """What `exit` and `quit` are at a prompt."""

    def __call__(self, code: object = None) -> None:
        """Ends the session."""
        raise SystemExit(code)

    def __repr__(self) -> str:
        return "exit() or Ctrl-D ends the session"


def run() -> None:
    """Runs the session, until nobody types any more."""
    begin()
    driver = Driver(execute)
    symbols: dict[str, Any] = driver.test_symbols() | {"__name__": "__main__", "exit": Quitter(), "quit": Quitter()}
    _heed_interrupts()
    _greet(driver)
    number = 0
    while (request := host.next_request()) is not None:
        match request:
            case host.Request_Execute():
                number += 1
                if not _execute(request.value, number, symbols):
                    return
            case host.Request_ExecuteAll():
                _execute_all(request.value, symbols)
            case host.Request_Complete():
                start, candidates = _guarded(lambda text=request.value: reading.completion(text, symbols), (0, []))
                host.answer_completion(start, candidates)
            case host.Request_Inspect():
                whole = host.Inspection(True, 0, [])
                host.answer_inspection(_guarded(lambda text=request.value: reading.inspection(text), whole))


def _guarded(question: Callable[[], Any], otherwise: Any) -> Any:
    # Names may be looked up in objects that do anything.
    try:
        with _heeding():
            return question()
    except BaseException:  # noqa: BLE001 -- as said
        return otherwise


@contextmanager
def _heeding() -> Iterator[None]:
    """An interrupt ends the body, and nothing else."""
    global _heeds
    _heeds = True
    try:
        yield
    finally:
        _heeds = False


def _greet(driver: Driver) -> None:
    names = ", ".join(machine.name for machine in driver.machines) or "none"
    networks = ", ".join(str(vlan.nr) for vlan in driver.vlans) or "none"
    print(f"machines: {names}; VLANs: {networks}")
    if script.script_text():
        print(f"test_script() runs {script.script_file()}, start_all() starts the machines")
    else:
        print("start_all() starts the machines")
    print("Tab completes names, Ctrl-C ends what is in progress, Ctrl-D the session")


def _execute(text: str, number: int, symbols: dict[str, Any]) -> bool:
    """Executes statements. Returns whether the session goes on."""
    name = f"<prompt-{number}>"
    remember(text, name)
    _forget(f"<prompt-{number - _KEPT_STATEMENTS}>")
    try:
        codes = _compiled(text, name)
        with _heeding():
            for code in codes:
                exec(code, symbols)
    except SystemExit as error:
        if error.code not in (None, 0):
            raise
        return False
    except KeyboardInterrupt:
        _say("KeyboardInterrupt\n")
    except BaseException as error:  # noqa: BLE001 -- whoever types is told, whatever it is
        _say(_told(error))
    else:
        _say("")
    return True


def _execute_all(text: str, symbols: dict[str, Any]) -> None:
    """Executes a script that nobody types: its errors are the session's."""
    name = "<stdin>"
    remember(text, name)
    codes = _compiled(text, name)
    with _heeding():
        for code in codes:
            exec(code, symbols)


def _forget(name: str) -> None:
    place.AUTHORS_FILES.discard(name)
    linecache.cache.pop(name, None)


def _compiled(text: str, name: str) -> list[Any]:
    """The statements, of which a last one that is an expression shows its value."""
    tree = ast.parse(text, name)
    shown = tree.body[-1:] if tree.body and isinstance(tree.body[-1], ast.Expr) else []
    tree.body = tree.body[: len(tree.body) - len(shown)]
    rewrite(tree)
    codes = [compile(tree, name, "exec", dont_inherit=True)] if tree.body else []
    if shown:
        codes.append(compile(ast.Interactive(list[ast.stmt](shown)), name, "single", dont_inherit=True))
    return codes


_streams = (sys.stdout, sys.stderr)
"""Those of the beginning: what is typed may put others in their places."""


def _say(text: str) -> None:
    """Shows what was printed, and then a text. What was typed may have closed the streams: then nothing more is shown."""
    out, err = _streams
    try:
        out.flush()
        err.write(text)
        err.flush()
    except ValueError:
        pass


def _told(error: BaseException) -> str:
    """An exception as Python shows it, without the places that are not of whoever types."""
    try:
        return "".join(traceback.TracebackException.from_exception(_trimmed(error)).format())
    except BaseException as broken:  # noqa: BLE001 -- as above
        return f"{type(error).__name__} (it cannot be shown: {type(broken).__name__})\n"


def _trimmed(error: BaseException) -> BaseException:
    """The exception, and those that led to it, without our own frames."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        one.__traceback__ = _authors(one.__traceback__)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return error


def _authors(tb: TracebackType | None) -> TracebackType | None:
    frames = []
    while tb is not None:
        if place.is_authors(tb.tb_frame.f_code):
            frames.append(tb)
        tb = tb.tb_next
    rest: TracebackType | None = None
    for frame in reversed(frames):
        rest = TracebackType(rest, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return rest


def _interrupted() -> None:
    if _heeds and host.take_interrupt():
        raise KeyboardInterrupt


_OURS = tuple(
    {
        os.path.dirname(function.__code__.co_filename)
        for function in (_interrupted, place.is_authors, host.next_request)
    }
)
"""Where functions stand that call the host: an exception in the midst of that would be the session's end."""


def _is_safe(frame: FrameType | None) -> bool:
    """Whether an exception may be raised there: in what is typed, or in what that calls of Python's own."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file in place.AUTHORS_FILES:
            return True
        if file.startswith(_OURS) or "componentize" in file:
            return False
        frame = frame.f_back
    return False


def _heed_interrupts() -> None:
    """Has calls, loops, recursions and sleeps end where whoever types wants that."""
    calling.after_error = _interrupted
    left = _EVENTS_BETWEEN_LOOKS

    def step(*_place: object) -> None:
        nonlocal left
        left -= 1
        if left > 0 or not _heeds:
            return
        if _is_safe(sys._getframe(1)):
            left = _EVENTS_BETWEEN_LOOKS
            _interrupted()
        else:
            left = _EVENTS_UNTIL_SAFE

    monitoring = sys.monitoring
    monitoring.use_tool_id(monitoring.DEBUGGER_ID, "proctor")
    for event in (monitoring.events.JUMP, monitoring.events.PY_START):
        monitoring.register_callback(monitoring.DEBUGGER_ID, event, step)
    monitoring.set_events(monitoring.DEBUGGER_ID, monitoring.events.JUMP | monitoring.events.PY_START)

    sleep = time.sleep

    def sleep_in_pieces(seconds: float, /) -> None:
        if not 0 <= seconds < _LONGEST_SLEEP_SECONDS:
            return sleep(seconds)
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            sleep(min(rest, _SLEEP_SECONDS))
            _interrupted()
        return None

    time.sleep = sleep_in_pieces
    builtins.exit = builtins.quit = Quitter()
