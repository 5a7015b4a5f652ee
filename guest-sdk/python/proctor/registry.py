"""The tests of the component."""

from __future__ import annotations

import inspect
import linecache
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from .arguments import Duration, milliseconds
from .driver import Driver
from .errors import Error
from .place import Place
from .returning import never_run, shown

_LONGEST_MILLISECONDS = 2**32 - 1

_Function = TypeVar("_Function", bound=Callable[..., object])

REGISTRATIONS: list[Registration] = []
"""All tests, in the order in which they were made."""


@dataclass(frozen=True)
class Registration:
    """One test, as `@proctor.test` notes it down."""

    name: str
    description: str | None
    tags: tuple[str, ...]
    timeout: int | None
    place: Place
    function: Callable[..., object]

    def run(self) -> None:
        """Calls the test with what its parameters ask for."""
        positional: list[object] = []
        named: dict[str, object] = {}
        try:
            for parameter in inspect.signature(self.function).parameters.values():
                if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                    continue
                if parameter.default is not parameter.empty:
                    continue
                if parameter.kind is parameter.KEYWORD_ONLY:
                    named[parameter.name] = _argument(parameter.name)
                else:
                    positional.append(_argument(parameter.name))
        except Error as error:
            error._place = self.place
            raise
        value = self.function(*positional, **named)
        if value is not None:
            refused = Error(_returned(value))
            refused._place = self.place
            raise refused


@overload
def test(function: _Function, /) -> _Function: ...
@overload
def test(
    name: str | None = None,
    /,
    *,
    description: str | None = None,
    tags: Iterable[str] = (),
    timeout: Duration | None = None,
) -> Callable[[_Function], _Function]: ...
def test(
    name: Any = None,
    /,
    *,
    description: str | None = None,
    tags: Iterable[str] = (),
    timeout: Duration | None = None,
) -> Any:
    """Makes a function a test: `@proctor.test` or `@proctor.test("a name", tags=["web"], timeout=120)`.

    The function's parameters say by their names what it is given: `machine` is the only machine, whatever its name;
    `machines` are all of them (`Machines`); `driver` is the `Driver`; every other name stands for the machine of that name,
    in which `-` is written `_`. Where there are several machines, `machine` is the one of that name.

    - `name`: by default the function's. No two tests of a component have the same.
    - `description`: one line; by default the first line of the function's docstring.
    - `tags`: for selection.
    - `timeout`: how long the test may take, in seconds or as a `timedelta`, the first boot of each machine not counted. By
      default, and at the most, as long as the run says.
    """
    if callable(name):
        return _register(name, None, None, (), None)
    given = None if name is None else _line(name, "a test's name")
    described = None if description is None else _line(description, "a description")
    if isinstance(tags, str):
        raise TypeError("tags must be several texts, not one")
    marked = tuple(_line(tag, "a tag") for tag in tags)
    limit = None if timeout is None else _timeout(timeout)
    return lambda function: _register(function, given, described, marked, limit)


def ordered() -> list[Registration]:
    """In the order of the source text."""
    return sorted(REGISTRATIONS, key=lambda test: test.place)


def find(name: str) -> Registration:
    """The test of that name."""
    tests = ordered()
    for test in tests:
        if test.name == name:
            return test
    names = ", ".join(f"`{test.name}`" for test in tests)
    raise Error(f"no test is named `{name}`; {f'there are {names}' if names else 'the component has none'}")


def check_names() -> None:
    """Raises an error where two tests have the same name."""
    seen: dict[str, Registration] = {}
    for test in ordered():
        first = seen.setdefault(test.name, test)
        if first is not test:
            at, again = first.place, test.place
            raise Error(
                f"two tests are named `{test.name}`: at {at[0]}:{at[1]} and at {again[0]}:{again[1]}; "
                'give one another name with `@proctor.test("...")`'
            )


def _register(function: Any, name: str | None, description: str | None, tags: tuple[str, ...], timeout: int | None) -> Any:
    form = "a test is a function `def name(machine):`"
    if not inspect.isfunction(function):
        raise TypeError(f"{form}, not {type(function).__name__}")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{form}: it is not `async`")
    if inspect.isgeneratorfunction(function):
        raise TypeError(f"{form}: it has no `yield`")
    if description is None:
        description = next((line.strip() for line in (function.__doc__ or "").splitlines() if line.strip()), None)
    place = _definition(function)
    REGISTRATIONS.append(Registration(name or function.__name__, description, tags, timeout, place, function))
    return function


def _returned(value: object) -> str:
    """What is wrong with a test that returned something. It may be a failure."""
    if (name := never_run(value)) is None:
        return f"the test returned {shown(value)}, and a test returns nothing: `assert` what has to be true"
    kind = "a generator" if name == "a generator" else "an async"
    return f"the test returned {name}, of which nothing was run: the test is {kind} function; tests are plain functions"


def _definition(function: Any) -> Place:
    """Where the name of a function stands. Python tells the line of its first decorator."""
    code = function.__code__
    for number in range(code.co_firstlineno, code.co_firstlineno + 100):
        if found := re.match(r"\s*def\s+(?=\w)", linecache.getline(code.co_filename, number)):
            return code.co_filename, number, found.end() + 1
    return code.co_filename, code.co_firstlineno, 0


def _argument(name: str) -> object:
    driver = Driver()
    if name == "driver":
        return driver
    machines = driver.machines
    if name == "machines":
        return machines
    names = [machine.name for machine in machines]
    if name not in names:
        if name == "machine":
            return driver.only_machine()
        if name.replace("_", "-") in names:
            name = name.replace("_", "-")
    return driver.machine(name)


def _line(text: object, what: str) -> str:
    """A text of exactly one line."""
    if not isinstance(text, str):
        raise TypeError(f"{what} must be a str, not {type(text).__name__}")
    if not text.strip():
        raise ValueError(f"{what} must not be empty")
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text):
        raise ValueError(f"{what} must be one line without control characters")
    return text


def _timeout(timeout: Duration) -> int:
    limit = milliseconds(timeout)
    if limit == 0:
        raise ValueError("a timeout of zero would fail every test")
    if limit >= _LONGEST_MILLISECONDS:
        raise ValueError("a timeout must be less than 49 days")
    return limit
