"""A machine's monitors. Whoever commands them commands the host: the run has to grant it, `--allow-monitor`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from proctor import errors as host_errors
from proctor_bindings.imports import monitor as host

from ..duration import Duration, as_seconds
from ..errors import MachineError, RequestedAssertionFailed
from ..qmp import QMPAPIError
from .base import Part

_EVENT_SECONDS = 600

_NOT_FOUND = "has not been found"

_Event = dict[str, Any]


class QMPSession:
    """The monitor for programs: what scripts know as `machine.qmp_client`."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def send(self, cmd: str, args: Mapping[str, object] = {}) -> dict[str, Any]:  # noqa: B006 -- read only
        """Runs a command and returns the answer, as `{"return": ...}`."""
        arguments = json.dumps(args) if args else None
        machine = self._monitor
        try:
            answer = machine._call(lambda left: host.send_qmp_command(machine._resource, cmd, arguments, left))
        except MachineError as error:
            if not isinstance(error.cause, host_errors.MonitorError):
                raise
            description = (error.cause.text or "").removeprefix(f"{cmd}: ")
            # The host tells the one class that says more than the text by the text.
            refused = QMPAPIError("CommandNotFound" if _NOT_FOUND in description else "GenericError", description)
            refused.cause = error.cause
            raise refused from None
        return {"return": json.loads(answer)}

    def wait_for_event(self, timeout: Duration = 10) -> _Event:
        """Waits for the next event."""
        return self._monitor._next_event(timeout)

    def events(self, timeout: Duration = 10) -> Iterator[_Event]:
        """The next events, for so long."""
        end = time.monotonic() + as_seconds(timeout)
        while (left := end - time.monotonic()) > 0:
            try:
                yield self._monitor._next_event(left)
            except TimeoutError:
                return


class Monitor(Part):
    """A machine's monitors."""

    @property
    def qmp_client(self) -> QMPSession:
        """The monitor for programs."""
        return QMPSession(self)

    def send_monitor_command(self, command: str) -> str:
        """Runs a command of the text monitor and returns what it prints."""
        return self._call(lambda left: host.send_monitor_command(self._resource, command, left))

    def wait_for_monitor_prompt(self) -> str:
        """Does nothing: there is no prompt to wait for."""
        return ""

    def wait_for_qmp_event(self, event_filter: Callable[[_Event], object], timeout: Duration = _EVENT_SECONDS) -> _Event:
        """Waits for an event that the filter likes; others are skipped."""
        end = time.monotonic() + as_seconds(timeout)
        while True:
            event = self._next_event(max(end - time.monotonic(), 0.0))
            if event_filter(event):
                return event

    def _next_event(self, timeout: Duration) -> _Event:
        any_event = host.EventFilter(None, None)
        try:
            answer = self._call(lambda left: host.wait_for_qmp_event(self._resource, any_event, left), timeout)
        except RequestedAssertionFailed as error:
            # Scripts catch this.
            raise TimeoutError(str(error)) from None
        event: _Event = json.loads(answer)
        return event
