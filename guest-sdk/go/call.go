package proctor

import (
	"fmt"
	"sync"
	"unicode/utf8"

	types "proctor/internal/bindings/imports/proctor_driver_types"
	"proctor/internal/wit/runtime"
	wit "proctor/internal/wit/types"
)

// Only one call of the host at a time: while the host writes a result into this component's memory, the garbage collector
// may let another goroutine of the test run, which must not call then.
var host sync.Mutex

// enterHost is to be called before a call of the host, and what it returns afterwards, when nothing of the call's result
// is to be read from the component's raw memory any more.
func enterHost() (leave func()) {
	host.Lock()
	return func() {
		// What the host has written is kept alive by what was read of it from now on.
		runtime.Unpin()
		host.Unlock()
	}
}

type (
	answer[V any] = wit.Result[V, types.Error]
	nothing       = wit.Unit
	optional      = wit.Option[uint32]
)

// ask makes a call that polling conditions do not come before.
func ask[V any](arguments []string, call func() answer[V]) (V, error) {
	var value V
	if err := check(arguments); err != nil {
		return value, err
	}
	value, told := once(call)
	if told != nil {
		return value, errorAt(here(), *told)
	}
	return value, nil
}

// askWithin makes a call that runs something on a machine.
func askWithin[V any](arguments []string, timeout optional, call func(timeout optional) answer[V]) (V, error) {
	if err := check(arguments); err != nil {
		var none V
		return none, err
	}
	value, told := passWithin(timeout, call)
	if told != nil {
		return value, errorAt(here(), *told)
	}
	return value, nil
}

// just is the error of a call that returns nothing else.
func just(_ nothing, err error) error { return err }

// result is a command's result in the author's types.
func result(told types.CommandResult, err error) (CommandResult, error) {
	if err != nil {
		return CommandResult{}, err
	}
	return commandResult(told), nil
}

// output is a command's output in the author's types.
func output(told []byte, err error) (string, error) { return string(told), err }

// once makes a call of the host once.
func once[V any](call func() answer[V]) (value V, told *types.Error) {
	defer enterHost()()
	result := call()
	if result.IsErr() {
		failed := result.Err()
		return value, &failed
	}
	return result.Ok(), nil
}

// tell makes a call that cannot fail.
func tell[V any](call func() V) V {
	defer enterHost()()
	return call()
}

// check refuses texts that are no UTF-8: the interface has no others.
func check(arguments []string) error {
	for _, argument := range arguments {
		if !utf8.ValidString(argument) {
			return &Error{
				Cause: &InvalidArgumentError{fmt.Sprintf("an argument is not valid UTF-8: %s", shortened(fmt.Sprintf("%q", argument)))},
				Place: here(),
			}
		}
	}
	return nil
}

// texts are the arguments of a call.
func texts(arguments ...string) []string { return arguments }
