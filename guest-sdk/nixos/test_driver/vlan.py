"""The virtual networks."""

from __future__ import annotations

from proctor.vlan import Vlan


class VLan:
    """A switch that machines are connected to."""

    def __init__(self, vlan: Vlan) -> None:
        self._vlan = vlan
        self.nr = vlan.number
        """The number under which start scripts know it."""

    def __repr__(self) -> str:
        return f"<Vlan Nr. {self.nr}>"

    def is_up(self) -> bool:
        """Whether its switch runs."""
        return self._vlan.is_up

    def stop(self) -> None:
        """Does nothing: switches end with the run."""
