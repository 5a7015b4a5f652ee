"""The services of a machine that runs systemd."""

from __future__ import annotations

import re

from proctor_bindings.imports import units as host

from ..duration import DEFAULT_SECONDS, Duration
from ..errors import RequestedAssertionFailed
from .shell import Shell

_PROPERTY = re.compile(r"^([^=\n]+)=(.*)$", re.MULTILINE)


class Units(Shell):
    """The services of a machine that runs systemd; of a user, where one is given."""

    def systemctl(self, q: str, user: str | None = None) -> tuple[int, str]:
        """Runs `systemctl` and returns its status and output."""
        result = self._call(lambda left: host.systemctl(self._resource, q, user, left))
        return (result.status, result.stdout.decode(errors="replace"))

    def wait_for_unit(self, unit: str, user: str | None = None, timeout: Duration = DEFAULT_SECONDS) -> None:
        """Waits until a unit is active. An error at once where it has failed, or where nothing is about to start it."""
        self._call(lambda left: host.wait_for_unit(self._resource, unit, user, left), timeout)

    def wait_for_job(self, jobname: str, user: str | None = None, timeout: Duration = DEFAULT_SECONDS) -> None:
        """The older name of `wait_for_unit`."""
        self.wait_for_unit(jobname, user, timeout)

    def get_unit_info(self, unit: str, user: str | None = None) -> dict[str, str]:
        """All properties of a unit."""
        return dict(_PROPERTY.findall(self._show(unit, user, "")))

    def get_unit_property(self, unit: str, property: str, user: str | None = None) -> str:
        """One property of a unit."""
        lines = self._show(unit, user, property)
        for name, value in _PROPERTY.findall(lines):
            if name == property:
                return str(value)
        raise RequestedAssertionFailed(f'systemctl show --property "{property}" "{unit}" produced invalid output: {lines}')

    def require_unit_state(self, unit: str, require_state: str = "active") -> None:
        """Fails unless a unit's state is this one now."""
        state = self.get_unit_property(unit, "ActiveState")
        if state != require_state:
            raise RequestedAssertionFailed(
                f"Expected unit '{unit}' to to be in state '{require_state}' but it is in state '{state}'"
            )

    def start_job(self, jobname: str, user: str | None = None) -> tuple[int, str]:
        """Starts a unit and returns the status and output of `systemctl start`."""
        return self.systemctl(f"start {jobname}", user)

    def stop_job(self, jobname: str, user: str | None = None) -> tuple[int, str]:
        """Stops a unit and returns the status and output of `systemctl stop`."""
        return self.systemctl(f"stop {jobname}", user)

    def _show(self, unit: str, user: str | None, property: str) -> str:
        wanted = f' --property="{property}"' if property else ""
        status, lines = self.systemctl(f'--no-pager show "{unit}"{wanted}', user)
        if status != 0:
            what = f'property "{property}" for unit "{unit}"' if property else f'info for unit "{unit}"'
            whose = "" if user is None else f' under user "{user}"'
            raise RequestedAssertionFailed(f"retrieving systemctl {what}{whose} failed with exit code {status}")
        return lines
