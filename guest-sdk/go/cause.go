package proctor

import (
	"errors"

	types "proctor/internal/bindings/imports/proctor_driver_types"
	wit "proctor/internal/wit/types"
)

// Of a command's output in a failure only as many bytes go back to the host, the last ones. The host has seen the output
// before, and limits how much a test may hand to it at a time.
const returnedOutputBytes = 64 * 1024

// errorAt turns an error of the host into ours.
func errorAt(place location, told types.Error) *Error {
	return &Error{
		Machine: told.Machine.SomeOr(""),
		Action:  told.Action,
		Elapsed: duration(told.Elapsed),
		Cause:   causeOf(told.Cause),
		Place:   place.Place,
		callers: place.callers,
	}
}

// ownError is an error that is not the host's.
func ownError(cause error) *Error {
	place := here()
	return &Error{Cause: cause, Place: place.Place, callers: place.callers}
}

func causeOf(cause types.ErrorCause) error {
	switch cause.Tag() {
	case types.ErrorCause_TimedOut:
		told := cause.TimedOut()
		return &TimedOutError{told.Limit, duration(told.Budget), told.LastSeen.SomeOr("")}
	case types.ErrorCause_CommandFailed:
		return &CommandFailedError{commandResult(cause.CommandFailed())}
	case types.ErrorCause_CommandUnexpectedlySucceeded:
		return &CommandUnexpectedlySucceededError{commandResult(cause.CommandUnexpectedlySucceeded())}
	case types.ErrorCause_OutputTooLarge:
		told := cause.OutputTooLarge()
		return &OutputTooLargeError{told.Command, int(told.LimitBytes)}
	case types.ErrorCause_ShellLost:
		told := cause.ShellLost()
		return &ShellLostError{told.Command, told.Reason, told.Restored}
	case types.ErrorCause_MachineDown:
		told := cause.MachineDown()
		return &MachineDownError{told.Status, told.Console}
	case types.ErrorCause_UnitFailed:
		told := cause.UnitFailed()
		return &UnitFailedError{told.Unit, told.User.SomeOr(""), told.State, told.Message, told.Journal}
	case types.ErrorCause_Denied:
		told := cause.Denied()
		return &DeniedError{told.Capability, told.What}
	case types.ErrorCause_MonitorError:
		return &MonitorError{cause.MonitorError()}
	case types.ErrorCause_Unsupported:
		return &UnsupportedError{cause.Unsupported()}
	case types.ErrorCause_InvalidArgument:
		return &InvalidArgumentError{cause.InvalidArgument()}
	case types.ErrorCause_ConditionsDue:
		// It is answered before an error becomes ours, but where a condition's scope ends in an evaluation.
		return &PollingConditionFailedError{Message: "conditions are due and could not be evaluated"}
	case types.ErrorCause_PollingConditionFailed:
		told := cause.PollingConditionFailed()
		return &PollingConditionFailedError{told.Description, told.Message}
	default:
		return &HostFailureError{cause.HostFailure()}
	}
}

// hostError is the host's own record again; none where no call of the host failed.
func hostError(err error) wit.Option[types.Error] {
	var failed *Error
	if !errors.As(err, &failed) || failed == nil || failed.Action == "" {
		return wit.None[types.Error]()
	}
	cause, ok := hostCause(failed.Cause)
	if !ok {
		return wit.None[types.Error]()
	}
	return wit.Some(types.Error{
		Machine: option(valid(failed.Machine)),
		Action:  valid(failed.Action),
		Elapsed: milliseconds(failed.Elapsed),
		Cause:   cause,
	})
}

func hostCause(err error) (types.ErrorCause, bool) {
	switch cause := err.(type) {
	case *TimedOutError:
		return types.MakeErrorCauseTimedOut(types.TimedOut{
			Limit: valid(cause.Limit), Budget: milliseconds(cause.Budget), LastSeen: option(valid(cause.LastSeen)),
		}), true
	case *CommandFailedError:
		return types.MakeErrorCauseCommandFailed(hostResult(cause.CommandResult)), true
	case *CommandUnexpectedlySucceededError:
		return types.MakeErrorCauseCommandUnexpectedlySucceeded(hostResult(cause.CommandResult)), true
	case *OutputTooLargeError:
		return types.MakeErrorCauseOutputTooLarge(types.OutputTooLarge{
			Command: valid(cause.Command), LimitBytes: uint32(cause.LimitBytes),
		}), true
	case *ShellLostError:
		return types.MakeErrorCauseShellLost(types.ShellLost{
			Command: valid(cause.Command), Reason: valid(cause.Reason), Restored: cause.Restored,
		}), true
	case *MachineDownError:
		return types.MakeErrorCauseMachineDown(types.MachineDown{
			Status: valid(cause.Status), Console: allValid(cause.Console),
		}), true
	case *UnitFailedError:
		return types.MakeErrorCauseUnitFailed(types.UnitFailed{
			Unit: valid(cause.Unit), User: option(valid(cause.User)), State: valid(cause.State),
			Message: valid(cause.Message), Journal: allValid(cause.Journal),
		}), true
	case *DeniedError:
		return types.MakeErrorCauseDenied(types.Denied{Capability: valid(cause.Capability), What: valid(cause.What)}), true
	case *MonitorError:
		return types.MakeErrorCauseMonitorError(valid(cause.Text)), true
	case *UnsupportedError:
		return types.MakeErrorCauseUnsupported(valid(cause.Text)), true
	case *InvalidArgumentError:
		return types.MakeErrorCauseInvalidArgument(valid(cause.Text)), true
	case *PollingConditionFailedError:
		return types.MakeErrorCausePollingConditionFailed(types.PollingConditionFailed{
			Description: valid(cause.Description), Message: valid(cause.Message),
		}), true
	case *HostFailureError:
		return types.MakeErrorCauseHostFailure(valid(cause.Text)), true
	default:
		return types.ErrorCause{}, false
	}
}

func commandResult(told types.CommandResult) CommandResult {
	return CommandResult{Command: told.Command, Status: int(told.Status), Output: string(told.Stdout)}
}

func hostResult(result CommandResult) types.CommandResult {
	start := max(0, len(result.Output)-returnedOutputBytes)
	return types.CommandResult{
		Command: valid(result.Command), Status: int32(result.Status), Stdout: []byte(result.Output[start:]),
	}
}

// option is a text that may be missing, and is where it is empty.
func option(text string) wit.Option[string] {
	if text == "" {
		return wit.None[string]()
	}
	return wit.Some(text)
}

func allValid(texts []string) []string {
	clean := make([]string, len(texts))
	for index, text := range texts {
		clean[index] = valid(text)
	}
	return clean
}
