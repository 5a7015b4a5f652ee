package proctor

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	driver "proctor/internal/bindings/imports/proctor_driver_driver"
	machine "proctor/internal/bindings/imports/proctor_driver_machine"
	wit "proctor/internal/wit/types"
)

// Driver has the machines and VLANs of a test. Every run of a test has machines of its own. Its methods return errors
// where those of T end the test.
type Driver struct{}

// Driver is for tests that want to handle errors of machines and VLANs themselves.
func (t *T) Driver() Driver { return Driver{} }

// Machine is the machine of that name. InvalidArgumentError where there is none; it lists the names that there are.
func (Driver) Machine(name string) (*Machine, error) {
	return asMachine(ask(texts(name), func() answer[*machine.Machine] { return driver.GetMachine(name) }))
}

func asMachine(resource *machine.Machine, err error) (*Machine, error) {
	if err != nil {
		return nil, err
	}
	return newMachine(resource), nil
}

// Machines are all machines, sorted by name.
func (Driver) Machines() []*Machine {
	var all []*Machine
	for _, resource := range tell(driver.Machines) {
		all = append(all, newMachine(resource))
	}
	return all
}

// OnlyMachine is the machine, for tests that run with one machine whatever its name. An error where there are none or
// several.
func (d Driver) OnlyMachine() (*Machine, error) {
	all := d.Machines()
	if len(all) == 1 {
		return all[0], nil
	}
	text := "this test needs a machine and there is none; name its start script with --start-scripts"
	if len(all) > 1 {
		names := make([]string, len(all))
		for index, machine := range all {
			names[index] = "`" + machine.Name() + "`"
		}
		text = "this test runs with one machine and there are " + strings.Join(names, ", ")
	}
	return nil, ownError(errors.New(text))
}

// CreateMachine makes a machine of parts, which is one of the test's from then on and ends with it. DeniedError where the
// run does not grant it with --allow-create-machine, InvalidArgumentError where there is a machine of that name.
func (Driver) CreateMachine(parts MachineParts) (*Machine, error) {
	return asMachine(ask(parts.texts(), func() answer[*machine.Machine] { return driver.CreateMachine(parts.host()) }))
}

// Parameters are what the run was told with `--param NAME=VALUE`.
func (Driver) Parameters() map[string]string {
	told, _ := properties(tell(driver.Parameters), nil)
	return told
}

// Parameter is one of the run's parameters, and whether there is one of that name.
func (d Driver) Parameter(name string) (string, bool) {
	value, ok := d.Parameters()[name]
	return value, ok
}

// WriteOutputFile writes a file beneath the output directory; directories above it are made. InvalidArgumentError where
// the path leads out.
func (Driver) WriteOutputFile(path string, content []byte) error {
	return just(ask(texts(path), func() answer[nothing] { return driver.WriteOutputFile(path, content) }))
}

// VLANs are all VLANs, sorted by number.
func (Driver) VLANs() []*VLAN {
	var all []*VLAN
	for _, resource := range tell(driver.Vlans) {
		all = append(all, newVLAN(resource))
	}
	return all
}

// VLAN is the VLAN of that number. An error where there is none; it lists the numbers that there are.
func (d Driver) VLAN(number int) (*VLAN, error) {
	var numbers []string
	for _, vlan := range d.VLANs() {
		if vlan.Number() == number {
			return vlan, nil
		}
		numbers = append(numbers, strconv.Itoa(vlan.Number()))
	}
	text := fmt.Sprintf("there is no VLAN %d; --vlans makes some", number)
	if len(numbers) > 0 {
		text = fmt.Sprintf("there is no VLAN %d; there are %s", number, strings.Join(numbers, ", "))
	}
	return nil, ownError(errors.New(text))
}

// StartAll starts all machines at the same time. Does not wait for them to boot: the first command on each does. Returns
// the errors of all machines that did not start, as one.
func (Driver) StartAll() error {
	return just(askWithin(nil, wit.None[uint32](), func(optional) answer[nothing] { return driver.StartAll() }))
}

// JoinAll waits until all machines have stopped, as long as a call may take. TimedOutError where one has not.
func (Driver) JoinAll() error { return just(askWithin(nil, wit.None[uint32](), driver.JoinAll)) }

// JoinAllWithin waits until all machines have stopped, at most that long. TimedOutError where one has not.
func (Driver) JoinAllWithin(timeout time.Duration) error {
	return just(askWithin(nil, wit.Some(milliseconds(timeout)), driver.JoinAll))
}

// Machine is the machine of that name. Ends the test where there is none.
func (t *T) Machine(name string) *Machine { return must1(t.Driver().Machine(name)) }

// Machines are all machines, sorted by name.
func (t *T) Machines() []*Machine { return t.Driver().Machines() }

// OnlyMachine is the machine, for tests that run with one machine whatever its name. Ends the test where there are none
// or several.
func (t *T) OnlyMachine() *Machine { return must1(t.Driver().OnlyMachine()) }

// CreateMachine makes a machine of parts, which is one of the test's from then on and ends with it. Ends the test where
// the run does not grant it with --allow-create-machine, and where there is a machine of that name.
func (t *T) CreateMachine(parts MachineParts) *Machine { return must1(t.Driver().CreateMachine(parts)) }

// Parameters are what the run was told with `--param NAME=VALUE`.
func (t *T) Parameters() map[string]string { return t.Driver().Parameters() }

// Parameter is one of the run's parameters, and whether there is one of that name.
func (t *T) Parameter(name string) (string, bool) { return t.Driver().Parameter(name) }

// WriteOutputFile writes a file beneath the output directory; directories above it are made. Ends the test where the path
// leads out.
func (t *T) WriteOutputFile(path string, content []byte) {
	must(t.Driver().WriteOutputFile(path, content))
}

// VLANs are all VLANs, sorted by number.
func (t *T) VLANs() []*VLAN { return t.Driver().VLANs() }

// VLAN is the VLAN of that number. Ends the test where there is none.
func (t *T) VLAN(number int) *VLAN { return must1(t.Driver().VLAN(number)) }

// StartAll starts all machines at the same time. Does not wait for them to boot: the first command on each does. Ends the
// test where one does not start.
func (t *T) StartAll() { must(t.Driver().StartAll()) }

// JoinAll waits until all machines have stopped, as long as a call may take. Ends the test where one has not.
func (t *T) JoinAll() { must(t.Driver().JoinAll()) }

// JoinAllWithin waits until all machines have stopped, at most that long. Ends the test where one has not.
func (t *T) JoinAllWithin(timeout time.Duration) { must(t.Driver().JoinAllWithin(timeout)) }
