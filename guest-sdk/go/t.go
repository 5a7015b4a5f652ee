package proctor

import (
	"fmt"
	"runtime"
	"strings"

	log "proctor/internal/bindings/imports/proctor_driver_log"
)

// T is a test, or a subtest, that runs. Its methods are those of testing.T where there are such, and those of Driver,
// which end the test where those of Driver return an error.
type T struct {
	name     string
	span     *log.Span
	failures []*failure
	ending   bool
	cleanups []func()
}

// What runs, outermost first: the test, its subtests, and conditions that are being evaluated.
var running []*T

// current is the innermost that runs.
func current() *T {
	if len(running) == 0 {
		panic("proctor: a machine was asked for something while no test runs")
	}
	return running[len(running)-1]
}

// Name is the test's name; a subtest's is that of the test, a slash and its own.
func (t *T) Name() string { return t.name }

// Failed is whether the test has failed so far.
func (t *T) Failed() bool { return len(t.failures) > 0 }

// Log writes a line of the level info, with spaces between the values, as fmt.Sprintln has them.
func (t *T) Log(values ...any) { Log(LevelInfo, values...) }

// Logf writes a line of the level info, formatted as fmt.Sprintf does.
func (t *T) Logf(format string, values ...any) { Logf(LevelInfo, format, values...) }

// Error says what is wrong and lets the test go on; it fails in the end. Of an error of a call among the values, the place
// and the cause are told, too.
func (t *T) Error(values ...any) { t.add(failureOf(line(values), values...)) }

// Errorf is Error with a format.
func (t *T) Errorf(format string, values ...any) {
	t.add(failureOf(fmt.Errorf(format, values...).Error(), values...))
}

// Fatal says what is wrong and ends the test, or the subtest. Of an error of a call among the values, the place and the
// cause are told, too. To be called from the goroutine of the test.
func (t *T) Fatal(values ...any) {
	t.Error(values...)
	t.FailNow()
}

// Fatalf is Fatal with a format.
func (t *T) Fatalf(format string, values ...any) {
	t.Errorf(format, values...)
	t.FailNow()
}

// Fail lets the test go on and fail in the end.
func (t *T) Fail() { t.add(&failure{message: "the test failed", place: here()}) }

// FailNow ends the test, or the subtest, which has failed. To be called from the goroutine of the test.
func (t *T) FailNow() {
	if !current().Failed() {
		t.Fail()
	}
	current().ending = true
	runtime.Goexit()
}

// Cleanup has a function called when the test, or the subtest, has ended, however it ended. Those that were added last
// come first.
func (t *T) Cleanup(function func()) { t.cleanups = append(t.cleanups, function) }

// add has the innermost that runs fail, whose T ever was used: a subtest may use the test's, and so may a condition.
func (t *T) add(failed *failure) {
	innermost := current()
	innermost.failures = append(innermost.failures, failed)
}

// must ends what runs with an error, where there is one.
func must(err error) {
	if err != nil {
		current().Fatal(err)
	}
}

// must1 is must for what returns a value.
func must1[V any](value V, err error) V {
	must(err)
	return value
}

// Must is for functions that return a value and an error, of this package and of others:
//
//	load := proctor.Must(strconv.ParseFloat(text, 64))
//
// It returns the value, and ends the test where there is an error.
func Must[V any](value V, err error) V { return must1(value, err) }

// execute runs what a test consists of, and its clean-up.
func (t *T) execute(body func(*T)) {
	running = append(running, t)
	defer func() { running = running[:len(running)-1] }()
	t.guard(func() { body(t) })
	for len(t.cleanups) > 0 {
		last := len(t.cleanups) - 1
		function := t.cleanups[last]
		t.cleanups = t.cleanups[:last]
		t.guard(function)
	}
}

// guard runs a function in a goroutine of its own, which the function may end, and makes a failure of a panic.
func (t *T) guard(function func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		returned := false
		defer func() {
			if returned {
				return
			}
			if value := recover(); value != nil {
				t.failures = append(t.failures, thrown(value))
			} else if !t.ending {
				t.failures = append(t.failures, &failure{message: "runtime.Goexit ended the test"})
			}
		}()
		function()
		returned = true
	}()
	<-ended
}

// line is what fmt.Sprintln makes of values, without its line end.
func line(values []any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }
