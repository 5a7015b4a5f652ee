"""Polling conditions."""

from collections.abc import Callable

import proctor
from proctor import PollingCondition, log

SHORT = 0.3
"""The limit of waits that are in vain, in seconds."""


def condition(description: str, check: Callable[[], object]) -> PollingCondition:
    """A condition that is looked at when its scope begins and when it ends."""
    return PollingCondition(description, check, interval=3600)


def told(name: str, description: str | None = None) -> PollingCondition:
    """A condition that holds and says that it was looked at."""

    def check() -> bool:
        log.info(name)
        return True

    return condition(description or name, check)


@proctor.test("condition holds")
def condition_holds(alpha: proctor.Machine) -> None:
    with condition("alpha answers", lambda: alpha.succeed("echo looked")):
        alpha.succeed("echo inside")
    log.info("done")


@proctor.test("condition is true")
def condition_is_true(alpha: proctor.Machine) -> None:
    with told("looked", "one is one"):
        alpha.succeed("true")


@proctor.test("condition is false")
def condition_is_false(alpha: proctor.Machine) -> None:
    with condition("nothing burns", lambda: False):
        alpha.succeed("true")  # HERE


@proctor.test("condition raises")
def condition_raises(alpha: proctor.Machine) -> None:
    with condition("alpha is well", lambda: alpha.succeed("exit 5")):
        alpha.succeed("true")  # HERE


@proctor.test("condition breaks at the end")
def condition_breaks_at_the_end(alpha: proctor.Machine) -> None:
    fine = True
    with condition("all is fine", lambda: fine):  # HERE
        alpha.succeed("true")
        fine = False
        alpha.succeed("true")


@proctor.test("condition breaks in a wait")
def condition_breaks_in_a_wait(alpha: proctor.Machine) -> None:
    looks = 0

    @proctor.polling_condition("it goes on", interval=0.05)
    def goes_on() -> bool:
        nonlocal looks
        looks += 1
        return looks < 4

    with goes_on:
        alpha.wait_until_succeeds("false")  # HERE


@proctor.test("conditions nested")
def conditions_nested(alpha: proctor.Machine) -> None:
    with told("outer"), told("inner"):
        alpha.succeed("true")


@proctor.test("condition calls under another")
def condition_calls_under_another(alpha: proctor.Machine, beta: proctor.Machine) -> None:
    outer = condition("outer", lambda: alpha.succeed("echo outer"))
    inner = condition("inner", lambda: alpha.succeed("echo inner"))
    with outer, inner:
        beta.succeed("true")


@proctor.test("condition entered")
def condition_entered(alpha: proctor.Machine) -> None:
    looked = told("looked", "one is one")
    looked.enter()
    alpha.succeed("true")
    looked.exit()
    log.info("left")


@proctor.test("condition entered and broken")
def condition_entered_and_broken(alpha: proctor.Machine) -> None:
    fine = True
    is_fine = condition("all is fine", lambda: fine)
    is_fine.enter()
    alpha.succeed("true")
    fine = False
    alpha.succeed("true")
    is_fine.exit()  # HERE


@proctor.test("condition never left")
def condition_never_left(alpha: proctor.Machine) -> None:
    told("looked", "one is one").enter()
    alpha.succeed("true")


@proctor.test("condition never left and broken")
def condition_never_left_and_broken(alpha: proctor.Machine) -> None:
    fine = True
    condition("all is fine", lambda: fine).enter()  # HERE
    alpha.succeed("true")
    fine = False
    alpha.succeed("true")


@proctor.test("condition evaluated")
def condition_evaluated() -> None:
    told("looked", "one is one").evaluate()
    log.info("held")


@proctor.test("condition evaluated and false")
def condition_evaluated_and_false() -> None:
    condition("nothing burns", lambda: False).evaluate()  # HERE


@proctor.test("condition awaited")
def condition_awaited() -> None:
    looks = 0

    def third_time() -> bool:
        nonlocal looks
        looks += 1
        return looks == 3

    condition("third time", third_time).wait(timeout=10)
    log.info(looks)


@proctor.test("condition awaited in vain")
def condition_awaited_in_vain() -> None:
    condition("never", lambda: False).wait(timeout=SHORT)  # HERE


@proctor.test("error of the body")
def error_of_the_body(alpha: proctor.Machine) -> None:
    with condition("one is one", lambda: True):
        alpha.succeed("exit 6")  # HERE
