"""A machine's network: its links, its ports, its sockets."""

from __future__ import annotations

import os

from proctor_bindings.imports import network as host

from .arguments import Duration, boolean, optional_text, path, port
from .part import Part


class Network(Part):
    """A machine's network."""

    def block(self, *, timeout: Duration | None = None) -> None:
        """Takes all its links to VLANs down, as if the cables were pulled.

        Raises: `Unsupported` where the machine is on no VLAN.
        """
        self._call(timeout, lambda left: host.block(self._resource, left))

    def unblock(self, *, timeout: Duration | None = None) -> None:
        """Takes its links to VLANs up again.

        Raises: `Unsupported` where the machine is on no VLAN.
        """
        self._call(timeout, lambda left: host.unblock(self._resource, left))

    def forward_port(self, host_port: int = 0, guest_port: int = 80, *, timeout: Duration | None = None) -> int:
        """Forwards a TCP port of the host's loopback address to a port of the machine. The run has to grant it.

        Host port 0 takes any that is free. Returns the host's port.

        Raises: `Denied` where the run does not grant it, `MonitorError` where the port is taken.
        """
        ours, its = port(host_port, "host_port"), port(guest_port, "guest_port")
        return self._call(timeout, lambda left: host.forward_port(self._resource, ours, its, left))

    def wait_for_open_port(self, number: int, address: str | None = None, *, timeout: Duration | None = None) -> None:
        """Waits until something on the machine accepts TCP connections on a port of an address, as seen from the machine;
        of `localhost` by default.

        Raises: `TimedOut`, which tells the ports that the machine listens on.
        """
        number, where = port(number, "port"), optional_text(address, "address")
        self._call(timeout, lambda left: host.wait_for_open_port(self._resource, number, where, left))

    def wait_for_closed_port(self, number: int, address: str | None = None, *, timeout: Duration | None = None) -> None:
        """Waits until nothing accepts TCP connections on a port any more. The address is as for `wait_for_open_port`."""
        number, where = port(number, "port"), optional_text(address, "address")
        self._call(timeout, lambda left: host.wait_for_closed_port(self._resource, number, where, left))

    def wait_for_open_unix_socket(
        self, filename: str | os.PathLike[str], *, datagram: bool = False, timeout: Duration | None = None
    ) -> None:
        """Waits until something on the machine listens on a UNIX socket: for streams, or for datagrams.

        Raises: `TimedOut`, which tells what is at that path.
        """
        name = path(filename, "filename")
        kind = host.UnixSocketKind.DATAGRAM if boolean(datagram, "datagram") else host.UnixSocketKind.STREAM
        self._call(timeout, lambda left: host.wait_for_open_unix_socket(self._resource, name, kind, left))
