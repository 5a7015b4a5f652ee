package proctor

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	types "proctor/internal/bindings/imports/proctor_driver_types"
	wit "proctor/internal/wit/types"
)

func hostErrors() []types.Error {
	text, result := "text", types.CommandResult{Command: "x", Status: 3, Stdout: []byte{'a', 0, 0xff}}
	var told []types.Error
	for _, cause := range []types.ErrorCause{
		types.MakeErrorCauseTimedOut(types.TimedOut{Limit: "call", Budget: 1500, LastSeen: wit.Some(text)}),
		types.MakeErrorCauseTimedOut(types.TimedOut{Limit: "call", Budget: 1500, LastSeen: wit.None[string]()}),
		types.MakeErrorCauseCommandFailed(result),
		types.MakeErrorCauseCommandUnexpectedlySucceeded(result),
		types.MakeErrorCauseOutputTooLarge(types.OutputTooLarge{Command: text, LimitBytes: 7}),
		types.MakeErrorCauseShellLost(types.ShellLost{Command: text, Reason: text, Restored: true}),
		types.MakeErrorCauseMachineDown(types.MachineDown{Status: text, Console: []string{text}}),
		types.MakeErrorCauseUnitFailed(types.UnitFailed{
			Unit: text, User: wit.Some(text), State: text, Message: text, Journal: []string{text},
		}),
		types.MakeErrorCauseDenied(types.Denied{Capability: text, What: text}),
		types.MakeErrorCauseMonitorError(text),
		types.MakeErrorCauseUnsupported(text),
		types.MakeErrorCauseInvalidArgument(text),
		types.MakeErrorCausePollingConditionFailed(types.PollingConditionFailed{Description: text, Message: text}),
		types.MakeErrorCauseHostFailure(text),
	} {
		told = append(told, types.Error{Machine: wit.Some("server"), Action: text, Elapsed: 12, Cause: cause})
	}
	return told
}

func TestTheHostGetsItsOwnRecordBack(t *testing.T) {
	for _, told := range hostErrors() {
		err := errorAt(location{Place: Place{"main.go", 1}}, told)
		returned := hostError(fmt.Errorf("wrapped: %w", err))
		if !returned.IsSome() || !reflect.DeepEqual(returned.Some(), told) {
			t.Errorf("%+v is not %+v", returned, told)
		}
	}
}

func TestOnlyTheEndOfALongOutputGoesBack(t *testing.T) {
	output := strings.Repeat("a", returnedOutputBytes) + "end"
	returned := hostResult(CommandResult{"x", 1, output}).Stdout
	if len(returned) != returnedOutputBytes || !strings.HasSuffix(string(returned), "end") {
		t.Errorf("%d bytes", len(returned))
	}
}

func TestTextsAndForeignErrorsHaveNoRecord(t *testing.T) {
	for _, err := range []error{nil, errors.New("no"), &Error{Cause: errors.New("no")}} {
		if hostError(err).IsSome() {
			t.Errorf("%v has a record", err)
		}
	}
}
