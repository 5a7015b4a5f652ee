package proctor

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func onServer(action string, cause error) *Error {
	return &Error{Machine: "server", Action: action, Elapsed: 1500 * time.Millisecond, Cause: cause, Place: Place{"main.go", 7}}
}

func TestErrorsHaveTheWordsOfEveryLanguage(t *testing.T) {
	text := "text"
	result := func(command string, status int) CommandResult { return CommandResult{command, status, ""} }
	for _, test := range []struct {
		cause  error
		wanted string
	}{
		{&CommandFailedError{result("false", 1)}, "command `false` failed (exit code 1)"},
		{&CommandUnexpectedlySucceededError{result("true", 0)}, "command `true` unexpectedly succeeded"},
		{&TimedOutError{"the call limit", time.Second, "exit code 7"}, "timed out: the call limit of 1.00 s passed; last seen: exit code 7"},
		{&TimedOutError{"the call limit", time.Second, ""}, "timed out: the call limit of 1.00 s passed"},
		{&OutputTooLargeError{"yes", 7}, "command `yes` printed more than the 7 bytes that one command may"},
		{&ShellLostError{"x", "killed", true}, "command `x` lost its shell (killed); a new one answers"},
		{&ShellLostError{"x", "killed", false}, "command `x` lost its shell (killed); there is no new one"},
		{&MachineDownError{"not started", nil}, "the machine is not running (not started)"},
		{&UnitFailedError{Message: text}, "text"},
		{&DeniedError{"allow-read", text}, "denied: text; to allow it, run with --allow-read"},
		{&MonitorError{text}, "the machine's monitor answered: text"},
		{&UnsupportedError{text}, "not supported: text"},
		{&InvalidArgumentError{text}, "text"},
		{&PollingConditionFailedError{text, ""}, "Polling condition failed: text"},
		{&PollingConditionFailedError{text, "why"}, "Polling condition failed: text: why"},
		{&HostFailureError{text}, "the test host failed: text"},
	} {
		wanted := "machine `server`: act failed after 1.50 s: " + test.wanted
		if told := onServer("act", test.cause).Error(); told != wanted {
			t.Errorf("%s\nis not\n%s", told, wanted)
		}
	}
}

func TestLongCommandsAreCutAtCharacters(t *testing.T) {
	command := strings.Repeat("ä", shownCharacters+1)
	told := onServer("succeed", &CommandFailedError{CommandResult{command, 1, ""}}).Error()
	if !strings.Contains(told, "command `"+strings.Repeat("ä", shownCharacters)+"... (602 bytes)` failed") {
		t.Error(told)
	}
	if whole := strings.Repeat("ä", shownCharacters); shortened(whole) != whole {
		t.Error("it is cut though it is short")
	}
}

func TestPlusShowsOutputConsoleAndPlace(t *testing.T) {
	for cause, wanted := range map[error]string{
		&CommandFailedError{CommandResult{"x", 1, "why\n"}}:                                       "\noutput: why\nat main.go:7",
		&CommandFailedError{CommandResult{"x", 1, strings.Repeat("a", shownOutputBytes) + "end"}}: "\noutput (the last 4096 bytes): aaa",
		&MachineDownError{"not started", []string{"last words"}}:                                  "(not started)\n  last words\nat main.go:7",
		&UnitFailedError{Message: "it failed", Journal: []string{"a", "b"}}:                       "it failed\n  a\n  b\nat main.go:7",
	} {
		if told := fmt.Sprintf("%+v", onServer("succeed", cause)); !strings.Contains(told, wanted) {
			t.Errorf("%s\nlacks\n%s", told, wanted)
		}
	}
}

func TestErrorsCanBeTakenApart(t *testing.T) {
	err := fmt.Errorf("fetching: %w", onServer("succeed", &CommandFailedError{CommandResult{"x", 3, "out"}}))
	var call *Error
	var failed *CommandFailedError
	if !errors.As(err, &call) || call.Code() != "command-failed" || call.Machine != "server" {
		t.Errorf("%#v", call)
	}
	if !errors.As(err, &failed) || failed.Status != 3 || failed.Output != "out" || failed.Success() {
		t.Errorf("%#v", failed)
	}
	if code := (&Error{Cause: errors.New("text")}).Code(); code != "" {
		t.Errorf("a text has the code %s", code)
	}
}
