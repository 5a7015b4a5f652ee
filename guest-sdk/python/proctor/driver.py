"""The machines and VLANs of a test."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import overload

from componentize_py_types import Err
from proctor_bindings.imports import driver as host

from . import running
from .arguments import Duration, optional_milliseconds, optional_text, path, text
from .cause import error_of
from .errors import Error
from .machine import Machine
from .polling import call, call_within
from .vlan import Vlan


class Machines(Sequence[Machine]):
    """All machines of a test, sorted by name: `machines["server"]`, `machines[0]`, `for machine in machines`."""

    def __repr__(self) -> str:
        return f"<Machines {', '.join(machine.name for machine in self)}>"

    def __len__(self) -> int:
        return len(_machines())

    def __iter__(self) -> Iterator[Machine]:
        return iter(_machines())

    def __contains__(self, machine: object) -> bool:
        name = machine.name if isinstance(machine, Machine) else machine
        return any(one.name == name for one in self)

    @overload
    def __getitem__(self, key: str | int) -> Machine: ...
    @overload
    def __getitem__(self, key: slice) -> list[Machine]: ...
    def __getitem__(self, key: str | int | slice) -> Machine | list[Machine]:
        """The machine of a name, or at a place of the list.

        Raises: `InvalidArgument` where there is none of that name; it lists the names that there are.
        """
        return _machine(key) if isinstance(key, str) else _machines()[key]

    def start_all(self) -> None:
        """Starts all machines at the same time. Does not wait for them to boot: the first command on each does."""
        call(host.start_all)

    def join_all(self, *, timeout: Duration | None = None) -> None:
        """Waits until all machines have stopped, `timeout` seconds, by default as long as a call may take.

        Raises: `TimedOut` where one has not.
        """
        call_within(optional_milliseconds(timeout), host.join_all)


class Driver:
    """The machines and VLANs of a test. Every run of a test has machines of its own."""

    @property
    def machines(self) -> Machines:
        """All machines, sorted by name."""
        return Machines()

    def machine(self, name: str) -> Machine:
        """The machine of that name.

        Raises: `InvalidArgument` where there is none; it lists the names that there are.
        """
        return _machine(name)

    def only_machine(self) -> Machine:
        """The machine, for tests that run with one machine whatever its name.

        Raises: `Error` where there are none or several.
        """
        machines = _machines()
        if not machines:
            raise Error("this test needs a machine and there is none; name its start script with --start-scripts")
        if len(machines) > 1:
            names = ", ".join(f"`{machine.name}`" for machine in machines)
            raise Error(f"this test runs with one machine and there are {names}")
        return machines[0]

    def create_machine(
        self,
        name: str,
        *,
        disk: str | os.PathLike[str] | None = None,
        disk_interface: str | None = None,
        cdrom: str | os.PathLike[str] | None = None,
        usb: str | os.PathLike[str] | None = None,
        bios: str | os.PathLike[str] | None = None,
        binary: str | None = None,
        arguments: Sequence[str] = (),
        netdev_arguments: str | None = None,
        net_device_arguments: str | None = None,
    ) -> Machine:
        """Makes a machine of parts, which is one of the test's from then on and ends with it. The run has to grant it.

        Paths are the host's; those that are not absolute begin at the machine's state directory.

        - `disk`: a disk image, in any format that `qemu-img` knows. It stays as it is: what the machine writes to it goes to
          the file `disk.qcow2` in its state directory. `../vm-state-NAME/disk.qcow2` is that of another machine, with what
          that wrote. `disk_interface` is `virtio`, which is the default, `scsi` or `ide`.
        - `cdrom`: a CD image. `usb`: a disk image that is attached as a USB stick and not written to. `bios`: a firmware
          image.
        - `binary`: the emulator, `qemu-system-x86_64` by default; `arguments`: more arguments of it.
        - `netdev_arguments`: more of the value of `-netdev user,...`; `net_device_arguments`: more of the value of the
          `-device` of that interface.

        Raises: `Denied` where the run does not grant it, `InvalidArgument` where there is a machine of that name.
        """
        if isinstance(arguments, str):
            raise TypeError("arguments must be several texts, not one")
        parts = host.MachineParts(
            text(name, "name"),
            None if disk is None else path(disk, "disk"),
            optional_text(disk_interface, "disk_interface"),
            None if cdrom is None else path(cdrom, "cdrom"),
            None if usb is None else path(usb, "usb"),
            None if bios is None else path(bios, "bios"),
            optional_text(binary, "binary"),
            [text(argument, "an argument") for argument in arguments],
            optional_text(netdev_arguments, "netdev_arguments"),
            optional_text(net_device_arguments, "net_device_arguments"),
        )
        return Machine(call(host.create_machine, parts))

    @property
    def parameters(self) -> dict[str, str]:
        """What the run was told with `--param NAME=VALUE`."""
        running.require("parameters")
        return dict(host.parameters())

    @overload
    def parameter(self, name: str) -> str | None: ...
    @overload
    def parameter(self, name: str, default: str) -> str: ...
    def parameter(self, name: str, default: str | None = None) -> str | None:
        """One of the run's parameters, or the default where it was not given."""
        return self.parameters.get(name, default)

    def write_output_file(self, filename: str | os.PathLike[str], content: str | bytes) -> None:
        """Writes a file below the output directory; directories above it are made. A text is written in UTF-8.

        Raises: `InvalidArgument` where the path leads out.
        """
        name = path(filename, "filename")
        if isinstance(content, bytes | bytearray | memoryview):
            data = bytes(content)
        else:
            data = text(content, "content").encode()
        call(host.write_output_file, name, data)

    @property
    def vlans(self) -> list[Vlan]:
        """All VLANs, sorted by number."""
        running.require("vlans")
        return [Vlan(resource) for resource in host.vlans()]

    def vlan(self, number: int) -> Vlan:
        """The VLAN of that number.

        Raises: `Error` where there is none; it lists the numbers that there are.
        """
        vlans = self.vlans
        for vlan in vlans:
            if vlan.number == number:
                return vlan
        numbers = ", ".join(str(vlan.number) for vlan in vlans)
        raise Error(
            f"there is no VLAN {number}; there are {numbers}" if numbers else f"there is no VLAN {number}; --vlans makes some"
        )

    def start_all(self) -> None:
        """Starts all machines at the same time. Does not wait for them to boot: the first command on each does.

        Raises: the errors of all machines that did not start, as one.
        """
        self.machines.start_all()

    def join_all(self, *, timeout: Duration | None = None) -> None:
        """Waits until all machines have stopped, `timeout` seconds, by default as long as a call may take.

        Raises: `TimedOut` where one has not.
        """
        self.machines.join_all(timeout=timeout)


def _machines() -> list[Machine]:
    running.require("machines")
    return [Machine(resource) for resource in host.machines()]


def _machine(name: str) -> Machine:
    running.require("machine")
    try:
        return Machine(host.get_machine(text(name, "name")))
    except Err as error:
        raise error_of(error.value) from None
