package proctor

import (
	"runtime"
	"strings"
	"testing"
)

// A stack, innermost first.
type stack []runtime.Frame

func (s *stack) Next() (runtime.Frame, bool) {
	first := (*s)[0]
	*s = (*s)[1:]
	return first, len(*s) > 0
}

func frame(function, file string, line int) runtime.Frame {
	return runtime.Frame{Function: function, File: file, Line: line}
}

var (
	ours  = frame("proctor.(*T).Group", "proctor/span.go", 60)
	start = frame("runtime.goexit", "runtime/asm.s", 1)
)

func TestAPlaceInAHelperTellsWhoCalledIt(t *testing.T) {
	for _, one := range []struct {
		stack   stack
		place   string
		callers string
	}{
		{stack{ours, frame("main.hello", "tests/a/main.go", 7), ours, start}, "main.go:7", ""},
		{
			stack{ours, frame("main.serve", "tests/a/web/serve.go", 3), frame("main.hello", "tests/a/main.go", 7), ours, start},
			"web/serve.go:3", "\ncalled at main.go:7",
		},
		// The body of a group in the test itself.
		{stack{ours, frame("main.hello.func1", "tests/a/main.go", 8), ours, frame("main.hello", "tests/a/main.go", 7), ours}, "main.go:8", ""},
		// The body of a group in a helper.
		{
			stack{
				ours, frame("main.serve.func1", "tests/a/main.go", 4), ours, frame("main.serve", "tests/a/main.go", 3),
				frame("main.hello", "tests/a/main.go", 7), ours,
			},
			"main.go:4", "\ncalled at main.go:7",
		},
		// A function without a name that the test calls itself.
		{stack{frame("main.hello.func1", "tests/a/main.go", 8), frame("main.hello", "tests/a/main.go", 9), ours}, "main.go:8", "\ncalled at main.go:9"},
		// Through another module.
		{
			stack{ours, frame("main.less", "tests/a/main.go", 5), frame("sort.Slice", "sort/slice.go", 9), frame("main.hello", "tests/a/main.go", 7)},
			"main.go:5", "\ncalled at main.go:7",
		},
		{stack{frame("runtime.gopanic", "runtime/panic.go", 1), frame("other.F", "other/f.go", 2), start}, "other/f.go:2", ""},
		{stack{ours, start}, ":0", ""},
	} {
		if found := located(&one.stack, "tests/a/"); found.String() != one.place || found.callers != one.callers {
			t.Errorf("%v %q is not %s %q", found.Place, found.callers, one.place, one.callers)
		}
	}
}

func TestOfManyCallersAFewAreTold(t *testing.T) {
	var deep stack
	for range 100 {
		deep = append(deep, frame("main.again", "tests/a/main.go", 5))
	}
	callers := strings.Split(located(&deep, "tests/a/").callers, "\n")[1:]
	if len(callers) != shownCallers+1 || callers[0] != "called at main.go:5" || callers[shownCallers] != "... and further out" {
		t.Error(callers)
	}
}

func TestAFailureTellsWhoCalledOnce(t *testing.T) {
	one := &failure{message: "one", place: location{Place{"a.go", 1}, "\ncalled at a.go:2"}}
	if told := one.host(); told.Message != "one\ncalled at a.go:2" || one.Error() != "one" {
		t.Error(told.Message, one)
	}
	both := joined([]*failure{one, {message: "two", place: location{Place: Place{"a.go", 3}}}})
	if told := both.host(); told.Message != "one\ncalled at a.go:2\ntwo" {
		t.Error(told.Message)
	}
	call := &Error{Cause: &retryError{}, Place: Place{"a.go", 1}, callers: "\ncalled at a.go:2"}
	if told := failureOf("it failed", call).host(); told.Message != "it failed\ncalled at a.go:2" {
		t.Error(told.Message)
	}
}
