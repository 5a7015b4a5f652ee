// The services of a machine that runs systemd. A unit without a suffix is a service.

package proctor

import (
	types "proctor/internal/bindings/imports/proctor_driver_types"
	units "proctor/internal/bindings/imports/proctor_driver_units"
	wit "proctor/internal/wit/types"
)

// Units are the units of a machine's user, made by Machine.UnitsOf. The user's service manager must run, for example
// because the user lingers or has logged in. The methods are those of Machine.
type Units struct {
	machine *Machine
	user    wit.Option[string]
}

// UnitsOf are the units of a user: machine.UnitsOf("alice").WaitForUnit("editor").
func (m *Machine) UnitsOf(user string) *Units { return &Units{m, wit.Some(user)} }

func (m *Machine) units() *Units { return &Units{m, wit.None[string]()} }

// Systemctl runs `systemctl` with arguments as they would stand on a command line, and returns its status and output,
// whatever they are. A `systemctl` that fails is no error here.
func (u *Units) Systemctl(arguments string) (CommandResult, error) {
	return result(askWithin(u.texts(arguments), u.machine.timeout, func(timeout optional) answer[types.CommandResult] {
		return units.Systemctl(u.machine.resource, arguments, u.user, timeout)
	}))
}

// MustSystemctl is Systemctl; it ends the test on an error.
func (u *Units) MustSystemctl(arguments string) CommandResult { return must1(u.Systemctl(arguments)) }

// WaitForUnit waits until a unit is active. UnitFailedError at once where the unit has failed, or is inactive and
// nothing is about to start it; TimedOutError. Both tell the end of the unit's journal.
func (u *Units) WaitForUnit(unit string) error {
	return just(askWithin(u.texts(unit), u.machine.timeout, func(timeout optional) answer[nothing] {
		return units.WaitForUnit(u.machine.resource, unit, u.user, timeout)
	}))
}

// MustWaitForUnit is WaitForUnit; it ends the test on an error.
func (u *Units) MustWaitForUnit(unit string) { must(u.WaitForUnit(unit)) }

// WaitForUnitState waits until a unit's active state is this one, whatever it was before: `active`, `reloading`,
// `inactive`, `failed`, `activating`, `deactivating`. TimedOutError tells the state and the end of the unit's journal.
func (u *Units) WaitForUnitState(unit string, state string) error {
	return just(askWithin(u.texts(unit, state), u.machine.timeout, func(timeout optional) answer[nothing] {
		return units.WaitForUnitState(u.machine.resource, unit, state, u.user, timeout)
	}))
}

// MustWaitForUnitState is WaitForUnitState; it ends the test on an error.
func (u *Units) MustWaitForUnitState(unit string, state string) {
	must(u.WaitForUnitState(unit, state))
}

// GetUnitInfo returns all properties of a unit.
func (u *Units) GetUnitInfo(unit string) (map[string]string, error) {
	return properties(askWithin(u.texts(unit), u.machine.timeout, func(timeout optional) answer[[]wit.Tuple2[string, string]] {
		return units.GetUnitInfo(u.machine.resource, unit, u.user, timeout)
	}))
}

// MustGetUnitInfo is GetUnitInfo; it ends the test on an error.
func (u *Units) MustGetUnitInfo(unit string) map[string]string { return must1(u.GetUnitInfo(unit)) }

// GetUnitProperty returns one property of a unit. InvalidArgumentError where it has none of that name.
func (u *Units) GetUnitProperty(unit string, property string) (string, error) {
	return askWithin(u.texts(unit, property), u.machine.timeout, func(timeout optional) answer[string] {
		return units.GetUnitProperty(u.machine.resource, unit, property, u.user, timeout)
	})
}

// MustGetUnitProperty is GetUnitProperty; it ends the test on an error.
func (u *Units) MustGetUnitProperty(unit string, property string) string {
	return must1(u.GetUnitProperty(unit, property))
}

// RequireUnitState fails unless a unit's active state is this one now. UnitFailedError where it is another.
func (u *Units) RequireUnitState(unit string, state string) error {
	return just(askWithin(u.texts(unit, state), u.machine.timeout, func(timeout optional) answer[nothing] {
		return units.RequireUnitState(u.machine.resource, unit, state, u.user, timeout)
	}))
}

// MustRequireUnitState is RequireUnitState; it ends the test on an error.
func (u *Units) MustRequireUnitState(unit string, state string) {
	must(u.RequireUnitState(unit, state))
}

// StartJob starts a unit and returns how `systemctl start` ended, whatever that is. A `systemctl` that fails is no error
// here; one that takes too long is TimedOutError.
func (u *Units) StartJob(unit string) (CommandResult, error) {
	return result(askWithin(u.texts(unit), u.machine.timeout, func(timeout optional) answer[types.CommandResult] {
		return units.StartJob(u.machine.resource, unit, u.user, timeout)
	}))
}

