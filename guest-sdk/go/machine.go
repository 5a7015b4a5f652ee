// One machine: its life. What else it has is in files of the interfaces' names.

package proctor

import (
	"fmt"
	"time"

	machine "proctor/internal/bindings/imports/proctor_driver_machine"
	wit "proctor/internal/wit/types"
)

// Machine is one machine of the test.
//
// Every method that can fail returns an error, an *Error; the method of the same name with Must ends the test, or the
// subtest, instead.
//
// What runs something in the guest (commands, units, files, ports, terminals, windows) starts a machine that is off and
// waits for its boot, within the boot limit; that time does not count against the call's. The keyboard, the screen, the
// serial console, links, forwarded ports and the monitor want a machine that runs: Start it, and where the guest has to be
// up, Connect. A call may take as long as the run says; Within says otherwise, and so does Command for one command.
//
// Besides what a method names, all can fail with MachineDownError, TimedOutError and HostFailureError, and commands with
// ShellLostError, OutputTooLargeError and InvalidArgumentError (a NUL, which no command can have, or invalid UTF-8).
type Machine struct {
	resource *machine.Machine
	name     string
	timeout  optional
}

// The machines by their names. They are kept: their handles must not be dropped while the host writes a result.
var machines = map[string]*machine.Machine{}

func newMachine(resource *machine.Machine) *Machine {
	defer enterHostForResult()()
	name := resource.Name()
	if known := machines[name]; known != nil {
		resource.Drop()
		resource = known
	}
	machines[name] = resource
	return &Machine{resource, name, wit.None[uint32]()}
}

// Within is the same machine, whose calls may take that long: machine.Within(5*time.Second).WaitForUnit("nginx"). Rounded
// up to milliseconds, at most 49 days. Default: as long as a call may take. A boot that a call waits for first is not
// counted, but Start and Connect are bounded as a whole. Sleep has a time of its own.
func (m *Machine) Within(timeout time.Duration) *Machine {
	return &Machine{m.resource, m.name, wit.Some(milliseconds(timeout))}
}

// Name is the machine's name.
func (m *Machine) Name() string { return m.name }

// String is `machine NAME`.
func (m *Machine) String() string { return fmt.Sprintf("machine `%s`", m.name) }

// IsUp is whether the machine runs and its shell has answered.
func (m *Machine) IsUp() bool {
	defer enterHost()()
	return m.resource.IsUp()
}

// Start starts the machine. Does not wait for it to boot: the first command does. Does nothing where it runs already. A
// guest that reboots powers off then: see StartAllowingReboot.
func (m *Machine) Start() error {
	return just(askWithin(nil, m.timeout, func(timeout optional) answer[nothing] {
		return m.resource.Start(false, timeout)
	}))
}

// MustStart is Start; it ends the test on an error.
func (m *Machine) MustStart() { must(m.Start()) }

// StartAllowingReboot starts the machine so that it boots again when its guest reboots; otherwise it powers off then.
func (m *Machine) StartAllowingReboot() error {
	return just(askWithin(nil, m.timeout, func(timeout optional) answer[nothing] {
		return m.resource.Start(true, timeout)
	}))
}

// MustStartAllowingReboot is StartAllowingReboot; it ends the test on an error.
func (m *Machine) MustStartAllowingReboot() { must(m.StartAllowingReboot()) }

// Connect waits until the machine has booted and its shell answers; starts it first where it is off.
func (m *Machine) Connect() error {
	return just(askWithin(nil, m.timeout, m.resource.Connect))
}

// MustConnect is Connect; it ends the test on an error.
func (m *Machine) MustConnect() { must(m.Connect()) }

// Shutdown asks the machine to power off and waits until it has stopped. Does nothing where it is off.
func (m *Machine) Shutdown() error {
	return just(askWithin(nil, m.timeout, m.resource.Shutdown))
}

// MustShutdown is Shutdown; it ends the test on an error.
func (m *Machine) MustShutdown() { must(m.Shutdown()) }

// Reboot waits until the guest has booted, presses Ctrl, Alt and Delete, on which it reboots, and waits until the
// machine has been reset. Later calls wait for the new boot. UnsupportedError where the machine was not started with
// StartAllowingReboot.
func (m *Machine) Reboot() error {
	return just(askWithin(nil, m.timeout, m.resource.Reboot))
}

// MustReboot is Reboot; it ends the test on an error.
func (m *Machine) MustReboot() { must(m.Reboot()) }

// SwitchRoot has a machine that waits in its initial RAM disk go on to its own system, and waits for the shell there.
func (m *Machine) SwitchRoot() error {
	return just(askWithin(nil, m.timeout, m.resource.SwitchRoot))
}

// MustSwitchRoot is SwitchRoot; it ends the test on an error.
func (m *Machine) MustSwitchRoot() { must(m.SwitchRoot()) }

// Crash pulls the plug and waits until the machine has stopped, at once, whatever it does. Does nothing where it is off.
func (m *Machine) Crash() error {
	return just(askWithin(nil, m.timeout, m.resource.Crash))
}

// MustCrash is Crash; it ends the test on an error.
func (m *Machine) MustCrash() { must(m.Crash()) }

// WaitForShutdown waits until the machine has stopped by itself. Returns at once where it is off.
func (m *Machine) WaitForShutdown() error {
	return just(askWithin(nil, m.timeout, m.resource.WaitForShutdown))
}

// MustWaitForShutdown is WaitForShutdown; it ends the test on an error.
func (m *Machine) MustWaitForShutdown() { must(m.WaitForShutdown()) }
