package proctor

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Longer commands and actions are cut in messages; the fields have them whole. A line of a log should be readable.
const shownCharacters = 300

// As many bytes of a command's output are shown by %+v, the last ones: as much as one looks at in a terminal.
const shownOutputBytes = 4096

// Error is why a call did not do what it was asked to do. All methods of this package that return an error return one.
//
//	var failed *proctor.CommandFailedError
//	if errors.As(err, &failed) {
//		t.Logf("status %d", failed.Status)
//	}
//
// %v is one sentence; %+v adds the command's output, the machine's last lines and the place.
type Error struct {
	// Machine is the name of the machine concerned; empty where there is none.
	Machine string
	// Action is what was in progress, for example `succeed("true")`; empty where no call of the host failed.
	Action string
	// Elapsed is how long the call had taken when it failed.
	Elapsed time.Duration
	// Cause is what went wrong: one of this package's other error types, such as *TimedOutError; a text where no call of
	// the host failed.
	Cause error
	// Place is where in the test the method was called.
	Place Place
	// The lines about the calls that led there.
	callers string
}

// Error is one sentence: on which machine, what was in progress, for how long, and what went wrong.
func (e *Error) Error() string {
	if e == nil {
		return "a nil *proctor.Error"
	}
	if e.Cause == nil {
		return "a *proctor.Error without a cause"
	}
	if e.Action == "" {
		return e.Cause.Error()
	}
	text := fmt.Sprintf("%s failed after %s: %v", shortened(e.Action), seconds(e.Elapsed), e.Cause)
	if e.Machine != "" {
		text = fmt.Sprintf("machine `%s`: %s", e.Machine, text)
	}
	return text
}

// Unwrap is the cause, for errors.As.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Cause
}

// Code is the cause's name in the interface, for example `timed-out`; empty where no call of the host failed.
func (e *Error) Code() string {
	if e == nil {
		return ""
	}
	if cause, ok := e.Cause.(interface{ Code() string }); ok {
		return cause.Code()
	}
	return ""
}

// Format shows more for %+v.
func (e *Error) Format(state fmt.State, verb rune) {
	text := e.Error()
	if verb == 'v' && state.Flag('+') && e != nil {
		text += details(e.Cause)
		if e.Place.File != "" {
			text += "\nat " + e.Place.String() + e.callers
		}
	}
	if verb == 'q' {
		text = fmt.Sprintf("%q", text)
	}
	_, _ = io.WriteString(state, text)
}

// details are what a cause knows beyond its sentence.
func details(cause error) string {
	var lines []string
	var failed *CommandFailedError
	var succeeded *CommandUnexpectedlySucceededError
	var down *MachineDownError
	var unit *UnitFailedError
	switch {
	case errors.As(cause, &failed):
		return shownOutput(failed.Output)
	case errors.As(cause, &succeeded):
		return shownOutput(succeeded.Output)
	case errors.As(cause, &down):
		lines = down.Console
	case errors.As(cause, &unit):
		lines = unit.Journal
	}
	var text strings.Builder
	for _, line := range lines {
		text.WriteString("\n  " + line)
	}
	return text.String()
}

func shownOutput(output string) string {
	cut := ""
	if start := len(output) - shownOutputBytes; start > 0 {
		output, cut = output[start:], fmt.Sprintf(" (the last %d bytes)", shownOutputBytes)
	}
	return fmt.Sprintf("\noutput%s: %s", cut, strings.TrimRight(valid(output), " \t\r\n"))
}

// shortened is at most shownCharacters of a text, with a note of its length where that cuts it.
func shortened(text string) string {
	if utf8.RuneCountInString(text) <= shownCharacters {
		return text
	}
	count := 0
	for end := range text {
		if count == shownCharacters {
			return fmt.Sprintf("%s... (%d bytes)", text[:end], len(text))
		}
		count++
	}
	return text
}
