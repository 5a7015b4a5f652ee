"""Machines, with the methods of the NixOS test driver."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from proctor_bindings.imports import machine as host
from proctor_bindings.imports import script, session

from ..duration import Duration
from ..errors import MachineError, RequestedAssertionFailed
from ..logger import rootlog
from .base import make_command
from .keyboard import CHAR_TO_KEY, Keyboard
from .monitor import Monitor, QMPSession
from .network import Network
from .retrying import retry
from .screen import Screen
from .start_command import LegacyStartCommand, NixStartScript, QemuStartCommand, StartCommand
from .state import State
from .units import Units

__all__ = [
    "CHAR_TO_KEY",
    "BaseMachine",
    "LegacyStartCommand",
    "Machine",
    "MachineError",
    "NixStartScript",
    "NspawnMachine",
    "QMPSession",
    "QemuMachine",
    "QemuStartCommand",
    "StartCommand",
    "make_command",
    "pythonize_name",
    "retry",
]

_HIDDEN = frozenset(
    "last_lines monitor monitor_path process pid qmp_path serial_thread shared_dir shell_path start_command tmp_dir".split()
)
"""What the NixOS driver's machines have of the host."""

_EFI = "EFI variables cannot be read or written here; the variable store is kept with the machine's state (-K)"


def pythonize_name(name: str) -> str:
    """A machine's name as one of Python's."""
    return re.sub(r"^[^A-Za-z_]|[^A-Za-z0-9_]", "_", name)


class HiddenAttribute(MachineError, AttributeError):
    """What the NixOS driver's machines have and what is not seen here: none, for `hasattr`."""


HiddenAttribute.__name__ = HiddenAttribute.__qualname__ = "MachineError"
HiddenAttribute.__module__ = "builtins"


class BaseMachine(Units, Network, Keyboard, Screen, Monitor, State):
    """A machine of the test."""

    logger = rootlog
    allow_reboot = False
    """Whether it was started with reboots being allowed, or is to be."""

    def __init__(self, resource: host.Machine, out_dir: Path, *, keep_machine_state: bool = False) -> None:
        self._resource = resource
        self.name = resource.name()
        self.callbacks: list[Callable[[], object]] = []
        self.out_dir = out_dir
        self.keep_machine_state = self.keep_vm_state = keep_machine_state

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self.name}'>"

    def __getattr__(self, name: str) -> Any:
        if name in _HIDDEN:
            raise HiddenAttribute(f"machine.{name} is a thing of the host, which a test script does not see: it runs in a sandbox")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    @property
    def booted(self) -> bool:
        """Whether it runs and has booted. It can be set, to no effect."""
        return self.is_up()

    @booted.setter
    def booted(self, booted: bool) -> None:
        pass

    @property
    def connected(self) -> bool:
        """Whether its shell answers. Set to False where the guest reboots by itself: later calls wait for the new boot."""
        return self.is_up()

    @connected.setter
    def connected(self, connected: bool) -> None:
        if not connected:
            self._call(lambda _left: script.forget_shell(self._resource))

    def is_up(self) -> bool:
        """Whether it runs and its shell has answered."""
        return self._resource.is_up()

    def start(self, allow_reboot: bool = False) -> None:
        """Starts the machine. Does not wait for it to boot: the first command does."""
        self.allow_reboot = bool(allow_reboot or self.allow_reboot)
        self._call(lambda left: self._resource.start(self.allow_reboot, left))

    def connect(self) -> None:
        """Waits until the machine has booted; starts it where it is off."""
        self._call(self._resource.connect)

    def shutdown(self) -> None:
        """Has the machine power off, and waits until it has stopped."""
        self._call(self._resource.shutdown)
        self._forget_console()

    def crash(self) -> None:
        """Pulls the plug."""
        self._call(self._resource.crash)
        self._forget_console()

    def release(self) -> None:
        """Ends the machine, as it stands."""
        self.crash()

    def reboot(self) -> None:
        """Has the machine reboot, which has to be allowed: `start(allow_reboot=True)`. Later calls wait for the new boot."""
        self._call(self._resource.reboot)

    def wait_for_shutdown(self, timeout: Duration | None = None) -> None:
        """Waits until the machine has stopped."""
        self._call(self._resource.wait_for_shutdown, timeout)
        self._forget_console()

    def switch_root(self) -> None:
        """Has a machine that waits in its initial RAM disk go on to its own system."""
        self._call(self._resource.switch_root)

    def cleanup_statedir(self) -> None:
        """Does nothing: the machines' state ends with the run, unless that keeps it (`-K`)."""

    def run_callbacks(self) -> None:
        """Does nothing: polling conditions are looked at with every call."""

    def read_efi_vars(self) -> NoReturn:
        """There is no way to do this here."""
        raise RequestedAssertionFailed(_EFI)

    create_efi_vars = write_efi_vars = dump_efi_vars = read_efi_vars

    def ssh_backdoor_command(self, index: int = 0) -> NoReturn:
        """There is no way to do this here."""
        raise MachineError("there is no SSH into machines; `proctor run -I` gives a prompt, and machine.shell_interact() a shell")

    def shell_interact(self, address: str | None = None) -> None:
        """Connects the terminal to a shell of the machine, in an interactive session, until that ends."""
        self._interact("shell_interact", session.interact_with_shell)

    def console_interact(self) -> None:
        """Connects the terminal to the machine's serial console, in an interactive session, until Ctrl-]."""
        self._interact("console_interact", session.interact_with_console)

    def _interact(self, name: str, function: Callable[[host.Machine], None]) -> None:
        if script.script_purpose() is not script.Purpose.INTERACT:
            raise MachineError(f"{name}() works in an interactive session: proctor run -I")
        self._call(lambda _left: function(self._resource))


class QemuMachine(BaseMachine):
    """A virtual machine."""

    def __init__(
        self, resource: host.Machine | None = None, out_dir: Path | None = None, *, start_command: str | StartCommand | None = None,
        name: str | None = None, keep_machine_state: bool = False, keep_vm_state: bool = False, **_others: object,
    ) -> None:
        if resource is None:
            if start_command is None:
                raise TypeError("a machine needs a start_command")
            command = str(start_command)
            resource = self._call(lambda _left: script.create_machine_of_command(command, name))
        here = Path(script.output_directory()) if out_dir is None else Path(out_dir)
        super().__init__(resource, here, keep_machine_state=keep_machine_state or keep_vm_state)


Machine = QemuMachine
"""Its older name."""


class NspawnMachine(BaseMachine):
    """A container, of which there are none."""

    def __init__(self, *_arguments: object, **_named: object) -> None:
        raise MachineError("containers are not supported: machines are virtual machines")
