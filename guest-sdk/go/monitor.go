// A machine's own monitor. The run has to grant it: who commands the monitor commands the host. All can fail with
// DeniedError and MonitorError.

package proctor

import (
	monitor "proctor/internal/bindings/imports/proctor_driver_monitor"
)

// EventFilter is which events of a machine's monitor are meant; any, where it is empty.
type EventFilter struct {
	// Name is the event's name, for example `RESET`.
	Name string
	// Data is a JSON object: an event is meant where each of its members stands in the event's data with the same value,
	// for example `{"guest": true}`.
	Data string
}

// SendMonitorCommand runs a command of the text monitor and returns what it prints.
func (m *Machine) SendMonitorCommand(command string) (string, error) {
	return askWithin(texts(command), m.timeout, func(timeout optional) answer[string] {
		return monitor.SendMonitorCommand(m.resource, command, timeout)
	})
}

// MustSendMonitorCommand is SendMonitorCommand; it ends the test on an error.
func (m *Machine) MustSendMonitorCommand(command string) string {
	return must1(m.SendMonitorCommand(command))
}

// SendQMPCommand runs a command of the monitor for programs, with a JSON object for its arguments, which may be empty.
// Returns the answer as JSON.
func (m *Machine) SendQMPCommand(command string, arguments string) (string, error) {
	return askWithin(texts(command, arguments), m.timeout, func(timeout optional) answer[string] {
		return monitor.SendQmpCommand(m.resource, command, option(arguments), timeout)
	})
}

// MustSendQMPCommand is SendQMPCommand; it ends the test on an error.
func (m *Machine) MustSendQMPCommand(command string, arguments string) string {
	return must1(m.SendQMPCommand(command, arguments))
}

// WaitForQMPEvent waits for an event and returns it as JSON. Looks at those since the machine's start, or since the one
// that was returned last.
func (m *Machine) WaitForQMPEvent(filter EventFilter) (string, error) {
	wanted := monitor.EventFilter{Name: option(filter.Name), Data: option(filter.Data)}
	return askWithin(texts(filter.Name, filter.Data), m.timeout, func(timeout optional) answer[string] {
		return monitor.WaitForQmpEvent(m.resource, wanted, timeout)
	})
}

// MustWaitForQMPEvent is WaitForQMPEvent; it ends the test on an error.
func (m *Machine) MustWaitForQMPEvent(filter EventFilter) string {
	return must1(m.WaitForQMPEvent(filter))
}
