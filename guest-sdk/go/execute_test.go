package proctor

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func executed(body func(*T)) *failure {
	t := &T{name: "test"}
	t.execute(body)
	return joined(t.failures)
}

func TestEveryEndOfATestIsAFailureWithAText(t *testing.T) {
	call := onServer("succeed", &CommandFailedError{CommandResult{"x", 3, "out"}})
	for wanted, body := range map[string]func(*T){
		"no 3":                                  func(t *T) { t.Fatal("no", 3) },
		"no: 3":                                 func(t *T) { t.Fatalf("no: %d", 3) },
		"one\ntwo":                              func(t *T) { t.Error("one"); t.Error("two") },
		"the test failed":                       func(t *T) { t.FailNow() },
		"ouch":                                  func(*T) { panic("ouch") },
		"42":                                    func(*T) { panic(42) },
		"runtime error: integer divide by zero": func(t *T) { zero := len(t.failures); panicIf(1/zero == 0) },
		"runtime.Goexit ended the test":         func(*T) { runtime.Goexit() },
		"failed":                                func(t *T) { t.Fatal() },
		"a panic without a text":                func(*T) { panic("") },
		"late":                                  func(t *T) { t.Cleanup(func() { t.Fatal("late") }) },
		call.Error():                            func(*T) { must(call) },
	} {
		failed := executed(body)
		if failed == nil || failed.message != wanted {
			t.Errorf("%+v is not %q", failed, wanted)
		}
	}
	if failed := executed(func(*T) {}); failed != nil {
		t.Error(failed)
	}
}

func TestAPanicWithANilErrorIsAFailure(t *testing.T) {
	var none *Error
	if failed := executed(func(*T) { panic(none) }); failed == nil || failed.message != none.Error() || !failed.fatal {
		t.Errorf("%+v", failed)
	}
	if failed := executed(func(*T) { panic(deceptive{}) }); failed == nil || !strings.Contains(failed.message, "whose methods panic") {
		t.Errorf("%+v", failed)
	}
}

type deceptive struct{}

func (deceptive) Error() string { return "deceptive" }
func (deceptive) Unwrap() error { panic("in Unwrap") }

func panicIf(condition bool) {
	if condition {
		panic("it is")
	}
}

func TestAFailureIsAtTheCallWhoseErrorItTells(t *testing.T) {
	call := onServer("succeed", &CommandFailedError{CommandResult{"x", 3, "out"}})
	failed := executed(func(t *T) { t.Fatalf("fetching: %v", call) })
	if failed.place.Place != call.Place || !hostError(failed.cause).IsSome() || !strings.HasPrefix(failed.message, "fetching: machine") {
		t.Errorf("%+v", failed)
	}
	failed = executed(func(*T) { panic(errors.Join(call)) })
	if failed.place.Place != call.Place || !failed.fatal {
		t.Errorf("%+v", failed)
	}
}

func TestWhatRunsInnermostFails(t *testing.T) {
	var inner *failure
	outer := executed(func(t *T) {
		inner = executed(func(*T) { t.Fatal("of the outer") })
	})
	if outer != nil || inner == nil || inner.message != "of the outer" {
		t.Error(outer, inner)
	}
}

func TestCleanupComesLastAddedFirst(t *testing.T) {
	var order []string
	executed(func(t *T) {
		t.Cleanup(func() { order = append(order, "first") })
		t.Cleanup(func() { order = append(order, "second") })
		t.Fatal()
	})
	if strings.Join(order, " ") != "second first" {
		t.Error(order)
	}
}

// inGoroutines calls functions at the same time and waits for them.
func inGoroutines(functions ...func()) {
	var all sync.WaitGroup
	for _, function := range functions {
		all.Add(1)
		go func() {
			defer all.Done()
			function()
		}()
	}
	all.Wait()
}

func TestAGoroutineBelongsToWhatStartedIt(t *testing.T) {
	call := onServer("succeed", &CommandFailedError{CommandResult{"x", 3, "out"}})
	first, second := &T{name: "first"}, &T{name: "second"}
	began, ended := make(chan struct{}), make(chan struct{})
	outer := executed(func(*T) {
		inGoroutines(
			func() {
				first.execute(func(*T) { <-began })
				close(ended)
			},
			func() {
				second.execute(func(*T) {
					close(began)
					<-ended
					inGoroutines(func() { must(call) })
				})
			},
		)
	})
	failed := second.failed()
	if outer != nil || first.Failed() || failed == nil || failed.place.Place != call.Place || failed.cause != error(call) {
		t.Error(outer, first.failed(), failed)
	}
	if len(running.all) > 0 {
		t.Error("something runs still", running.all)
	}
}

func TestWhatEndedLeavesFailuresToWhatIsAroundIt(t *testing.T) {
	inner := &T{name: "inner"}
	outer := executed(func(*T) {
		inner.execute(func(*T) {})
		inner.Error("late")
	})
	if inner.Failed() || outer == nil || outer.message != "late" {
		t.Error(inner.failed(), outer)
	}
}

func TestManyGoroutinesFailOneTest(t *testing.T) {
	failed := executed(func(t *T) {
		fail := func() { t.Error("x") }
		inGoroutines(fail, fail, fail, fail)
	})
	if failed == nil || failed.message != "x\nx\nx\nx" {
		t.Error(failed)
	}
}
