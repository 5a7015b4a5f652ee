package proctor

import (
	"fmt"
	"runtime"
	"strings"
	"sync"

	log "proctor/internal/bindings/imports/proctor_driver_log"
)

// T is a test, or a subtest, that runs. Its methods are those of testing.T where there are such, and those of Driver,
// which end the test where those of Driver return an error.
type T struct {
	name string
	span *log.Span
	// Around it; nil of a test.
	parent *T
	ended  bool
	// Of what follows, which goroutines of the test may use at the same time.
	lock     sync.Mutex
	failures []*failure
	cleanups []func()
}

// Name is the test's name; a subtest's is that of the test, a slash and its own.
func (t *T) Name() string { return t.name }

// Failed is whether the test has failed so far.
func (t *T) Failed() bool { return t.failed() != nil }

// Log writes a line of the level info, with spaces between the values, as fmt.Sprintln has them.
func (t *T) Log(values ...any) { Log(LevelInfo, values...) }

// Logf writes a line of the level info, formatted as fmt.Sprintf does.
func (t *T) Logf(format string, values ...any) { Logf(LevelInfo, format, values...) }

// Error says what is wrong and lets the test go on; it fails in the end. Of an error of a call among the values, the place
// and the cause are told, too.
func (t *T) Error(values ...any) { t.add(failureOf(said(line(values)), values...)) }

// Errorf is Error with a format.
func (t *T) Errorf(format string, values ...any) {
	t.add(failureOf(said(fmt.Errorf(format, values...).Error()), values...))
}

// Fatal says what is wrong and ends the test, or the subtest. Of an error of a call among the values, the place and the
// cause are told, too. In a goroutine that the test started, it ends that goroutine alone; the test fails in the end.
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

// FailNow ends the test, or the subtest, which has failed. In a goroutine that the test started, it ends that goroutine
// alone.
func (t *T) FailNow() {
	if !t.target().Failed() {
		t.Fail()
	}
	runtime.Goexit()
}

// Cleanup has a function called when the test, or the subtest, has ended, however it ended. Those that were added last
// come first.
func (t *T) Cleanup(function func()) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.cleanups = append(t.cleanups, function)
}

// lastCleanup takes away what was added last; nil where there is nothing.
func (t *T) lastCleanup() func() {
	t.lock.Lock()
	defer t.lock.Unlock()
	last := len(t.cleanups) - 1
	if last < 0 {
		return nil
	}
	function := t.cleanups[last]
	t.cleanups = t.cleanups[:last]
	return function
}

// target is what fails: the test, or what runs innermost within it where this is called. A subtest may use the test's T,
// and so may a condition. Where the test has ended, it is the innermost around it that has not.
func (t *T) target() *T {
	if innermost := enclosing(); innermost != nil && innermost.isIn(t) {
		return innermost
	}
	if t := t.runs(); t != nil {
		return t
	}
	return current()
}

// add has what this is called in fail.
func (t *T) add(failed *failure) { t.target().keep(failed) }

func (t *T) keep(failed *failure) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.failures = append(t.failures, failed)
}

// failed is one failure of all that were told; nil of none.
func (t *T) failed() *failure {
	t.lock.Lock()
	defer t.lock.Unlock()
	return joined(t.failures)
}

// lastFailure is the one that was told last; nil where there is none.
func (t *T) lastFailure() *failure {
	t.lock.Lock()
	defer t.lock.Unlock()
	if len(t.failures) == 0 {
		return nil
	}
	return t.failures[len(t.failures)-1]
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
	t.enter()
	defer t.leave()
	t.guard(func() { body(t) })
	for function := t.lastCleanup(); function != nil; function = t.lastCleanup() {
		t.guard(function)
	}
}

// guard runs a function in a goroutine of its own, which the function may end, and makes a failure of a panic.
func (t *T) guard(function func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		t.begin()
		returned := false
		defer func() {
			if returned {
				return
			}
			if value := recover(); value != nil {
				t.keep(thrown(value))
			} else if !t.Failed() {
				t.keep(&failure{message: "runtime.Goexit ended the test"})
			}
		}()
		function()
		returned = true
	}()
	<-ended
}

// said is a failure's message, which has to say something.
func said(message string) string {
	if message == "" {
		return "failed"
	}
	return message
}

// line is what fmt.Sprintln makes of values, without its line end.
func line(values []any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }
