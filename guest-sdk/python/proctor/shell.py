"""Commands on a machine."""

from __future__ import annotations

from proctor_bindings.imports import shell as host

from .arguments import Duration, milliseconds, optional_milliseconds, text
from .cause import result_of
from .output import CommandResult, Output
from .part import Part
from .polling import call_within


class Shell(Part):
    """Commands on a machine."""

    def execute(self, command: str, *, timeout: Duration | None = None) -> CommandResult:
        """Runs a command and returns its status and output, whatever they are.

        One that passes its timeout is killed; its status is 124 then, and the output what it had printed.
        """
        command = text(command, "command")
        return result_of(self._call(timeout, lambda left: host.execute(self._resource, command, left)))

    def succeed(self, command: str, *, timeout: Duration | None = None) -> Output:
        """Runs a command, which must succeed, and returns its output.

        Raises: `CommandFailed` where it does not.
        """
        command = text(command, "command")
        return Output(self._call(timeout, lambda left: host.succeed(self._resource, command, left)))

    def fail(self, command: str, *, timeout: Duration | None = None) -> Output:
        """Runs a command, which must fail, and returns its output.

        Raises: `CommandUnexpectedlySucceeded` where it does not.
        """
        command = text(command, "command")
        return Output(self._call(timeout, lambda left: host.fail(self._resource, command, left)))

    def wait_until_succeeds(
        self, command: str, *, timeout: Duration | None = None, attempt_timeout: Duration | None = None
    ) -> Output:
        """Repeats a command until it succeeds and returns its output.

        `timeout` is that of all attempts together. An attempt that runs over `attempt_timeout`, by default what is left of
        the timeout, is killed and counts as none that succeeded.

        Raises: `TimedOut`, which tells the last attempt's status and output.
        """
        command, attempt = text(command, "command"), optional_milliseconds(attempt_timeout, "attempt_timeout")
        return Output(self._call(timeout, lambda left: host.wait_until_succeeds(self._resource, command, left, attempt)))

    def wait_until_fails(
        self, command: str, *, timeout: Duration | None = None, attempt_timeout: Duration | None = None
    ) -> Output:
        """Repeats a command until it fails and returns its output. Times are as for `wait_until_succeeds`.

        Raises: `TimedOut`, which tells the last attempt's status and output.
        """
        command, attempt = text(command, "command"), optional_milliseconds(attempt_timeout, "attempt_timeout")
        return Output(self._call(timeout, lambda left: host.wait_until_fails(self._resource, command, left, attempt)))

    def sleep(self, duration: Duration) -> None:
        """Lets time pass on the machine's clock: seconds as a number, or a `timedelta`; at most 49 days."""
        call_within(milliseconds(duration, "duration"), lambda left: host.sleep(self._resource, left or 0))
