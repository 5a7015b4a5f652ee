"""Failures of the test's own."""

from functools import partial

import proctor
from proctor import log


@proctor.test("own failure")
def own_failure() -> None:
    proctor.fail("three is not four")  # HERE


@proctor.test("own failure in a subtest")
def own_failure_in_a_subtest() -> None:
    with proctor.subtest("sums"):
        proctor.fail("three is not four")  # HERE


@proctor.test
def fault(machines: proctor.Machines) -> None:
    log.info(machines[7].name)  # HERE


@proctor.test("fault in a subtest")
def fault_in_a_subtest(machines: proctor.Machines) -> None:
    with proctor.subtest("reading"):
        log.info(machines[7].name)  # HERE


@proctor.test
def assertion() -> None:
    assert 1 + 1 == 3  # HERE


@proctor.test(timeout=0.5)
def endless(alpha: proctor.Machine) -> None:
    alpha.connect()
    while True:
        pass


@proctor.test("endless waiting", timeout=0.5)
def endless_waiting(alpha: proctor.Machine) -> None:
    alpha.connect()
    alpha.sleep(60)


@proctor.test("retry")
def retry_until_there_is_a_value() -> None:
    values = iter([None, None, "third"])
    log.info(proctor.retry(lambda: next(values), timeout=10))


@proctor.test("retry in vain")
def retry_in_vain() -> None:
    proctor.retry(lambda: None, timeout=0.1)  # HERE


@proctor.test("retry of an error")
def retry_of_an_error(alpha: proctor.Machine) -> None:
    proctor.retry(partial(alpha.succeed, "exit 4"), timeout=10)  # HERE
