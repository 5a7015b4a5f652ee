"""The virtual networks between the machines."""

from __future__ import annotations

from proctor_bindings.imports import vlan as host


class Vlan:
    """A switch that machines are connected to."""

    def __init__(self, resource: host.Vlan) -> None:
        self._resource = resource

    def __repr__(self) -> str:
        return f"<Vlan {self.number}>"

    @property
    def number(self) -> int:
        """The number under which start scripts know it."""
        return self._resource.number()

    @property
    def is_up(self) -> bool:
        """Whether its switch runs."""
        return self._resource.is_up()
