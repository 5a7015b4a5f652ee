"""One machine: its life. What else it has is in files of the interfaces' names."""

from __future__ import annotations

from proctor_bindings.imports import machine as host

from .arguments import Duration, boolean
from .console import Console
from .files import Files
from .keyboard import Keyboard
from .monitor import Monitor
from .network import Network
from .screen import Screen
from .shell import Shell
from .units import Units


class Machine(Shell, Units, Files, Network, Console, Keyboard, Screen, Monitor):
    """One machine of the test.

    Commands are run by bash as root in `/tmp` under `set -euo pipefail`, with nothing on their standard input and their
    standard error on the serial console. The machine is started and its boot waited for where needed, within the boot
    limit; so do units, files, ports, terminals and windows. Keyboard, screen, serial console, links, forwarded ports and
    monitor want a machine that runs.

    Every method that can wait has a parameter `timeout`: seconds as a number, or a `timedelta`. By default a call may take
    as long as the run says. A boot that a call waits for first is not counted, but `start` and `connect` are bounded as a
    whole.

    Besides what a method names, all can raise `MachineDown`, `TimedOut` and `HostFailure`, and commands `ShellLost`,
    `OutputTooLarge` and `InvalidArgument` (a NUL, which no command can have).
    """

    def __init__(self, resource: host.Machine) -> None:
        self._resource = resource
        self._name: str | None = None

    def __repr__(self) -> str:
        return f"<Machine {self.name!r}>"

    def __eq__(self, other: object) -> bool:
        return self.name == other.name if isinstance(other, Machine) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def name(self) -> str:
        """The machine's name."""
        if self._name is None:
            self._name = self._resource.name()
        return self._name

    @property
    def is_up(self) -> bool:
        """Whether the machine runs and its shell has answered."""
        return self._resource.is_up()

    def start(self, *, allow_reboot: bool = False, timeout: Duration | None = None) -> None:
        """Starts the machine. Does not wait for it to boot: the first command does. Does nothing where it runs already.

        With `allow_reboot` it boots again when its guest reboots; otherwise it powers off then.
        """
        reboot = boolean(allow_reboot, "allow_reboot")
        self._call(timeout, lambda left: self._resource.start(reboot, left))

    def connect(self, *, timeout: Duration | None = None) -> None:
        """Waits until the machine has booted and its shell answers; starts it first where it is off."""
        self._call(timeout, self._resource.connect)

    def reboot(self, *, timeout: Duration | None = None) -> None:
        """Waits until the guest has booted, presses Ctrl, Alt and Delete, on which it reboots, and waits until the machine
        has been reset. Later calls wait for the new boot.

        Raises: `Unsupported` where the machine was not started with `allow_reboot`.
        """
        self._call(timeout, self._resource.reboot)

    def switch_root(self, *, timeout: Duration | None = None) -> None:
        """Has a machine that waits in its initial RAM disk go on to its own system, and waits for the shell there."""
        self._call(timeout, self._resource.switch_root)

    def shutdown(self, *, timeout: Duration | None = None) -> None:
        """Asks the machine to power off and waits until it has stopped. Does nothing where it is off."""
        self._call(timeout, self._resource.shutdown)

    def crash(self, *, timeout: Duration | None = None) -> None:
        """Pulls the plug and waits until the machine has stopped, at once, whatever it does. Does nothing where it is off."""
        self._call(timeout, self._resource.crash)

    def wait_for_shutdown(self, *, timeout: Duration | None = None) -> None:
        """Waits until the machine has stopped by itself. Returns at once where it is off."""
        self._call(timeout, self._resource.wait_for_shutdown)
