"""What a test script sees: the driver and the names in its scope."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, Self
from unittest import TestCase

from proctor.driver import Driver as Sdk
from proctor_bindings.imports import driver as host
from proctor_bindings.imports import script

from .calling import call, translating
from .debug import DebugNop
from .deprecation import deprecated
from .duration import Duration
from .errors import MachineError, RequestedAssertionFailed
from .logger import rootlog
from .machine.files import SCRATCH
from .machine import BaseMachine, Machine, NspawnMachine, QemuMachine, pythonize_name, retry
from .polling_condition import Poll, PollingCondition
from .vlan import VLan

_PARTS = {
    "hda": "disk",
    "hdaInterface": "disk_interface",
    "cdrom": "cdrom",
    "usb": "usb",
    "bios": "bios",
    "qemuBinary": "binary",
    "netBackendArgs": "netdev_arguments",
    "netFrontendArgs": "net_device_arguments",
}
"""The oldest way to describe a machine, and what each part is called by the SDK."""


SUBTEST_PREFIX = "subtest: "
"""What stood before the names of subtests in the log."""


def get_tmp_dir() -> Path:
    """The directory that a script may write to."""
    return Path(SCRATCH)


class RaceTimer:
    """What would end the test after `driver.global_timeout`; the run does that itself."""

    def start(self) -> None:
        """Does nothing."""

    def cancel(self) -> None:
        """Does nothing."""


class AssertionTester(TestCase):
    """Assertions of `unittest`: what scripts know as `t`."""

    failureException = RequestedAssertionFailed
    maxDiff = None

    def __repr__(self) -> str:
        return "<assertions of unittest>"


class OnlyMachine:
    """The only machine, by the name `machine`, where it has another."""

    def __init__(self, machine: BaseMachine) -> None:
        object.__setattr__(self, "_machine", machine)

    def __getattr__(self, name: str) -> Any:
        machine = self._machine
        deprecated(f"the machine is called `{pythonize_name(machine.name)}`, not `machine`")
        return getattr(machine, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._machine, name, value)

    def __dir__(self) -> list[str]:
        return list(dir(self._machine))

    def __repr__(self) -> str:
        return repr(self._machine)


_OF_DRIVER = (
    "start_all test_script machines machines_qemu machines_nspawn vlans create_machine subtest run_tests join_all "
    "serial_stdout_off serial_stdout_on polling_condition debug dump_machine_ssh"
).split()
"""What of the driver stands in a script's scope by its own name."""

_OTHERS: dict[str, Any] = {
    "log": rootlog,
    "os": os,
    "retry": retry,
    "Machine": Machine,
    "BaseMachine": BaseMachine,
    "QemuMachine": QemuMachine,
    "NspawnMachine": NspawnMachine,
    "t": AssertionTester(),
}

SYMBOLS = [*_OF_DRIVER, "driver", *_OTHERS]
"""The names in a script's scope that do not depend on its machines."""


class Driver:
    """The machines and VLANs of the test, and what else a script does with them."""

    logger = rootlog
    debug = DebugNop()
    race_timer = RaceTimer()
    global_timeout = 604800
    """Of no effect: the run has limits of its own."""

    def __init__(self, run_script: Callable[[dict[str, Any]], None]) -> None:
        self._run_script = run_script
        self.out_dir = Path(script.output_directory())
        self.tests = script.script_text().decode(errors="replace")
        self.machines: list[BaseMachine] = [QemuMachine(resource, self.out_dir) for resource in host.machines()]
        self.machines_qemu = self.machines
        self.machines_nspawn: list[NspawnMachine] = []
        self.vlans = [VLan(vlan) for vlan in Sdk().vlans]
        self.polling_conditions: list[PollingCondition] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def terminate_test(self) -> NoReturn:
        """Ends the script, which has failed."""
        self.logger.error("the test is terminated")

    def test_symbols(self) -> dict[str, Any]:
        """The names in a script's scope."""
        symbols: dict[str, Any] = {name: getattr(self, name) for name in _OF_DRIVER} | {"driver": self} | _OTHERS
        if len(self.machines) == 1:
            symbols["machine"] = OnlyMachine(self.machines[0])
        symbols |= {pythonize_name(machine.name): machine for machine in self.machines}
        return symbols | {f"vlan{vlan.nr}": vlan for vlan in self.vlans}

    def test_script(self) -> None:
        """Runs the script."""
        self._run_script(self.test_symbols())

    def run_tests(self) -> None:
        """Runs the script; what the machines have written is on their disks then."""
        self.test_script()
        for machine in self.machines:
            if machine.is_up():
                machine.execute("sync")

    def start_all(self) -> None:
        """Starts all machines, at the same time. Does not wait for them to boot: the first command on each does."""
        try:
            call(lambda _left: host.start_all())
        except MachineError as error:
            failed = MachineError(f"Failed to start the following machines: {error}")
            failed.cause = error.cause
            raise failed from None

    def join_all(self, timeout: Duration | None = None) -> None:
        """Waits until all machines have stopped."""
        call(host.join_all, timeout)

    @contextmanager
    def subtest(self, name: str) -> Iterator[None]:
        """A part of the test that passes or fails under a name of its own."""
        with self.logger.subtest(name):
            yield

    def create_machine(
        self, start_command: str | Mapping[str, Any], *, name: str | None = None, keep_machine_state: bool = False
    ) -> Machine:
        """Makes a machine of a start command. The run has to grant it: `--allow-create-machine`. The oldest form takes a
        dictionary of parts.
        """
        if isinstance(start_command, Mapping):
            deprecated("create_machine() takes a start command, not a dictionary")
            return self._machine_of_parts(start_command)
        return QemuMachine(out_dir=self.out_dir, start_command=start_command, name=name, keep_machine_state=keep_machine_state)

    def _machine_of_parts(self, parts: Mapping[str, Any]) -> Machine:
        if command := parts.get("startCommand"):
            return QemuMachine(out_dir=self.out_dir, start_command=command, name=parts.get("name"))
        values: dict[str, Any] = {ours: str(parts[theirs]) for theirs, ours in _PARTS.items() if parts.get(theirs)}
        arguments = str(parts.get("qemuFlags") or "").split()
        with translating():
            machine = Sdk().create_machine(parts.get("name", "machine"), arguments=arguments, **values)
        return QemuMachine(machine._resource, self.out_dir)

    def serial_stdout_on(self) -> None:
        """Shows the serial consoles as they come."""
        self.logger.print_serial_logs(True)

    def serial_stdout_off(self) -> None:
        """Does not show them."""
        self.logger.print_serial_logs(False)

    def check_polling_conditions(self) -> None:
        """Looks at the conditions that are due now."""
        for condition in self.polling_conditions:
            condition.maybe_raise()

    def polling_condition(
        self,
        fun_: Callable[[], object] | None = None,
        *,
        seconds_interval: Duration = 2.0,
        description: object = None,
    ) -> Poll | Callable[[Callable[[], object]], Poll]:
        """Makes a condition of a function, with or without parentheses. Its docstring describes it, or its name."""

        def poll(function: Callable[[], object]) -> Poll:
            condition = PollingCondition(function, self.logger, seconds_interval, description)
            return Poll(condition, self.polling_conditions)

        return poll if fun_ is None else poll(fun_)

    def dump_machine_ssh(self, offset: int = 0) -> None:
        """Says that there is no SSH into machines."""
        self.logger.warning("there is no SSH into machines; `proctor run -I` gives a prompt, and machine.shell_interact() a shell")
