package proctor

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	types "proctor/internal/bindings/imports/proctor_driver_types"
	wit "proctor/internal/wit/types"
)

// Place is a place in the source text of a test.
type Place struct {
	// File is relative to the module's directory; empty where the place is not known.
	File string
	// Line counts from 1.
	Line int
}

func (p Place) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// location is a place and the way there.
type location struct {
	Place
	// A line for each call of the author's that led to the place, innermost first; empty where nothing of the author's
	// called the function.
	callers string
}

func (p Place) host() wit.Option[types.Place] {
	if p.File == "" {
		return wit.None[types.Place]()
	}
	return wit.Some(types.Place{File: valid(p.File), Line: uint32(p.Line)})
}

// Every place of a function that is further out is of no use: a test's own calls are not nested that deeply, and after an
// endless recursion the innermost are wanted.
const lookedAtFrames = 256

// As many calls that led to a place are told: after a recursion there are many.
const shownCallers = 10

// The prefix of this package's functions.
const ownFunctions = "proctor."

var (
	helpersLock sync.Mutex
	// The functions that called T.Helper.
	helpers = map[string]bool{}
)

// module is the path of the author's module, with which the names of its files begin.
var module = sync.OnceValue(func() string {
	information, ok := debug.ReadBuildInfo()
	if !ok || information.Main.Path == "" {
		return ""
	}
	return information.Main.Path + "/"
})

// here is the innermost place that is the author's: in a file of the author's module that is no helper, or else the first
// outside this package and Go's own.
func here() location {
	var counters [lookedAtFrames]uintptr
	return located(runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])]), module())
}

// located is here, for calls that are told innermost first.
func located(frames interface{ Next() (runtime.Frame, bool) }, module string) location {
	var found, other location
	var last string
	// Whether what came last was called by this package.
	called, count := false, 0
	for {
		frame, more := frames.Next()
		file, own := strings.CutPrefix(frame.File, module)
		switch {
		case isOurs(frame.Function):
			called = true
		case own && module != "" && !isHelper(frame.Function):
			if found.File == "" {
				found.Place = Place{file, frame.Line}
			} else if !called || !encloses(frame.Function, last) {
				// A body that stands where it is handed to this package is not on its own for the reader.
				found.callers += calledAt(Place{file, frame.Line}, count)
				count++
			}
			last, called = frame.Function, false
		case other.File == "" && frame.File != "" && !strings.HasPrefix(frame.Function, "runtime."):
			other.Place = Place{frame.File, frame.Line}
		}
		if !more {
			break
		}
	}
	if found.File == "" {
		return other
	}
	return found
}

// calledAt is the line about a call that led to a place, of which some have been told.
func calledAt(place Place, told int) string {
	switch {
	case told < shownCallers:
		return "\ncalled at " + place.String()
	case told == shownCallers:
		return "\n... and further out"
	default:
		return ""
	}
}

// encloses is whether a function is one without a name within another.
func encloses(outer, inner string) bool {
	rest, found := strings.CutPrefix(inner, outer)
	return found && strings.HasPrefix(rest, ".")
}

func isOurs(function string) bool {
	return strings.HasPrefix(function, ownFunctions) || strings.HasPrefix(function, "proctor/internal/")
}

func isHelper(function string) bool {
	helpersLock.Lock()
	defer helpersLock.Unlock()
	return helpers[function]
}

// Helper marks the calling function as a helper: places are told of its caller instead.
func (t *T) Helper() {
	var counters [1]uintptr
	if runtime.Callers(2, counters[:]) == 0 {
		return
	}
	frame, _ := runtime.CallersFrames(counters[:]).Next()
	helpersLock.Lock()
	defer helpersLock.Unlock()
	helpers[frame.Function] = true
}
