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

func (p Place) host() wit.Option[types.Place] {
	if p.File == "" {
		return wit.None[types.Place]()
	}
	return wit.Some(types.Place{File: valid(p.File), Line: uint32(p.Line)})
}

// Every place of a function that is further out is of no use: a test's own calls are not nested that deeply, and after an
// endless recursion the innermost are wanted.
const lookedAtFrames = 256

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
func here() Place {
	var counters [lookedAtFrames]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])])
	var other Place
	for {
		frame, more := frames.Next()
		place := Place{frame.File, frame.Line}
		if file, own := strings.CutPrefix(frame.File, module()); own && module() != "" {
			place.File = file
			if !isOurs(frame.Function) && !isHelper(frame.Function) {
				return place
			}
		}
		foreign := !isOurs(frame.Function) && !strings.HasPrefix(frame.Function, "runtime.") && frame.File != ""
		if foreign && other.File == "" {
			other = place
		}
		if !more {
			return other
		}
	}
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
