//go:build !wasm

package proctor

import (
	"fmt"
	"os"
	"sync"
)

func callMain() {}

func reportExits() {}

func reportFatalErrors() {}

// noticeNative helps whoever starts the tests as a program.
var noticeNative = sync.OnceFunc(func() {
	_, _ = fmt.Fprintln(os.Stderr, "These are tests of machines. Build and run them with: proctor run")
})
