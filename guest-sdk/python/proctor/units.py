"""The services of a machine that runs systemd."""

from __future__ import annotations

from proctor_bindings.imports import units as host

from .arguments import Duration, optional_text, text
from .cause import result_of
from .output import CommandResult
from .part import Part


class Units(Part):
    """The services of a machine that runs systemd.

    Where `user` is given, units are that user's own: the user's service manager must run, for example because the user
    lingers or has logged in. A unit without a suffix is a service.
    """

    def systemctl(self, arguments: str, *, user: str | None = None, timeout: Duration | None = None) -> CommandResult:
        """Runs `systemctl` with arguments as they would stand on a command line, and returns its status and output,
        whatever they are.
        """
        arguments, whose = text(arguments, "arguments"), optional_text(user, "user")
        return result_of(self._call(timeout, lambda left: host.systemctl(self._resource, arguments, whose, left)))

    def wait_for_unit(self, unit: str, *, user: str | None = None, timeout: Duration | None = None) -> None:
        """Waits until a unit is active.

        Raises: `UnitFailed` at once where the unit has failed, or is inactive and nothing is about to start it; `TimedOut`.
        Both tell the end of the unit's journal.
        """
        unit, whose = text(unit, "unit"), optional_text(user, "user")
        self._call(timeout, lambda left: host.wait_for_unit(self._resource, unit, whose, left))

    def wait_for_unit_state(self, unit: str, state: str, *, user: str | None = None, timeout: Duration | None = None) -> None:
        """Waits until a unit's active state is this one, whatever it was before: `active`, `reloading`, `inactive`,
        `failed`, `activating`, `deactivating`.

        Raises: `TimedOut`, which tells the state and the end of the unit's journal.
        """
        unit, state, whose = text(unit, "unit"), text(state, "state"), optional_text(user, "user")
        self._call(timeout, lambda left: host.wait_for_unit_state(self._resource, unit, state, whose, left))

    def get_unit_info(self, unit: str, *, user: str | None = None, timeout: Duration | None = None) -> dict[str, str]:
        """All properties of a unit, in the order of `systemctl show`."""
        unit, whose = text(unit, "unit"), optional_text(user, "user")
        return dict(self._call(timeout, lambda left: host.get_unit_info(self._resource, unit, whose, left)))

    def get_unit_property(self, unit: str, property: str, *, user: str | None = None, timeout: Duration | None = None) -> str:
        """One property of a unit.

        Raises: `InvalidArgument` where it has none of that name.
        """
        unit, name, whose = text(unit, "unit"), text(property, "property"), optional_text(user, "user")
        return self._call(timeout, lambda left: host.get_unit_property(self._resource, unit, name, whose, left))

    def require_unit_state(
        self, unit: str, state: str = "active", *, user: str | None = None, timeout: Duration | None = None
    ) -> None:
        """Fails unless a unit's active state is this one now.

        Raises: `UnitFailed` where it is another.
        """
        unit, state, whose = text(unit, "unit"), text(state, "state"), optional_text(user, "user")
        self._call(timeout, lambda left: host.require_unit_state(self._resource, unit, state, whose, left))

    def start_job(self, unit: str, *, user: str | None = None, timeout: Duration | None = None) -> CommandResult:
        """Starts a unit and returns how `systemctl start` ended, whatever that is.

        Raises: `TimedOut` where it takes too long.
        """
        unit, whose = text(unit, "unit"), optional_text(user, "user")
        return result_of(self._call(timeout, lambda left: host.start_job(self._resource, unit, whose, left)))

    def stop_job(self, unit: str, *, user: str | None = None, timeout: Duration | None = None) -> CommandResult:
        """Stops a unit and returns how `systemctl stop` ended, whatever that is.

        Raises: `TimedOut` where it takes too long.
        """
        unit, whose = text(unit, "unit"), optional_text(user, "user")
        return result_of(self._call(timeout, lambda left: host.stop_job(self._resource, unit, whose, left)))
