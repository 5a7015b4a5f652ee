"""Conditions that have to hold while a part of the test runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from componentize_py_types import Err, Ok
from proctor_bindings.imports import polling as host
from proctor_bindings.imports import types

from . import log, place, running
from .arguments import Duration, optional_milliseconds, seconds, text
from .cause import error_of
from .errors import Error, PollingConditionFailed
from .failure import text_of
from .output import CommandResult, Output
from .retrying import retry
from .returning import never_run, shown

_Value = TypeVar("_Value")
_Parameters = ParamSpec("_Parameters")

_entered: list[PollingCondition] = []
"""The conditions in whose scope the test is; one stands in it as often as it was entered."""


class PollingCondition:
    """A condition that has to hold while a part of the test runs.

    The host looks at it before each call on a machine and in the middle of waits, not more often than its interval, and
    once more at the end of its scope. While it does not hold, the calls in its scope raise `PollingConditionFailed`.

        answers = proctor.PollingCondition("the web server answers", lambda: client.succeed("curl --fail http://server/"))
        answers.wait(timeout=60)  # until it holds
        with answers:  # while this runs
            server.succeed("systemctl reload nginx")

    `check` returns nothing, whether the condition holds, or a command's output or result. The condition does not hold where
    `check` raises an exception, which says why not, or returns False, the result of a command that failed, or anything
    else. It may do what a test may; its time is bounded by the run's condition limit. `interval` is how often it is
    looked at, at the most, in seconds: before a call that comes sooner it is not. Default: two seconds.
    """

    def __init__(self, description: str, check: Callable[[], object], *, interval: Duration | None = None) -> None:
        if not callable(check):
            raise TypeError("what a condition looks at must be a function without parameters")
        self.description = text(description, "description")
        """What holds, in words."""
        self._check = check
        self._interval = optional_milliseconds(interval, "interval")
        self._made: host.Condition | None = None
        self._checking = False
        self._places: list[place.Place | None] = []

    def __repr__(self) -> str:
        return f"<PollingCondition {self.description!r}>"

    def __call__(self) -> object:
        """Does what it looks at, as an ordinary call."""
        return self._check()

    def __enter__(self) -> Self:
        self.enter()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is None:
            self.exit()
        elif isinstance(error, PollingConditionFailed) and error.description == self.description:
            self.leave()
        else:
            try:
                self.exit()
            except Error as broken:
                # The body's error is the test's, and this may be its reason.
                log.error(f"the scope ended with an error, and: {broken}")

    def enter(self) -> None:
        """Begins its scope, which lasts until `exit`, or else until the end of the test.

        Raises: `InvalidArgument` where too many are entered, or in a condition's function.
        """
        try:
            self._resource.enter()
        except Err as error:
            raise error_of(error.value) from None
        _entered.append(self)
        self._places.append(place.here())

    def exit(self) -> None:
        """Ends its scope.

        Raises: `PollingConditionFailed` where the condition does not hold in the end.
        """
        try:
            call(self._resource.exit)
        finally:
            self._leave()

    def evaluate(self) -> None:
        """Looks whether it holds, now, whenever it was looked at before. Conditions in whose scope this is done are looked
        at meanwhile, as always.

        Raises: `PollingConditionFailed` where it does not.
        """
        try:
            self._evaluate()
        except Err as error:
            raise error_of(error.value) from None

    def wait(self, timeout: Duration = 900) -> None:
        """Waits until it holds, `timeout` seconds, 900 by default.

        Raises: `PollingConditionFailed` where it does not in that time.
        """
        last: PollingConditionFailed | None = None

        def holds() -> bool:
            nonlocal last
            try:
                self.evaluate()
            except PollingConditionFailed as error:
                last = error
                return False
            return True

        try:
            retry(holds, timeout)
        except Error as error:
            if error.code is not None or last is None:
                raise
            end = f"; in the end: {last.message}" if last.message else ""
            failed = PollingConditionFailed()
            failed.description = last.description
            failed.message = f"it did not hold within {seconds(timeout):.2f} s{end}"
            raise failed from None

    @property
    def _resource(self) -> host.Condition:
        if self._made is None:
            running.require("a polling condition")
            self._made = host.Condition(self.description, self._interval)
        return self._made

    def _leave(self) -> None:
        for index in reversed(range(len(_entered))):
            if _entered[index] is self:
                del _entered[index]
                self._places.pop()
                return

    def leave(self) -> None:
        """Ends its scope without another look."""
        try:
            self._resource.exit()
        except Err as error:
            # It was due, and is answered now that it was not looked at.
            if isinstance(error.value.cause, types.ErrorCause_ConditionsDue):
                with suppress(Err):
                    self._resource.exit()
        self._leave()

    def _evaluate(self) -> None:
        self._resource.begin_evaluation()
        try:
            outcome = self._outcome()
        except BaseException as error:
            # `sys.exit()` ends the test, and its conditions orderly.
            with suppress(Err):
                self._resource.end_evaluation(Err(text_of(error)))
            raise
        self._resource.end_evaluation(Ok(None) if outcome is None else Err(outcome))

    def _outcome(self) -> str | None:
        """Why it does not hold; None where it does."""
        if self._checking:
            return "it is being evaluated already"
        self._checking = True
        try:
            value = self._check()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the condition does not hold
            return text_of(error)
        finally:
            self._checking = False
        if isinstance(value, CommandResult) and not value.success:
            return f"command `{value.command}` ended with status {value.status}"
        if value is False:
            return ""
        if value is None or value is True or isinstance(value, CommandResult | Output):
            return None
        return f"it returned {never_run(value) or shown(value)}, and has to return True, False or nothing"


def polling_condition(
    description: str | None = None, *, interval: Duration | None = None
) -> Callable[[Callable[[], object]], PollingCondition]:
    """Makes a `PollingCondition` of a function. Without a description the first line of its docstring serves, or its name.

    @proctor.polling_condition("the web server answers", interval=1)
    def answers():
        client.succeed("curl --fail http://server/")

    with answers:
        ...
    """

    def decorate(function: Callable[[], object]) -> PollingCondition:
        described = description
        if described is None:
            lines = (function.__doc__ or "").strip().splitlines()
            described = lines[0] if lines else function.__name__.replace("_", " ")
        return PollingCondition(described, function, interval=interval)

    if callable(description):
        raise TypeError("it is used with parentheses: @proctor.polling_condition()")
    return decorate


def call(function: Callable[_Parameters, _Value], *arguments: _Parameters.args, **named: _Parameters.kwargs) -> _Value:
    """A call that runs something on a machine: conditions that are due come before it."""
    return call_within(None, lambda _: function(*arguments, **named))


def call_within(timeout: int | None, function: Callable[[int | None], _Value]) -> _Value:
    """The same for a call with a timeout, or a sleep: when it breaks off for conditions, it is made again with the rest."""
    running.require("a call of a machine")
    while True:
        try:
            return function(timeout)
        except Err as answer:
            record = answer.value
        if not isinstance(record.cause, types.ErrorCause_ConditionsDue):
            raise error_of(record) from None
        due = record.cause.value
        for number in due.conditions:
            _evaluate_due(number)
        if due.remaining is not None:
            timeout = due.remaining


def end_of_test() -> None:
    """Ends the scopes that are open still, the innermost first. The first that does not hold in the end fails the test."""
    failed: BaseException | None = None
    while _entered:
        condition = _entered[-1]
        where = condition._places[-1]
        try:
            condition.exit()
        except Error as error:
            error._place = where
            # Nothing that becomes of the test makes this unsaid.
            log.error(error)
            failed = failed or error
        except BaseException as error:  # noqa: BLE001 -- the other scopes end nevertheless
            failed = failed or error
    if failed is not None:
        raise failed


def _evaluate_due(number: int) -> None:
    """The host tells the outcome, by the call that is made again."""
    for condition in _entered:
        if condition._made is not None and condition._made.number() == number:
            with suppress(Err):
                condition._evaluate()
            return
