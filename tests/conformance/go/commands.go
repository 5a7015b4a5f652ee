package main

import (
	"errors"
	"strings"
	"time"

	"proctor"
)

func commandTests() {
	proctor.Test("output", func(t *proctor.T) {
		t.Log(strings.TrimSpace(t.Machine("alpha").MustSucceed("echo hello")))
	})
	proctor.Test("output of two machines", func(t *proctor.T) {
		t.Log(strings.TrimSpace(t.Machine("alpha").MustSucceed("echo alpha")))
		t.Log(strings.TrimSpace(t.Machine("beta").MustSucceed("echo beta")))
	})
	proctor.Test("status and output", func(t *proctor.T) {
		result := t.Machine("alpha").MustExecute("echo out; exit 7")
		t.Log(result.Status, strings.TrimSpace(result.Output))
	})
	proctor.Test("failing as wanted", func(t *proctor.T) {
		t.Log(strings.TrimSpace(t.Machine("alpha").MustFail("echo no; exit 3")))
	})
	proctor.Test("command failed", func(t *proctor.T) {
		t.Machine("alpha").MustSucceed("echo out; exit 3") // HERE
	})
	proctor.Test("command succeeded", func(t *proctor.T) {
		t.Machine("alpha").MustFail("echo yes") // HERE
	})
	proctor.Test("error caught", errorCaught)
	proctor.Test("until it succeeds", func(t *proctor.T) {
		out := t.Machine("alpha").MustWaitUntilSucceeds(
			`n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n; echo "try $n"; [ $n -ge 2 ]`)
		t.Log(strings.TrimSpace(out))
	})
	proctor.Test("until it fails", func(t *proctor.T) {
		out := t.Machine("alpha").MustWaitUntilFails("[ ! -e failing ] && touch failing")
		t.Log("failed", len(out))
	})
	proctor.Test("timed out", func(t *proctor.T) {
		t.Machine("alpha").Within(short).MustWaitUntilSucceeds("echo seen; exit 9") // HERE
	})
	proctor.Test("timed out caught", timedOutCaught)
	proctor.Test("execute in time", func(t *proctor.T) {
		t.Log(t.Machine("alpha").Within(short).MustExecute("sleep 60").Status)
	})
	proctor.Test("succeed in time", func(t *proctor.T) {
		t.Machine("alpha").Within(short).MustSucceed("sleep 60") // HERE
	})
	proctor.Test("bytes", func(t *proctor.T) {
		t.Logf("%x", t.Machine("alpha").MustSucceed(`printf '\000\377\200ok'`))
	})
	proctor.Test("text of bytes", func(t *proctor.T) {
		t.Log(t.Machine("alpha").MustSucceed(`printf 'a\377b'`))
	})
	proctor.Test("unicode", func(t *proctor.T) {
		t.Run("grüße 🎉", func(t *proctor.T) {
			t.Log(strings.TrimSpace(t.Machine("alpha").MustSucceed("echo 'grüß 日本 🎉'")))
		})
	})
	proctor.Test("nul", func(t *proctor.T) {
		t.Machine("alpha").MustSucceed("echo a\x00b") // HERE
	})
	proctor.Test("long command", func(t *proctor.T) {
		out := t.Machine("alpha").MustSucceed("printf %s " + strings.Repeat("x", 1_000_000) + " | wc -c")
		t.Log(strings.TrimSpace(out))
	})
	proctor.Test("large output", func(t *proctor.T) {
		t.Log(len(t.Machine("alpha").MustSucceed("head -c 8388608 /dev/zero")))
	})
	proctor.Test("too large output", func(t *proctor.T) {
		t.Machine("alpha").MustSucceed("head -c 20000000 /dev/zero") // HERE
	})
	proctor.Test("shell killed", func(t *proctor.T) {
		t.Machine("alpha").MustSucceed("kill -9 $PPID $$; sleep 1") // HERE
	})
	proctor.Test("sleep", func(t *proctor.T) {
		t.Machine("alpha").MustSleep(50 * time.Millisecond)
		t.Log("slept")
	})
}

func errorCaught(t *proctor.T) {
	_, err := t.Machine("alpha").Succeed("echo out; exit 3")
	var call *proctor.Error
	var failed *proctor.CommandFailedError
	if !errors.As(err, &call) || !errors.As(err, &failed) {
		t.Fatal(err)
	}
	t.Log(call.Code(), failed.Command, failed.Status, strings.TrimSpace(failed.Output), call.Machine, call.Action)
}

func timedOutCaught(t *proctor.T) {
	_, err := t.Machine("alpha").Within(short).WaitUntilSucceeds("exit 9")
	var timedOut *proctor.TimedOutError
	if !errors.As(err, &timedOut) {
		t.Fatal(err)
	}
	t.Log(timedOut.Code(), timedOut.Limit, timedOut.Budget.Milliseconds())
}
