"""Errors between this package's classes and the interface's records."""

from __future__ import annotations

from dataclasses import fields, replace

from proctor_bindings.imports import types

from . import errors
from .output import CommandResult, Output

_RETURNED_OUTPUT_BYTES = 64 * 1024
"""Of a command's output in a failure only as many bytes go back to the host, the last ones. The host has seen the output
before, and limits how much a test may hand to it at a time."""

_CLASSES: dict[type, type[errors.Error]] = {
    types.ErrorCause_TimedOut: errors.TimedOut,
    types.ErrorCause_CommandFailed: errors.CommandFailed,
    types.ErrorCause_CommandUnexpectedlySucceeded: errors.CommandUnexpectedlySucceeded,
    types.ErrorCause_OutputTooLarge: errors.OutputTooLarge,
    types.ErrorCause_ShellLost: errors.ShellLost,
    types.ErrorCause_MachineDown: errors.MachineDown,
    types.ErrorCause_UnitFailed: errors.UnitFailed,
    types.ErrorCause_Denied: errors.Denied,
    types.ErrorCause_MonitorError: errors.MonitorError,
    types.ErrorCause_Unsupported: errors.Unsupported,
    types.ErrorCause_InvalidArgument: errors.InvalidArgument,
    types.ErrorCause_ConditionsDue: errors.PollingConditionFailed,
    types.ErrorCause_PollingConditionFailed: errors.PollingConditionFailed,
    types.ErrorCause_HostFailure: errors.HostFailure,
}


def error_of(record: types.Error) -> errors.Error:
    """Turns an error of the host into ours."""
    cause = record.cause
    error = _CLASSES[type(cause)]()
    error.machine, error.action, error.elapsed = record.machine, record.action, record.elapsed / 1000
    error._record = record
    match cause.value:
        case str(text):
            error.text = text  # type: ignore[attr-defined]
        case types.CommandResult() as result:
            error.result = result_of(result)  # type: ignore[attr-defined]
        case types.ConditionsDue():
            # It is answered before an error becomes ours; a test that calls the interface itself may see it.
            error.description = ""  # type: ignore[attr-defined]
            error.message = "conditions are due and could not be evaluated"  # type: ignore[attr-defined]
        case value:
            for field in fields(value):
                setattr(error, field.name, getattr(value, field.name))
    if isinstance(error, errors.TimedOut):
        error.budget /= 1000
    return error


def result_of(result: types.CommandResult) -> CommandResult:
    """Turns a command's result into ours."""
    return CommandResult(result.command, result.status, Output(result.stdout))


def record_of(error: BaseException) -> types.Error | None:
    """The host's own record again; none where the error was not the host's."""
    record = error._record if isinstance(error, errors.Error) else None
    if not isinstance(record, types.Error):
        return None
    match record.cause:
        case types.ErrorCause_CommandFailed(result) | types.ErrorCause_CommandUnexpectedlySucceeded(result):
            result = replace(result, stdout=result.stdout[-_RETURNED_OUTPUT_BYTES:])
            return replace(record, cause=type(record.cause)(result))
        case types.ErrorCause_ConditionsDue():
            failed = types.PollingConditionFailed("", "conditions are due and could not be evaluated")
            return replace(record, cause=types.ErrorCause_PollingConditionFailed(failed))
    return record
