package proctor

import (
	"fmt"
	"strings"
	"sync"
	"syscall"

	exports "proctor/internal/bindings/exports/export_proctor_driver_tests"
	log "proctor/internal/bindings/imports/proctor_driver_log"
	tests "proctor/internal/bindings/imports/proctor_driver_tests"
	types "proctor/internal/bindings/imports/proctor_driver_types"
	wit "proctor/internal/wit/types"
)

// One test, as Test was told.
type registration struct {
	name        string
	description string
	tags        []string
	timeout     optional
	place       location
	body        func(*T)
	// What is wrong with it, where something is.
	mistake string
}

// In the order in which Test was called.
var registered []*registration

func init() {
	exports.List = list
	exports.Run = run
}

// prepare has the author's main register the tests, which Go does not call by itself in a component.
var prepare = sync.OnceFunc(func() {
	collectGarbage()
	reportExits()
	reportFatalErrors()
	main := &T{name: "main"}
	main.execute(func(*T) { callMain() })
	if failed := main.failed(); failed != nil {
		die(failed)
	}
})

func list() []tests.Test {
	prepare()
	if failed := mistake(registered); failed != nil {
		die(failed)
	}
	described := make([]tests.Test, len(registered))
	for index, test := range registered {
		described[index] = tests.Test{
			Name:        test.name,
			Description: option(test.description),
			Tags:        test.tags,
			Timeout:     test.timeout,
			Place:       test.place.host(),
		}
	}
	return described
}

func run(name string) wit.Result[nothing, types.Failure] {
	prepare()
	for _, test := range registered {
		if test.name == name {
			return outcome(runTest(test))
		}
	}
	return outcome(&failure{message: unknownName(name, registered)})
}

func outcome(failed *failure) wit.Result[nothing, types.Failure] {
	if failed == nil {
		return wit.Ok[nothing, types.Failure](nothing{})
	}
	return wit.Err[nothing](failed.host())
}

func runTest(test *registration) *failure {
	t := &T{name: test.name}
	t.execute(test.body)
	closeScopes()
	if earlier := takePending(); earlier != nil && !t.Failed() {
		err := errorAt(earlier.place, earlier.told)
		return failureOf(err.Error(), err)
	}
	return t.failed()
}

// mistake is the first thing that is wrong with the tests; none where nothing is.
func mistake(tests []*registration) *failure {
	seen := map[string]*registration{}
	for _, test := range tests {
		if test.mistake != "" {
			return &failure{message: test.mistake, place: test.place}
		}
		if first := seen[test.name]; first != nil {
			message := fmt.Sprintf("two tests are named `%s`: at %v and at %v; give one another name", test.name, first.place.Place, test.place.Place)
			return &failure{message: message, place: test.place}
		}
		seen[test.name] = test
	}
	return nil
}

func unknownName(name string, tests []*registration) string {
	if len(tests) == 0 {
		return fmt.Sprintf("no test is named `%s`; the component has none", name)
	}
	names := make([]string, len(tests))
	for index, test := range tests {
		names[index] = "`" + test.name + "`"
	}
	return fmt.Sprintf("no test is named `%s`; there are %s", name, strings.Join(names, ", "))
}

// die tells the host a failure that no function can return, and ends the component.
func die(failed *failure) {
	log.Panicked(failed.host())
	syscall.Exit(1)
}
