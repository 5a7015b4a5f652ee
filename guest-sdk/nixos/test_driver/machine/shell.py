"""Commands on a machine."""

from __future__ import annotations

import shlex

from proctor import errors as host_errors
from proctor_bindings.imports import shell as host

from ..duration import DEFAULT_SECONDS, Duration, as_seconds
from ..errors import MachineError, RequestedAssertionFailed
from .base import Part


class ShellLine:
    """The line to a machine's shell: what scripts know as `machine.shell`."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def send(self, data: bytes) -> int:
        """Has the machine run commands, and waits for nothing of what becomes of them."""
        self._shell.execute(data.decode(errors="replace").strip(), check_output=False)
        return len(data)

    sendall = send


class Shell(Part):
    """Commands on a machine: run by bash as root, under `set -euo pipefail`."""

    @property
    def shell(self) -> ShellLine:
        """The line to its shell."""
        return ShellLine(self)

    def execute(
        self, command: str, check_return: bool = True, check_output: bool = True, timeout: Duration | None = DEFAULT_SECONDS
    ) -> tuple[int, str]:
        """Runs a command and returns its status and output. 124 is the status of one that took longer than `timeout`.

        With `check_return=False` the status is -1, and a command that takes the machine or its shell down is no error; with
        `check_output=False` the command is left alone, and the answer is `(-2, "")`.
        """
        if not check_output:
            self._execute(f"eval {shlex.quote(command)} > /dev/null < /dev/null &", None)
            return (-2, "")
        try:
            status, output = self._execute(command, timeout)
        except MachineError as error:
            gone = isinstance(error.cause, host_errors.MachineDown | host_errors.ShellLost)
            if check_return or not gone:
                raise
            return (-1, "")
        return (status if check_return else -1, output)

    def _execute(self, command: str, timeout: Duration | None) -> tuple[int, str]:
        result = self._call(lambda left: host.execute(self._resource, _command(command), left), timeout)
        return (result.status, _text(result.stdout))

    def succeed(self, *commands: str, timeout: Duration | None = None) -> str:
        """Runs commands, which must succeed, and returns what they print. One that takes longer than `timeout` fails, with
        status 124.
        """
        return "".join(self._succeed(_command(command), timeout) for command in commands)

    def fail(self, *commands: str, timeout: Duration | None = None) -> str:
        """Runs commands, which must fail, and returns what they print. One that takes longer than `timeout` has failed."""
        return "".join(self._fail(_command(command), timeout) for command in commands)

    def _succeed(self, command: str, timeout: Duration | None) -> str:
        if timeout is None:
            return _text(self._call(lambda left: host.succeed(self._resource, command, left)))
        status, output = self._execute(command, timeout)
        if status != 0:
            self.log(f"output: {output}")
            raise RequestedAssertionFailed(f"command `{command}` failed (exit code {status})")
        return output

    def _fail(self, command: str, timeout: Duration | None) -> str:
        if timeout is None:
            return _text(self._call(lambda left: host.fail(self._resource, command, left)))
        status, output = self._execute(command, timeout)
        if status == 0:
            raise RequestedAssertionFailed(f"command `{command}` unexpectedly succeeded")
        return output

    def wait_until_succeeds(self, command: str, timeout: Duration = DEFAULT_SECONDS) -> str:
        """Repeats a command until it succeeds, and returns what it printed then."""
        function = host.wait_until_succeeds
        return _text(self._call(lambda left: function(self._resource, _command(command), left, None), timeout))

    def wait_until_fails(self, command: str, timeout: Duration = DEFAULT_SECONDS) -> str:
        """Repeats a command until it fails, and returns what it printed then."""
        function = host.wait_until_fails
        return _text(self._call(lambda left: function(self._resource, _command(command), left, None), timeout))

    def sleep(self, secs: Duration | None = None, *, duration: Duration | None = None) -> None:
        """Lets time pass on the machine's clock."""
        given = duration if secs is None else secs
        if given is None:
            raise TypeError("sleep() takes a number of seconds or a timedelta")
        self._call(lambda left: host.sleep(self._resource, left or 0), as_seconds(given))


def _command(command: object) -> str:
    if not isinstance(command, str):
        raise TypeError(f"a command must be a str, not {type(command).__name__}")
    return command


def _text(output: bytes) -> str:
    return output.decode(errors="replace")
