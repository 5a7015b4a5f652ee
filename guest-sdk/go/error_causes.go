package proctor

import (
	"fmt"
	"time"
)

// TimedOutError says that a limit passed. The host ended what was in progress.
type TimedOutError struct {
	// Limit is the name of the limit, as `proctor run --help` has it.
	Limit string
	// Budget is its value.
	Budget time.Duration
	// LastSeen is the last thing that was seen: a status, a line, a state. May be empty.
	LastSeen string
}

func (e *TimedOutError) Error() string {
	text := fmt.Sprintf("timed out: %s of %s passed", e.Limit, seconds(e.Budget))
	if e.LastSeen != "" {
		text += "; last seen: " + e.LastSeen
	}
	return text
}

// Code is `timed-out`.
func (e *TimedOutError) Code() string { return "timed-out" }

// CommandFailedError says that a command that should have succeeded did not.
type CommandFailedError struct{ CommandResult }

func (e *CommandFailedError) Error() string {
	return fmt.Sprintf("command `%s` failed (exit code %d)", shortened(e.Command), e.Status)
}

// Code is `command-failed`.
func (e *CommandFailedError) Code() string { return "command-failed" }

// CommandUnexpectedlySucceededError says that a command that should have failed succeeded.
type CommandUnexpectedlySucceededError struct{ CommandResult }

func (e *CommandUnexpectedlySucceededError) Error() string {
	return fmt.Sprintf("command `%s` unexpectedly succeeded", shortened(e.Command))
}

// Code is `command-unexpectedly-succeeded`.
func (e *CommandUnexpectedlySucceededError) Code() string { return "command-unexpectedly-succeeded" }

// OutputTooLargeError says that a command printed more than one command may.
type OutputTooLargeError struct {
	// Command is the command as it was given.
	Command string
	// LimitBytes is how many bytes one command may print.
	LimitBytes int
}

func (e *OutputTooLargeError) Error() string {
	return fmt.Sprintf("command `%s` printed more than the %d bytes that one command may", shortened(e.Command), e.LimitBytes)
}

// Code is `output-too-large`.
func (e *OutputTooLargeError) Code() string { return "output-too-large" }

// ShellLostError says that the shell in which the command ran was killed.
type ShellLostError struct {
	// Command is the command as it was given.
	Command string
	// Reason is what is known of the shell's end.
	Reason string
	// Restored is whether a new shell answers.
	Restored bool
}

func (e *ShellLostError) Error() string {
	now := "there is no new one"
	if e.Restored {
		now = "a new one answers"
	}
	return fmt.Sprintf("command `%s` lost its shell (%s); %s", shortened(e.Command), e.Reason, now)
}

// Code is `shell-lost`.
func (e *ShellLostError) Code() string { return "shell-lost" }

// MachineDownError says that the machine is not running, or stopped while the call was in progress.
type MachineDownError struct {
	// Status is `exit status: 1`, `signal: 9 (SIGKILL)`, `not started`.
	Status string
	// Console is the last lines of its serial console, oldest first.
	Console []string
}

func (e *MachineDownError) Error() string {
	return fmt.Sprintf("the machine is not running (%s)", e.Status)
}

// Code is `machine-down`.
func (e *MachineDownError) Code() string { return "machine-down" }

// UnitFailedError says that a unit is not in the state that was wanted, and will not be.
type UnitFailedError struct {
	// Unit is the unit.
	Unit string
	// User is whose it is, where it is a user's; empty otherwise.
	User string
	// State is its active state, for example `failed`.
	State string
	// Message is what is wrong with that, in one line.
	Message string
	// Journal is the last lines of its journal, oldest first.
	Journal []string
}

func (e *UnitFailedError) Error() string { return e.Message }

// Code is `unit-failed`.
func (e *UnitFailedError) Code() string { return "unit-failed" }

// DeniedError says that the run does not grant this.
type DeniedError struct {
	// Capability is the flag of `proctor run` that would, for example `allow-read`.
	Capability string
	// What is what was refused.
	What string
}

func (e *DeniedError) Error() string {
	return fmt.Sprintf("denied: %s; to allow it, run with --%s", e.What, e.Capability)
}

// Code is `denied`.
func (e *DeniedError) Code() string { return "denied" }

// MonitorError says that the machine answered that it could not, or answered nonsense.
type MonitorError struct{ Text string }

func (e *MonitorError) Error() string { return "the machine's monitor answered: " + e.Text }

// Code is `monitor-error`.
func (e *MonitorError) Code() string { return "monitor-error" }

// UnsupportedError says that the machine has no means to do this, for example no network interface to block.
type UnsupportedError struct{ Text string }

func (e *UnsupportedError) Error() string { return "not supported: " + e.Text }

// Code is `unsupported`.
func (e *UnsupportedError) Code() string { return "unsupported" }

// InvalidArgumentError says that an argument cannot be meant, for example the name of a machine that there is not.
type InvalidArgumentError struct{ Text string }

func (e *InvalidArgumentError) Error() string { return e.Text }

// Code is `invalid-argument`.
func (e *InvalidArgumentError) Code() string { return "invalid-argument" }

// PollingConditionFailedError says that a polling condition does not hold.
type PollingConditionFailedError struct {
	// Description is the condition's description.
	Description string
	// Message is what its function said. May be empty.
	Message string
}

func (e *PollingConditionFailedError) Error() string {
	text := "Polling condition failed: " + e.Description
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Code is `polling-condition-failed`.
func (e *PollingConditionFailedError) Code() string { return "polling-condition-failed" }

// HostFailureError says that the fault is the host's, not the test's and not the machine's.
type HostFailureError struct{ Text string }

func (e *HostFailureError) Error() string { return "the test host failed: " + e.Text }

// Code is `host-failure`.
func (e *HostFailureError) Code() string { return "host-failure" }
