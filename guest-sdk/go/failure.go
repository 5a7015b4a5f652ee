package proctor

import (
	"errors"
	"fmt"
	"strings"

	types "proctor/internal/bindings/imports/proctor_driver_types"
)

// failure is why a test or a subtest failed. It is an error, so that T.Subtest can return it.
type failure struct {
	message string
	place   location
	// The error that led to it, where there is one.
	cause error
	// Whether nothing of the test should go on: it panicked.
	fatal bool
}

func (f *failure) Error() string { return f.message }

func (f *failure) Unwrap() error { return f.cause }

func (f *failure) host() types.Failure {
	return types.Failure{Message: bounded(valid(f.message + f.place.callers)), Place: f.place.host(), Cause: hostError(f.cause)}
}

// failureOf is a failure with a message about some values. Where an error of a call is among them, it is the cause, and
// the place is that of the call.
func failureOf(message string, values ...any) *failure {
	for _, value := range values {
		err, ok := value.(error)
		if !ok {
			continue
		}
		var earlier *failure
		if errors.As(err, &earlier) && earlier != nil {
			return &failure{message: message, place: earlier.place, cause: err}
		}
		var call *Error
		if errors.As(err, &call) && call != nil && call.Place.File != "" {
			return &failure{message: message, place: location{call.Place, call.callers}, cause: err}
		}
		return &failure{message: message, place: here(), cause: err}
	}
	return &failure{message: message, place: here()}
}

// thrown is the failure of a panic with that value, whose methods may panic, too.
func thrown(value any) (failed *failure) {
	defer func() {
		if recover() != nil {
			failed = &failure{message: fmt.Sprintf("a panic with a %T, whose methods panic", value), place: here(), fatal: true}
		}
	}()
	message := fmt.Sprint(value)
	if message == "" {
		message = "a panic without a text"
	}
	failed = failureOf(message, value)
	// The host is told of the cause later, when nothing recovers.
	hostError(failed.cause)
	failed.fatal = true
	return failed
}

// joined is one failure of all that a test told; none of none.
func joined(failures []*failure) *failure {
	if len(failures) < 2 {
		for _, only := range failures {
			return only
		}
		return nil
	}
	all := *failures[0]
	messages := make([]string, len(failures))
	for index, one := range failures {
		messages[index] = one.message + one.place.callers
		all.fatal = all.fatal || one.fatal
	}
	all.message, all.place.callers = strings.Join(messages, "\n"), ""
	return &all
}
