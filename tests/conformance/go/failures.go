package main

import (
	"time"

	"proctor"
)

func failureTests() {
	proctor.Test("own failure", func(t *proctor.T) {
		t.Fatal("three is not four") // HERE
	})
	proctor.Test("own failure in a subtest", func(t *proctor.T) {
		t.Run("sums", func(t *proctor.T) {
			t.Fatal("three is not four") // HERE
		})
	})
	proctor.Test("fault", func(t *proctor.T) {
		machines := t.Machines()
		t.Log(machines[7].Name()) // HERE
	})
	proctor.Test("fault in a subtest", func(t *proctor.T) {
		machines := t.Machines()
		t.Run("reading", func(t *proctor.T) {
			t.Log(machines[7].Name()) // HERE
		})
	})
	proctor.Test("assertion", func(t *proctor.T) {
		if sum := 1 + 1; sum != 3 {
			t.Errorf("1 + 1 is %d and not 3", sum) // HERE
		}
	})
	proctor.Test("endless", func(t *proctor.T) {
		t.Machine("alpha").MustConnect()
		for {
		}
	}, proctor.Timeout(500*time.Millisecond))
	proctor.Test("endless waiting", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustConnect()
		alpha.MustSleep(time.Minute)
	}, proctor.Timeout(500*time.Millisecond))
	proctor.Test("retry", func(t *proctor.T) {
		tries := 0
		value := proctor.MustRetry(10*time.Second, func() (string, bool) {
			tries++
			return "third", tries == 3
		})
		t.Log(value)
	})
	proctor.Test("retry in vain", func(t *proctor.T) {
		proctor.MustRetry(100*time.Millisecond, func() (int, bool) { return 0, false }) // HERE
	})
	proctor.Test("retry of an error", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		proctor.MustRetry(10*time.Second, func() (int, bool) {
			alpha.MustSucceed("exit 4") // HERE
			return 0, true
		})
	})
}
