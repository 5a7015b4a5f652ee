package proctor

import (
	"fmt"
	"runtime/debug"
	"sync"
	"unicode/utf8"

	types "proctor/internal/bindings/imports/proctor_driver_types"
	"proctor/internal/wit/runtime"
	wit "proctor/internal/wit/types"
)

// Only one call of the host at a time: it must not be called while it writes a result into this component's memory.
var host sync.Mutex

// enterHost is to be called before a call of the host that returns no texts, and what it returns afterwards.
func enterHost() (leave func()) {
	host.Lock()
	return host.Unlock
}

// enterHostForResult is to be called before a call of the host that returns texts, and what it returns afterwards, when
// nothing is to be read from the component's raw memory any more. While the host writes, memory is allocated; the garbage
// collector must not run then, for it would ask the host for the time.
func enterHostForResult() (leave func()) {
	host.Lock()
	percent := debug.SetGCPercent(-1)
	return func() {
		// What the host has written is kept alive by what was read of it from now on.
		runtime.Unpin()
		debug.SetGCPercent(percent)
		host.Unlock()
	}
}

// Until the host has written the first argument, too. The packages that use this one are initialized later.
var percentAtStart = debug.SetGCPercent(-1)

// collectGarbage lets the garbage collector run from now on.
var collectGarbage = sync.OnceFunc(func() { debug.SetGCPercent(percentAtStart) })

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
	defer enterHostForResult()()
	result := call()
	if result.IsErr() {
		failed := result.Err()
		return value, &failed
	}
	return result.Ok(), nil
}

// tell makes a call that cannot fail.
func tell[V any](call func() V) V {
	defer enterHostForResult()()
	return call()
}

// check refuses texts that are no UTF-8: the interface has no others.
func check(arguments []string) error {
	for _, argument := range arguments {
		if !utf8.ValidString(argument) {
			text := fmt.Sprintf("an argument is not valid UTF-8: %s", shortened(fmt.Sprintf("%q", argument)))
			return ownError(&InvalidArgumentError{text})
		}
	}
	return nil
}

// texts are the arguments of a call.
func texts(arguments ...string) []string { return arguments }
