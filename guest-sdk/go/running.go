package proctor

import (
	"sync"
	"unsafe"
)

// What runs, in the order in which it began: the test, its subtests, and conditions that are being evaluated.
var running struct {
	sync.Mutex
	all []*T
}

// label is what the runtime keeps for a goroutine and hands on to those that it starts. Its beginning is that of a set of
// profiler labels, of which there are none, for the runtime can look at it.
type label struct {
	none []struct{ key, value string }
	t    *T
}

//go:linkname setGoroutineLabel runtime/pprof.runtime_setProfLabel
func setGoroutineLabel(labels unsafe.Pointer)

//go:linkname goroutineLabel runtime/pprof.runtime_getProfLabel
func goroutineLabel() unsafe.Pointer

// begin has the goroutine, and those that it starts, belong to this test.
func (t *T) begin() { setGoroutineLabel(unsafe.Pointer(&label{t: t})) }

// enclosing is the test or the subtest to which the goroutine belongs; nil where that is none that runs.
func enclosing() *T {
	belongs := (*label)(goroutineLabel())
	if belongs == nil {
		return nil
	}
	return belongs.t.runs()
}

// current is the innermost that runs where this is called.
func current() *T {
	if t := enclosing(); t != nil {
		return t
	}
	running.Lock()
	defer running.Unlock()
	if len(running.all) == 0 {
		panic("proctor: a machine was asked for something while no test runs")
	}
	return running.all[len(running.all)-1]
}

// runs is the test, or the innermost around it that has not ended; nil where all have.
func (t *T) runs() *T {
	running.Lock()
	defer running.Unlock()
	for ; t != nil && t.ended; t = t.parent {
	}
	return t
}

// isIn is whether the test is another, or a part of it.
func (t *T) isIn(other *T) bool {
	for ; t != nil; t = t.parent {
		if t == other {
			return true
		}
	}
	return false
}

// enter and leave say that the test runs, and that it has ended.
func (t *T) enter() {
	t.parent = enclosing()
	running.Lock()
	defer running.Unlock()
	running.all = append(running.all, t)
}

func (t *T) leave() {
	running.Lock()
	defer running.Unlock()
	t.ended = true
	for index, other := range running.all {
		if other == t {
			running.all = append(running.all[:index:index], running.all[index+1:]...)
			return
		}
	}
}

// openTests are those that run, the last to begin first.
func openTests() []*T {
	running.Lock()
	defer running.Unlock()
	var all []*T
	for index := len(running.all) - 1; index >= 0; index-- {
		all = append(all, running.all[index])
	}
	return all
}

// runsTest is whether a test runs, and not only the author's main.
func runsTest() bool {
	all := openTests()
	return len(all) > 0 && all[len(all)-1].name != "main"
}