// MustStartJob is StartJob; it ends the test on an error.
func (u *Units) MustStartJob(unit string) CommandResult { return must1(u.StartJob(unit)) }

// StopJob stops a unit and returns how `systemctl stop` ended, whatever that is. A `systemctl` that fails is no error
// here; one that takes too long is TimedOutError.
func (u *Units) StopJob(unit string) (CommandResult, error) {
	return result(askWithin(u.texts(unit), u.machine.timeout, func(timeout optional) answer[types.CommandResult] {
		return units.StopJob(u.machine.resource, unit, u.user, timeout)
	}))
}

// MustStopJob is StopJob; it ends the test on an error.
func (u *Units) MustStopJob(unit string) CommandResult { return must1(u.StopJob(unit)) }

// texts are the arguments of a call, the user's name among them.
func (u *Units) texts(arguments ...string) []string { return append(arguments, u.user.SomeOr("")) }

func properties(told []wit.Tuple2[string, string], err error) (map[string]string, error) {
	if err != nil {
		return nil, err
	}
	properties := make(map[string]string, len(told))
	for _, property := range told {
		properties[property.F0] = property.F1
	}
	return properties, nil
}

// Systemctl runs `systemctl` with arguments as they would stand on a command line, and returns its status and output,
// whatever they are. A `systemctl` that fails is no error here.
func (m *Machine) Systemctl(arguments string) (CommandResult, error) {
	return m.units().Systemctl(arguments)
}

// MustSystemctl is Systemctl; it ends the test on an error.
func (m *Machine) MustSystemctl(arguments string) CommandResult { return must1(m.Systemctl(arguments)) }

// WaitForUnit waits until a unit is active. UnitFailedError at once where the unit has failed, or is inactive and
// nothing is about to start it; TimedOutError. Both tell the end of the unit's journal.
func (m *Machine) WaitForUnit(unit string) error {
	return m.units().WaitForUnit(unit)
}

// MustWaitForUnit is WaitForUnit; it ends the test on an error.
func (m *Machine) MustWaitForUnit(unit string) { must(m.WaitForUnit(unit)) }

// WaitForUnitState waits until a unit's active state is this one, whatever it was before: `active`, `reloading`,
// `inactive`, `failed`, `activating`, `deactivating`. TimedOutError tells the state and the end of the unit's journal.
func (m *Machine) WaitForUnitState(unit string, state string) error {
	return m.units().WaitForUnitState(unit, state)
}

// MustWaitForUnitState is WaitForUnitState; it ends the test on an error.
func (m *Machine) MustWaitForUnitState(unit string, state string) {
	must(m.WaitForUnitState(unit, state))
}

// GetUnitInfo returns all properties of a unit.
func (m *Machine) GetUnitInfo(unit string) (map[string]string, error) {
	return m.units().GetUnitInfo(unit)
}

// MustGetUnitInfo is GetUnitInfo; it ends the test on an error.
func (m *Machine) MustGetUnitInfo(unit string) map[string]string { return must1(m.GetUnitInfo(unit)) }

// GetUnitProperty returns one property of a unit. InvalidArgumentError where it has none of that name.
func (m *Machine) GetUnitProperty(unit string, property string) (string, error) {
	return m.units().GetUnitProperty(unit, property)
}

// MustGetUnitProperty is GetUnitProperty; it ends the test on an error.
func (m *Machine) MustGetUnitProperty(unit string, property string) string {
	return must1(m.GetUnitProperty(unit, property))
}

// RequireUnitState fails unless a unit's active state is this one now. UnitFailedError where it is another.
func (m *Machine) RequireUnitState(unit string, state string) error {
	return m.units().RequireUnitState(unit, state)
}

// MustRequireUnitState is RequireUnitState; it ends the test on an error.
func (m *Machine) MustRequireUnitState(unit string, state string) {
	must(m.RequireUnitState(unit, state))
}

// StartJob starts a unit and returns how `systemctl start` ended, whatever that is. A `systemctl` that fails is no error
// here; one that takes too long is TimedOutError.
func (m *Machine) StartJob(unit string) (CommandResult, error) {
	return m.units().StartJob(unit)
}

// MustStartJob is StartJob; it ends the test on an error.
func (m *Machine) MustStartJob(unit string) CommandResult { return must1(m.StartJob(unit)) }

// StopJob stops a unit and returns how `systemctl stop` ended, whatever that is. A `systemctl` that fails is no error
// here; one that takes too long is TimedOutError.
func (m *Machine) StopJob(unit string) (CommandResult, error) {
	return m.units().StopJob(unit)
}

// MustStopJob is StopJob; it ends the test on an error.
func (m *Machine) MustStopJob(unit string) CommandResult { return must1(m.StopJob(unit)) }
