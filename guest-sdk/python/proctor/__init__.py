"""Tests of whole machines, in Python, for `proctor`.

A test is a function that gets machines. The tests of a project, in files `test_*.py`, are one WebAssembly component, which
`proctor build` makes and `proctor run` runs.

    import proctor

    @proctor.test(timeout=120)
    def download(server: proctor.Machine, client: proctor.Machine):
        '''A file that the server offers reaches the client.'''
        with proctor.subtest("the server offers a file"):
            server.succeed("mkdir -p /srv && echo hello > /srv/index.html && busybox httpd -h /srv")
        with proctor.subtest("the client fetches it"):
            page = client.wait_until_succeeds("busybox wget -q -O - http://192.168.1.1/", timeout=30)
            assert page.strip() == "hello"

A test fails when it raises an exception. Calls of machines raise subclasses of `Error`, which know what was asked of which
machine, how long it took and what came of it. A failed `assert` tells the values. The failure has the place in the
project's files and the way to it.
"""

try:
    from . import log
except ModuleNotFoundError as error:
    # The host's functions are only in a component. Of pytest and the like this is what is seen.
    if error.name != "proctor_bindings":
        raise
    raise ImportError("These are tests of machines. Build and run them with: proctor run") from None
from .arguments import Duration
from .driver import Driver, Machines
from .errors import (
    CommandFailed,
    CommandUnexpectedlySucceeded,
    Denied,
    Error,
    HostFailure,
    InvalidArgument,
    MachineDown,
    MonitorError,
    OutputTooLarge,
    PollingConditionFailed,
    ShellLost,
    TimedOut,
    UnitFailed,
    Unsupported,
    fail,
)
from .log import show_serial
from .machine import Machine
from .output import CommandResult, Output
from .polling import PollingCondition, polling_condition
from .registry import test
from .retrying import retry
from .span import group, subtest
from .vlan import Vlan

__all__ = [
    "CommandFailed",
    "CommandResult",
    "CommandUnexpectedlySucceeded",
    "Denied",
    "Driver",
    "Duration",
    "Error",
    "HostFailure",
    "InvalidArgument",
    "Machine",
    "MachineDown",
    "Machines",
    "MonitorError",
    "Output",
    "OutputTooLarge",
    "PollingCondition",
    "PollingConditionFailed",
    "ShellLost",
    "TimedOut",
    "UnitFailed",
    "Unsupported",
    "Vlan",
    "fail",
    "group",
    "log",
    "polling_condition",
    "retry",
    "show_serial",
    "subtest",
    "test",
]
