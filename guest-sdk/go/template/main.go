package main

import (
	"strings"
	"time"

	"proctor"
)

func main() {
	proctor.Test("hello", hello, proctor.Timeout(2*time.Minute))
}

// The machine runs commands. It may have any name.
func hello(t *proctor.T) {
	machine := t.OnlyMachine()

	t.Run("it says hello", func(t *proctor.T) {
		output := machine.MustSucceed("echo hello")
		if strings.TrimSpace(output) != "hello" {
			t.Fatalf("it said %q", output)
		}
	})
	t.Log("a test of", machine.Name())
}
