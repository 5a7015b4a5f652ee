"""What goes wrong, with the texts of the NixOS test driver."""

from __future__ import annotations

from proctor import errors as host

from .duration import Duration, as_seconds


_BOOT = "the boot limit"
"""The limit of which no script says anything."""


class TestScriptError(Exception):
    """Why a test script does not go on."""

    cause: host.Error | None = None
    """The error of the call that led here, with all that is known of it."""


class RequestedAssertionFailed(TestScriptError):
    """What the script wanted to be so is not so: a command that failed, `t.assertEqual(1, 2)`."""


class MachineError(TestScriptError):
    """A machine, or the host, cannot do what was asked."""


class PollingConditionError(TestScriptError):
    """A polling condition does not hold."""


PollingConditionFailed = PollingConditionError
"""Its older name."""

for _class in (TestScriptError, RequestedAssertionFailed, MachineError, PollingConditionError):
    # Tracebacks name it without the module, as they did.
    _class.__module__ = "builtins"


def timed_out(elapsed: float, timeout: Duration) -> RequestedAssertionFailed:
    """A wait that took too long."""
    return RequestedAssertionFailed(f"action timed out after {elapsed:.2f} seconds (timeout={as_seconds(timeout)})")


def translated(error: host.Error, timeout: Duration | None = None) -> TestScriptError:
    """The exception that a script expects in the place of an error of the host. `timeout` is what the script gave."""
    match error:
        case host.CommandFailed():
            text = f"command `{error.command}` failed (exit code {error.status})"
            ours: TestScriptError = RequestedAssertionFailed(text)
        case host.CommandUnexpectedlySucceeded():
            ours = RequestedAssertionFailed(f"command `{error.command}` unexpectedly succeeded")
        case host.UnitFailed():
            ours = RequestedAssertionFailed(error.message)
        case host.TimedOut() if not error.limit.startswith(_BOOT):
            ours = timed_out(error.elapsed or 0.0, error.budget if timeout is None else timeout)
        case host.PollingConditionFailed():
            ours = PollingConditionError(f"Polling condition failed: {error.description}")
        case _:
            ours = MachineError(str(error))
    ours.cause = error
    return ours
