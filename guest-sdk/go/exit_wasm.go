package proctor

import (
	_ "unsafe" // For linkname.

	log "proctor/internal/bindings/imports/proctor_driver_log"
)

// The author's main.
//
//go:linkname callMain main.main
func callMain()

// As internal/runtime/exithook has it.
type exitHook struct {
	call         func()
	runOnFailure bool
}

//go:linkname addExitHook internal/runtime/exithook.Add
func addExitHook(hook exitHook)

// reportExits has the host told where os.Exit was called, which ends the component at once.
func reportExits() {
	addExitHook(exitHook{runOnFailure: true, call: func() {
		failed := &failure{message: "os.Exit ended the test", place: here()}
		failOpenSubtests(failed)
		log.Panicked(failed.host())
	}})
}

func noticeNative() {}
