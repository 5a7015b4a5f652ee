package main

import (
	"time"

	"proctor"
)

// So rarely that a condition is looked at when its scope begins and when it ends.
var rarely = proctor.Every(time.Hour)

func pollingTests() {
	proctor.Test("condition holds", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		answers := proctor.NewPollingCondition("alpha answers", func() { alpha.MustSucceed("echo looked") }, rarely)
		answers.MustHold(func() { alpha.MustSucceed("echo inside") })
		t.Log("done")
	})
	proctor.Test("condition is true", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		told("one is one", "looked").MustHold(func() { alpha.MustSucceed("true") })
	})
	proctor.Test("condition is false", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		burns := proctor.NewPollingCondition("nothing burns", func() bool { return false }, rarely)
		burns.MustHold(func() {
			alpha.MustSucceed("true") // HERE
		})
	})
	proctor.Test("condition raises", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		well := proctor.NewPollingCondition("alpha is well", func() { alpha.MustSucceed("exit 5") }, rarely)
		well.MustHold(func() {
			alpha.MustSucceed("true") // HERE
		})
	})
	proctor.Test("condition breaks at the end", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		fine := true
		condition := proctor.NewPollingCondition("all is fine", func() bool { return fine }, rarely)
		condition.MustHold(func() { // HERE
			alpha.MustSucceed("true")
			fine = false
			alpha.MustSucceed("true")
		})
	})
	proctor.Test("condition breaks in a wait", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		looks := 0
		goesOn := proctor.NewPollingCondition("it goes on", func() bool {
			looks++
			return looks < 4
		}, proctor.Every(50*time.Millisecond))
		goesOn.MustHold(func() {
			alpha.MustWaitUntilSucceeds("false") // HERE
		})
	})
	proctor.Test("conditions nested", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		outer, inner := told("outer", "outer"), told("inner", "inner")
		outer.MustHold(func() {
			inner.MustHold(func() { alpha.MustSucceed("true") })
		})
	})
	proctor.Test("condition calls under another", func(t *proctor.T) {
		alpha, beta := t.Machine("alpha"), t.Machine("beta")
		outer := proctor.NewPollingCondition("outer", func() { alpha.MustSucceed("echo outer") }, rarely)
		inner := proctor.NewPollingCondition("inner", func() { alpha.MustSucceed("echo inner") }, rarely)
		outer.MustHold(func() {
			inner.MustHold(func() { beta.MustSucceed("true") })
		})
	})
	proctor.Test("condition entered", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		scope := told("one is one", "looked").MustEnter()
		alpha.MustSucceed("true")
		scope.MustExit()
		t.Log("left")
	})
	proctor.Test("condition entered and broken", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		fine := true
		scope := proctor.NewPollingCondition("all is fine", func() bool { return fine }, rarely).MustEnter()
		alpha.MustSucceed("true")
		fine = false
		alpha.MustSucceed("true")
		scope.MustExit() // HERE
	})
	proctor.Test("condition never left", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		told("one is one", "looked").MustEnter()
		alpha.MustSucceed("true")
	})
	proctor.Test("condition never left and broken", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		fine := true
		proctor.NewPollingCondition("all is fine", func() bool { return fine }, rarely).MustEnter() // HERE
		alpha.MustSucceed("true")
		fine = false
		alpha.MustSucceed("true")
	})
	proctor.Test("condition evaluated", func(t *proctor.T) {
		told("one is one", "looked").MustEvaluate()
		t.Log("held")
	})
	proctor.Test("condition evaluated and false", func(t *proctor.T) {
		burns := proctor.NewPollingCondition("nothing burns", func() bool { return false }, rarely)
		burns.MustEvaluate() // HERE
	})
	proctor.Test("condition awaited", func(t *proctor.T) {
		looks := 0
		third := proctor.NewPollingCondition("third time", func() bool {
			looks++
			return looks == 3
		}, rarely)
		third.MustWait(10 * time.Second)
		t.Log(looks)
	})
	proctor.Test("condition awaited in vain", func(t *proctor.T) {
		never := proctor.NewPollingCondition("never", func() bool { return false }, rarely)
		never.MustWait(short) // HERE
	})
	proctor.Test("error of the body", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		one := proctor.NewPollingCondition("one is one", func() bool { return true }, rarely)
		one.MustHold(func() {
			alpha.MustSucceed("exit 6") // HERE
		})
	})
}

// told is a condition that holds and says that it was looked at.
func told(description, text string) *proctor.PollingCondition {
	return proctor.NewPollingCondition(description, func() bool {
		proctor.Log(proctor.LevelInfo, text)
		return true
	}, rarely)
}
