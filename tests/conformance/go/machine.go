package main

import "proctor"

func machineTests() {
	proctor.Test("life", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustStart()
		alpha.MustConnect()
		t.Log(alpha.IsUp())
		alpha.MustCrash()
		t.Log(alpha.IsUp())
		alpha.MustSucceed("true")
		alpha.MustShutdown()
		alpha.MustWaitForShutdown()
		t.Log(alpha.IsUp())
	})
	proctor.Test("reboot refused", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustStart()
		alpha.MustReboot() // HERE
	})
	proctor.Test("keyboard of a machine that is off", func(t *proctor.T) {
		t.Machine("alpha").MustSendKey("a") // HERE
	})
	proctor.Test("machine dies", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustConnect()
		alpha.MustSucceed("poweroff; sleep 60") // HERE
	})
}
