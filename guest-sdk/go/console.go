// A machine's serial console and its virtual terminals.
//
// Patterns are regular expressions of Rust's crate `regex`, without look-around and back references, as Go's are; `^` and
// `$` match at line ends. One that is wrong is an InvalidArgumentError.

package proctor

import (
	console "proctor/internal/bindings/imports/proctor_driver_console"
)

// WaitForConsoleText waits until the serial console's text matches: all lines since where the last match of this
// function ended, at first all since the machine's start, the last line perhaps not complete yet. Returns what matched.
// MachineDownError as soon as the machine stops; TimedOutError tells the last lines.
func (m *Machine) WaitForConsoleText(pattern string) (string, error) {
	return askWithin(texts(pattern), m.timeout, func(timeout optional) answer[string] {
		return console.WaitForConsoleText(m.resource, pattern, timeout)
	})
}

// MustWaitForConsoleText is WaitForConsoleText; it ends the test on an error.
func (m *Machine) MustWaitForConsoleText(pattern string) string {
	return must1(m.WaitForConsoleText(pattern))
}

// GetConsoleLog returns all lines of the serial console since the machine was last started, the last one perhaps not
// complete yet; the last 16 MB of them.
func (m *Machine) GetConsoleLog() (string, error) {
	return ask(nil, func() answer[string] { return console.GetConsoleLog(m.resource) })
}

// MustGetConsoleLog is GetConsoleLog; it ends the test on an error.
func (m *Machine) MustGetConsoleLog() string { return must1(m.GetConsoleLog()) }

// SendConsole types into the serial console. The machine may not have read it when this returns. TimedOutError where
// nobody on the machine reads.
func (m *Machine) SendConsole(text string) error {
	return just(askWithin(texts(text), m.timeout, func(timeout optional) answer[nothing] {
		return console.SendConsole(m.resource, text, timeout)
	}))
}

// MustSendConsole is SendConsole; it ends the test on an error.
func (m *Machine) MustSendConsole(text string) { must(m.SendConsole(text)) }

// GetTTYText returns what a virtual terminal shows, `1` for /dev/tty1: its lines without their trailing blanks.
// UnsupportedError where the machine has no such terminal.
func (m *Machine) GetTTYText(tty string) (string, error) {
	return askWithin(texts(tty), m.timeout, func(timeout optional) answer[string] {
		return console.GetTtyText(m.resource, tty, timeout)
	})
}

// MustGetTTYText is GetTTYText; it ends the test on an error.
func (m *Machine) MustGetTTYText(tty string) string { return must1(m.GetTTYText(tty)) }

// WaitUntilTTYMatches waits until what a virtual terminal shows matches. Returns what matched. TimedOutError tells what
// it showed last.
func (m *Machine) WaitUntilTTYMatches(tty string, pattern string) (string, error) {
	return askWithin(texts(tty, pattern), m.timeout, func(timeout optional) answer[string] {
		return console.WaitUntilTtyMatches(m.resource, tty, pattern, timeout)
	})
}

// MustWaitUntilTTYMatches is WaitUntilTTYMatches; it ends the test on an error.
func (m *Machine) MustWaitUntilTTYMatches(tty string, pattern string) string {
	return must1(m.WaitUntilTTYMatches(tty, pattern))
}

// DumpTTYContents writes what a virtual terminal shows to the log. Fails as GetTTYText does.
func (m *Machine) DumpTTYContents(tty string) error {
	return just(askWithin(texts(tty), m.timeout, func(timeout optional) answer[nothing] {
		return console.DumpTtyContents(m.resource, tty, timeout)
	}))
}

// MustDumpTTYContents is DumpTTYContents; it ends the test on an error.
func (m *Machine) MustDumpTTYContents(tty string) { must(m.DumpTTYContents(tty)) }
