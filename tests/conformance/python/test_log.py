"""The log."""

import proctor
from proctor import log


@proctor.test
def levels() -> None:
    log.debug("one")
    log.info("two")
    log.warning("three")
    log.error("four")


@proctor.test("odd lines")
def odd_lines() -> None:
    log.info("tab\there bell\u0007 escape\u001b[31m red")
    log.info("first\nsecond")
    log.info("")


@proctor.test
def printed() -> None:
    print("printed")


@proctor.test
def subtests(alpha: proctor.Machine) -> None:
    with proctor.subtest("outer"):
        log.info("a")
        with proctor.subtest("inner"):
            alpha.succeed("true")
        log.info("b")
        value = 7
    log.info(value)


@proctor.test("subtest fails")
def subtest_fails(alpha: proctor.Machine) -> None:
    with proctor.subtest("outer"), proctor.subtest("inner"):
        alpha.succeed("exit 1")  # HERE


@proctor.test("subtest fails and is caught")
def subtest_fails_and_is_caught(alpha: proctor.Machine) -> None:
    try:
        with proctor.subtest("broken"):
            alpha.succeed("exit 1")
    except proctor.CommandFailed:
        log.info("went on")


@proctor.test
def group() -> None:
    with proctor.group("set-up"):
        log.info("in")
        value = 8
    log.info(value)
