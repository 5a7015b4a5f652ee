"""A machine's network."""

from __future__ import annotations

from proctor_bindings.imports import network as host

from ..duration import DEFAULT_SECONDS, Duration
from .base import Part


class Network(Part):
    """A machine's network: what listens on it, and its interfaces."""

    def wait_for_open_port(self, port: int, addr: str = "localhost", timeout: Duration = DEFAULT_SECONDS) -> None:
        """Waits until something accepts connections on a TCP port."""
        number = _port(port)
        self._call(lambda left: host.wait_for_open_port(self._resource, number, addr, left), timeout)

    def wait_for_closed_port(self, port: int, addr: str = "localhost", timeout: Duration = DEFAULT_SECONDS) -> None:
        """Waits until nothing accepts connections on a TCP port."""
        number = _port(port)
        self._call(lambda left: host.wait_for_closed_port(self._resource, number, addr, left), timeout)

    def wait_for_open_unix_socket(self, addr: str, is_datagram: bool = False, timeout: Duration = DEFAULT_SECONDS) -> None:
        """Waits until something listens on a UNIX socket."""
        kind = host.UnixSocketKind.DATAGRAM if is_datagram else host.UnixSocketKind.STREAM
        self._call(lambda left: host.wait_for_open_unix_socket(self._resource, str(addr), kind, left), timeout)

    def block(self) -> None:
        """Unplugs the machine from its VLANs."""
        self._call(lambda left: host.block(self._resource, left))

    def unblock(self) -> None:
        """Plugs it in again."""
        self._call(lambda left: host.unblock(self._resource, left))

    def forward_port(self, host_port: int = 8080, guest_port: int = 80) -> None:
        """Forwards a TCP port of the host's loopback address. The run has to grant it: `--allow-forward-port`."""
        ports = (_port(host_port), _port(guest_port))
        self._call(lambda left: host.forward_port(self._resource, *ports, left))


def _port(port: int) -> int:
    number = int(port)
    if not 0 <= number <= 0xFFFF:
        raise ValueError(f"port {number} is not between 0 and 65535")
    return number
