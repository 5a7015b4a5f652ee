package main

import (
	"fmt"

	"proctor"
)

func logTests() {
	proctor.Test("levels", func(t *proctor.T) {
		proctor.Log(proctor.LevelDebug, "one")
		t.Log("two")
		proctor.Log(proctor.LevelWarning, "three")
		proctor.Log(proctor.LevelError, "four")
	})
	proctor.Test("odd lines", func(t *proctor.T) {
		t.Log("tab\there bell\a escape\x1b[31m red")
		t.Log("first\nsecond")
		t.Log("")
	})
	proctor.Test("printed", func(*proctor.T) {
		fmt.Println("printed")
	})
	proctor.Test("subtests", func(t *proctor.T) {
		value := 0
		t.Run("outer", func(t *proctor.T) {
			t.Log("a")
			t.Run("inner", func(t *proctor.T) {
				t.Machine("alpha").MustSucceed("true")
			})
			t.Log("b")
			value = 7
		})
		t.Log(value)
	})
	proctor.Test("subtest fails", func(t *proctor.T) {
		t.Run("outer", func(t *proctor.T) {
			t.Run("inner", func(t *proctor.T) {
				t.Machine("alpha").MustSucceed("exit 1") // HERE
			})
		})
	})
	proctor.Test("subtest fails and is caught", func(t *proctor.T) {
		_ = t.Subtest("broken", func(t *proctor.T) error {
			_, err := t.Machine("alpha").Succeed("exit 1")
			return err
		})
		t.Log("went on")
	})
	proctor.Test("group", func(t *proctor.T) {
		value := 0
		t.Group("set-up", func() {
			t.Log("in")
			value = 8
		})
		t.Log(value)
	})
}
