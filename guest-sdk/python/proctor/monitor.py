"""A machine's own monitor. The run has to grant it: who commands the monitor commands the host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from proctor_bindings.imports import monitor as host

from .arguments import Duration, optional_text, text
from .part import Part


class Monitor(Part):
    """A machine's own monitor. All can raise `Denied` and `MonitorError`."""

    def send_monitor_command(self, command: str, *, timeout: Duration | None = None) -> str:
        """Runs a command of the text monitor and returns what it prints."""
        command = text(command, "command")
        return self._call(timeout, lambda left: host.send_monitor_command(self._resource, command, left))

    def send_qmp_command(
        self, command: str, arguments: Mapping[str, object] | None = None, *, timeout: Duration | None = None
    ) -> Any:
        """Runs a command of the monitor for programs and returns its answer, as `json.loads` makes it."""
        command, given = text(command, "command"), None if arguments is None else json.dumps(dict(arguments))
        return json.loads(self._call(timeout, lambda left: host.send_qmp_command(self._resource, command, given, left)))

    def wait_for_qmp_event(
        self,
        name: str | None = None,
        data: Mapping[str, object] | None = None,
        *,
        timeout: Duration | None = None,
    ) -> dict[str, Any]:
        """Waits for an event and returns it with `event`, `data` and `timestamp`.

        Events of this name are meant, for example `RESET`, or any; and of those the ones in whose data the members of
        `data` stand with the same values. Looks at those since the machine's start, or since the one that was returned last.
        """
        event = host.EventFilter(optional_text(name, "name"), None if data is None else json.dumps(dict(data)))
        answer = self._call(timeout, lambda left: host.wait_for_qmp_event(self._resource, event, left))
        value: dict[str, Any] = json.loads(answer)
        return value
