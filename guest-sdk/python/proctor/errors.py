"""Why a test does not go on."""

from __future__ import annotations

from typing import ClassVar, NoReturn

from .output import CommandResult, Output

_SHOWN_CHARACTERS = 300
"""Longer commands and actions are cut in messages; the attributes have them whole. A line of a log should be readable."""


class Error(Exception):
    """Why a test does not go on: a call that failed, or a text, `raise proctor.Error("no answer")`.

    Calls of the host raise one of its subclasses, which have more attributes. `str(error)` is one sentence.
    """

    code: ClassVar[str | None] = None
    """The name of what went wrong, the same in every language: `timed-out`, for example. None for a text of the test."""

    machine: str | None = None
    """The name of the machine concerned, where there is one."""
    action: str | None = None
    """What was in progress, for example `succeed("true")`. None where no call of the host failed."""
    elapsed: float | None = None
    """How long the call had taken when it failed, in seconds. None where no call of the host failed."""

    _record: object = None
    """The host's own record of the error."""
    _place: tuple[str, int, int] | None = None
    """Where in the project it is to be looked for, where that is not where it came from."""

    def __str__(self) -> str:
        if self.action is None:
            return self._reason()
        whose = "" if self.machine is None else f"machine `{self.machine}`: "
        return f"{whose}{shortened(self.action)} failed after {shown_seconds(self.elapsed or 0.0)}: {self._reason()}"

    def _reason(self) -> str:
        return Exception.__str__(self)


class TimedOut(Error):
    """A limit passed. The host ended what was in progress."""

    code = "timed-out"

    limit: str
    """The name of the limit, as `proctor run --help` has it."""
    budget: float
    """Its value, in seconds."""
    last_seen: str | None
    """The last thing that was seen: a status, a line, a state."""

    def _reason(self) -> str:
        seen = "" if self.last_seen is None else f"; last seen: {self.last_seen}"
        return f"timed out: {self.limit} of {shown_seconds(self.budget)} passed{seen}"


class _CommandError(Error):
    result: CommandResult
    """How the command ended."""

    @property
    def command(self) -> str:
        """The command as it was given."""
        return self.result.command

    @property
    def status(self) -> int:
        """The command's exit status."""
        return self.result.status

    @property
    def output(self) -> Output:
        """What the command printed to standard output."""
        return self.result.output


class CommandFailed(_CommandError):
    """A command that should have succeeded did not."""

    code = "command-failed"

    def _reason(self) -> str:
        return f"command `{shortened(self.command)}` failed (exit code {self.status})"


class CommandUnexpectedlySucceeded(_CommandError):
    """A command that should have failed succeeded."""

    code = "command-unexpectedly-succeeded"

    def _reason(self) -> str:
        return f"command `{shortened(self.command)}` unexpectedly succeeded"


class OutputTooLarge(Error):
    """A command printed more than one command may."""

    code = "output-too-large"

    command: str
    """The command as it was given."""
    limit_bytes: int
    """How many bytes one command may print."""

    def _reason(self) -> str:
        return f"command `{shortened(self.command)}` printed more than the {self.limit_bytes} bytes that one command may"


class ShellLost(Error):
    """The shell in which the command ran was killed."""

    code = "shell-lost"

    command: str
    """The command as it was given."""
    reason: str
    """What is known of the shell's end."""
    restored: bool
    """Whether a new shell answers."""

    def _reason(self) -> str:
        now = "a new one answers" if self.restored else "there is no new one"
        return f"command `{shortened(self.command)}` lost its shell ({self.reason}); {now}"


class MachineDown(Error):
    """The machine is not running, or stopped while the call was in progress."""

    code = "machine-down"

    status: str
    """`exit status: 1`, `signal: 9 (SIGKILL)`, `not started`."""
    console: list[str]
    """The last lines of its serial console, oldest first."""

    def _reason(self) -> str:
        return f"the machine is not running ({self.status})"


class UnitFailed(Error):
    """A unit is not in the state that was wanted, and will not be."""

    code = "unit-failed"

    unit: str
    """The unit."""
    user: str | None
    """Whose it is, where it is a user's."""
    state: str
    """Its active state, for example `failed`."""
    message: str
    """What is wrong with that, in one line."""
    journal: list[str]
    """The last lines of its journal, oldest first."""

    def _reason(self) -> str:
        return self.message


class Denied(Error):
    """The run does not grant this."""

    code = "denied"

    capability: str
    """The flag of `proctor run` that would, for example `allow-read`."""
    what: str
    """What was refused."""

    def _reason(self) -> str:
        return f"denied: {self.what}; to allow it, run with --{self.capability}"


class _TextError(Error):
    text: str | None = None
    """What the host said."""

    def _reason(self) -> str:
        return Exception.__str__(self) if self.text is None else self.text


class MonitorError(_TextError):
    """The machine answered that it could not, or answered nonsense."""

    code = "monitor-error"

    def _reason(self) -> str:
        return f"the machine's monitor answered: {super()._reason()}"


class Unsupported(_TextError):
    """The machine has no means to do this, for example no network interface to block."""

    code = "unsupported"

    def _reason(self) -> str:
        return f"not supported: {super()._reason()}"


class InvalidArgument(_TextError):
    """An argument that cannot be meant, for example the name of a machine that there is not."""

    code = "invalid-argument"


class PollingConditionFailed(Error):
    """A polling condition does not hold."""

    code = "polling-condition-failed"

    description: str
    """The condition's description."""
    message: str
    """What its function said. May be empty."""

    def _reason(self) -> str:
        said = f": {self.message}" if self.message else ""
        return f"Polling condition failed: {self.description}{said}"


class HostFailure(_TextError):
    """The fault is the host's, not the test's and not the machine's."""

    code = "host-failure"

    def _reason(self) -> str:
        return f"the test host failed: {super()._reason()}"


class ProcessEnded(SystemExit):
    """Instead of the end of the process: a test that ends it ends with a text and a place."""

    def __str__(self) -> str:
        return f"the test called {self.code}"


def fail(message: object) -> NoReturn:
    """Ends the test with a text: `proctor.fail(f"no answer from {name}")`.

    Raises: `Error`, always; outside of everything that catches it, it fails the test at this place.
    """
    raise Error(str(message))


def shortened(text: str) -> str:
    """The first characters of a text, with a note of its length where that cuts it."""
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return f"{text[:_SHOWN_CHARACTERS]}... ({len(text.encode('utf-8', 'surrogatepass'))} bytes)"


def shown_seconds(seconds: float) -> str:
    """As the host's log has it: `0.05 s`, `12.3 s`."""
    return f"{seconds:.2f} s" if seconds < 10.0 else f"{seconds:.1f} s"
