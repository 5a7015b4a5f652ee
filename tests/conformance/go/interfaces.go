package main

import (
	_ "embed"
	"errors"
	"strings"

	"proctor"
)

// Installs a `systemctl` of the tests' own.
//
//go:embed systemctl.sh
var systemctl string

func interfaceTests() {
	proctor.Test("units", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustSucceed(systemctl)
		alpha.MustWaitForUnit("up")
		t.Log(alpha.MustGetUnitProperty("up", "SubState"))
		alpha.UnitsOf("alice").MustWaitForUnit("up")
		t.Log(alpha.MustStartJob("up").Status)
	})
	proctor.Test("unit failed", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustSucceed(systemctl)
		alpha.MustWaitForUnit("broken") // HERE
	})
	proctor.Test("unit failed caught", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustSucceed(systemctl)
		err := alpha.WaitForUnit("broken")
		var failed *proctor.UnitFailedError
		if !errors.As(err, &failed) {
			t.Fatal(err)
		}
		t.Log(failed.Code(), failed.Unit, failed.State, strings.Join(failed.Journal, ","))
	})
	proctor.Test("console", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustSucceed("echo marker-7 >&2")
		t.Log(alpha.MustWaitForConsoleText("marker-[0-9]"))
	})
	proctor.Test("wrong pattern", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustConnect()
		alpha.MustWaitForConsoleText("(") // HERE
	})
	proctor.Test("keyboard", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustConnect()
		alpha.MustSendChars("ab")
		alpha.MustSendKey("ctrl-c")
	})
	proctor.Test("keyboard without the letter", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustConnect()
		alpha.MustSendChars("ß") // HERE
	})
	proctor.Test("files", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustCopyFromHost("site/hello.txt", "hello.txt")
		t.Log(strings.TrimSpace(alpha.MustSucceed("cat hello.txt")))
		t.Log(alpha.MustCopyFromMachine("hello.txt", "copies"))
		alpha.MustWaitForFile("hello.txt")
	})
	proctor.Test("reading denied", func(t *proctor.T) {
		t.Machine("alpha").MustCopyFromHost("/etc/hostname", "hostname") // HERE
	})
	proctor.Test("network", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustConnect()
		alpha.MustBlock()
		alpha.MustUnblock()
		alpha.MustWaitForClosedPort(1)
	})
	proctor.Test("forwarding denied", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustStart()
		alpha.MustForwardPort(0, 80) // HERE
	})
	proctor.Test("denial caught", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustStart()
		_, err := alpha.ForwardPort(0, 80)
		var denied *proctor.DeniedError
		if !errors.As(err, &denied) {
			t.Fatal(err)
		}
		t.Log(denied.Code(), denied.Capability)
	})
	proctor.Test("monitor", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustStart()
		t.Log(strings.TrimSpace(alpha.MustSendMonitorCommand("info status")))
		t.Log(strings.Contains(alpha.MustSendQMPCommand("query-status", ""), "running"))
	})
	proctor.Test("monitor refuses", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustStart()
		alpha.MustSendQMPCommand("no-such-command", "") // HERE
	})
	proctor.Test("screen missing", func(t *proctor.T) {
		alpha := t.Machine("alpha")
		alpha.MustConnect()
		alpha.MustScreenshot("picture") // HERE
	})
}
