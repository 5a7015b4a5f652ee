// Commands on a machine.
//
// Every command is run by bash as root in /tmp under `set -euo pipefail`, with nothing on its standard input and its
// standard error on the serial console.

package proctor

import (
	"time"

	shell "proctor/internal/bindings/imports/proctor_driver_shell"
	types "proctor/internal/bindings/imports/proctor_driver_types"
	wit "proctor/internal/wit/types"
)

// CommandResult is how a command ended.
type CommandResult struct {
	// Command is the command as it was given.
	Command string
	// Status is its exit status; 128 + N after signal N, 124 after a passed timeout.
	Status int
	// Output is what it printed to standard output, byte for byte: it may be invalid UTF-8.
	Output string
}

// Success is whether the exit status is 0.
func (r CommandResult) Success() bool { return r.Status == 0 }

// Command is a command with options, made by Machine.Command. Nothing happens before one of the methods that run it. All
// of them can fail as Machine says.
type Command struct {
	machine        *Machine
	command        string
	timeout        optional
	attemptTimeout optional
}

// Command is a command with options: machine.Command("make").Timeout(10 * time.Minute).MustSucceed().
func (m *Machine) Command(command string) *Command {
	return &Command{m, command, m.timeout, wit.None[uint32]()}
}

// Timeout is the same command that may take that long; for the waiting ones, all attempts together. Rounded up to
// milliseconds, at most 49 days. Default: what Within says, or else as long as a call may take.
func (c *Command) Timeout(timeout time.Duration) *Command {
	changed := *c
	changed.timeout = wit.Some(milliseconds(timeout))
	return &changed
}

// AttemptTimeout is the same command, of which one attempt of the waiting ones may take that long; one that runs over is
// killed and counts as none that succeeded or failed. Default: what is left of the timeout.
func (c *Command) AttemptTimeout(timeout time.Duration) *Command {
	changed := *c
	changed.attemptTimeout = wit.Some(milliseconds(timeout))
	return &changed
}

// Execute runs it and returns its status and output, whatever they are. After a passed timeout the status is 124 and the
// output what it had printed. A command that fails is no error here.
func (c *Command) Execute() (CommandResult, error) {
	return result(askWithin(texts(c.command), c.timeout, func(timeout optional) answer[types.CommandResult] {
		return shell.Execute(c.machine.resource, c.command, timeout)
	}))
}

// MustExecute is Execute; it ends the test on an error.
func (c *Command) MustExecute() CommandResult { return must1(c.Execute()) }

// Succeed runs it, which must succeed, and returns its output, byte for byte. CommandFailedError where it does not.
func (c *Command) Succeed() (string, error) {
	return output(askWithin(texts(c.command), c.timeout, func(timeout optional) answer[[]byte] {
		return shell.Succeed(c.machine.resource, c.command, timeout)
	}))
}

// MustSucceed is Succeed; it ends the test on an error.
func (c *Command) MustSucceed() string { return must1(c.Succeed()) }

// Fail runs it, which must fail, and returns its output, byte for byte. CommandUnexpectedlySucceededError where it does
// not.
func (c *Command) Fail() (string, error) {
	return output(askWithin(texts(c.command), c.timeout, func(timeout optional) answer[[]byte] {
		return shell.Fail(c.machine.resource, c.command, timeout)
	}))
}

// MustFail is Fail; it ends the test on an error.
func (c *Command) MustFail() string { return must1(c.Fail()) }

// WaitUntilSucceeds repeats it until it succeeds and returns its output. TimedOutError tells the last attempt's status
// and output.
func (c *Command) WaitUntilSucceeds() (string, error) {
	return output(askWithin(texts(c.command), c.timeout, func(timeout optional) answer[[]byte] {
		return shell.WaitUntilSucceeds(c.machine.resource, c.command, timeout, c.attemptTimeout)
	}))
}

// MustWaitUntilSucceeds is WaitUntilSucceeds; it ends the test on an error.
func (c *Command) MustWaitUntilSucceeds() string { return must1(c.WaitUntilSucceeds()) }

// WaitUntilFails repeats it until it fails and returns its output. TimedOutError tells the last attempt's status and
// output.
func (c *Command) WaitUntilFails() (string, error) {
	return output(askWithin(texts(c.command), c.timeout, func(timeout optional) answer[[]byte] {
		return shell.WaitUntilFails(c.machine.resource, c.command, timeout, c.attemptTimeout)
	}))
}

// MustWaitUntilFails is WaitUntilFails; it ends the test on an error.
func (c *Command) MustWaitUntilFails() string { return must1(c.WaitUntilFails()) }

// Execute runs a command and returns its status and output, whatever they are. After a passed timeout the status is 124
// and the output what it had printed. A command that fails is no error here.
func (m *Machine) Execute(command string) (CommandResult, error) {
	return m.Command(command).Execute()
}

// MustExecute is Execute; it ends the test on an error.
func (m *Machine) MustExecute(command string) CommandResult { return must1(m.Execute(command)) }

// Succeed runs a command, which must succeed, and returns its output, byte for byte. CommandFailedError where it does
// not.
func (m *Machine) Succeed(command string) (string, error) {
	return m.Command(command).Succeed()
}

// MustSucceed is Succeed; it ends the test on an error.
func (m *Machine) MustSucceed(command string) string { return must1(m.Succeed(command)) }

// Fail runs a command, which must fail, and returns its output, byte for byte. CommandUnexpectedlySucceededError where
// it does not.
func (m *Machine) Fail(command string) (string, error) {
	return m.Command(command).Fail()
}

// MustFail is Fail; it ends the test on an error.
func (m *Machine) MustFail(command string) string { return must1(m.Fail(command)) }

// WaitUntilSucceeds repeats a command until it succeeds and returns its output. TimedOutError tells the last attempt's
// status and output.
func (m *Machine) WaitUntilSucceeds(command string) (string, error) {
	return m.Command(command).WaitUntilSucceeds()
}

// MustWaitUntilSucceeds is WaitUntilSucceeds; it ends the test on an error.
func (m *Machine) MustWaitUntilSucceeds(command string) string {
	return must1(m.WaitUntilSucceeds(command))
}

// WaitUntilFails repeats a command until it fails and returns its output. TimedOutError tells the last attempt's status
// and output.
func (m *Machine) WaitUntilFails(command string) (string, error) {
	return m.Command(command).WaitUntilFails()
}

// MustWaitUntilFails is WaitUntilFails; it ends the test on an error.
func (m *Machine) MustWaitUntilFails(command string) string { return must1(m.WaitUntilFails(command)) }

// Sleep lets time pass on the machine's clock. Rounded up to milliseconds; at most 49 days.
func (m *Machine) Sleep(duration time.Duration) error {
	return just(askWithin(nil, wit.Some(milliseconds(duration)), func(left optional) answer[nothing] {
		return shell.Sleep(m.resource, left.SomeOr(0))
	}))
}

// MustSleep is Sleep; it ends the test on an error.
func (m *Machine) MustSleep(duration time.Duration) { must(m.Sleep(duration)) }
