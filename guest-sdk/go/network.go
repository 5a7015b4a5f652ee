// A machine's network: its links, its ports, its sockets.

package proctor

import (
	network "proctor/internal/bindings/imports/proctor_driver_network"
	wit "proctor/internal/wit/types"
)

// Block takes all its links to VLANs down, as if the cables were pulled. UnsupportedError where the machine is on no
// VLAN.
func (m *Machine) Block() error {
	return just(askWithin(nil, m.timeout, func(timeout optional) answer[nothing] {
		return network.Block(m.resource, timeout)
	}))
}

// MustBlock is Block; it ends the test on an error.
func (m *Machine) MustBlock() { must(m.Block()) }

// Unblock takes its links to VLANs up again. UnsupportedError where the machine is on no VLAN.
func (m *Machine) Unblock() error {
	return just(askWithin(nil, m.timeout, func(timeout optional) answer[nothing] {
		return network.Unblock(m.resource, timeout)
	}))
}

// MustUnblock is Unblock; it ends the test on an error.
func (m *Machine) MustUnblock() { must(m.Unblock()) }

// ForwardPort forwards a TCP port of the host's loopback address to a port of the machine. The run has to grant it. Host
// port 0 takes any that is free. Returns the host's port. DeniedError where the run does not grant it, MonitorError
// where the port is taken.
func (m *Machine) ForwardPort(hostPort, guestPort uint16) (uint16, error) {
	return askWithin(nil, m.timeout, func(timeout optional) answer[uint16] {
		return network.ForwardPort(m.resource, hostPort, guestPort, timeout)
	})
}

// MustForwardPort is ForwardPort; it ends the test on an error.
func (m *Machine) MustForwardPort(hostPort, guestPort uint16) uint16 {
	return must1(m.ForwardPort(hostPort, guestPort))
}

// WaitForOpenPort waits until something on the machine accepts TCP connections on a port of `localhost`. TimedOutError
// tells the ports that the machine listens on.
func (m *Machine) WaitForOpenPort(port uint16) error {
	return just(askWithin(nil, m.timeout, func(timeout optional) answer[nothing] {
		return network.WaitForOpenPort(m.resource, port, wit.None[string](), timeout)
	}))
}

// MustWaitForOpenPort is WaitForOpenPort; it ends the test on an error.
func (m *Machine) MustWaitForOpenPort(port uint16) { must(m.WaitForOpenPort(port)) }

// WaitForOpenPortAt is WaitForOpenPort for an address, as seen from the machine.
func (m *Machine) WaitForOpenPortAt(address string, port uint16) error {
	return just(askWithin(texts(address), m.timeout, func(timeout optional) answer[nothing] {
		return network.WaitForOpenPort(m.resource, port, wit.Some(address), timeout)
	}))
}

// MustWaitForOpenPortAt is WaitForOpenPortAt; it ends the test on an error.
func (m *Machine) MustWaitForOpenPortAt(address string, port uint16) {
	must(m.WaitForOpenPortAt(address, port))
}

// WaitForClosedPort waits until nothing accepts TCP connections on a port of `localhost` any more.
func (m *Machine) WaitForClosedPort(port uint16) error {
	return just(askWithin(nil, m.timeout, func(timeout optional) answer[nothing] {
		return network.WaitForClosedPort(m.resource, port, wit.None[string](), timeout)
	}))
}

// MustWaitForClosedPort is WaitForClosedPort; it ends the test on an error.
func (m *Machine) MustWaitForClosedPort(port uint16) { must(m.WaitForClosedPort(port)) }

// WaitForClosedPortAt is WaitForClosedPort for an address, as seen from the machine.
func (m *Machine) WaitForClosedPortAt(address string, port uint16) error {
	return just(askWithin(texts(address), m.timeout, func(timeout optional) answer[nothing] {
		return network.WaitForClosedPort(m.resource, port, wit.Some(address), timeout)
	}))
}

// MustWaitForClosedPortAt is WaitForClosedPortAt; it ends the test on an error.
func (m *Machine) MustWaitForClosedPortAt(address string, port uint16) {
	must(m.WaitForClosedPortAt(address, port))
}

// WaitForOpenUnixSocket waits until something on the machine listens on a UNIX socket for streams. TimedOutError tells
// what is at that path.
func (m *Machine) WaitForOpenUnixSocket(path string) error {
	return just(askWithin(texts(path), m.timeout, func(timeout optional) answer[nothing] {
		return network.WaitForOpenUnixSocket(m.resource, path, network.UnixSocketKind_Stream, timeout)
	}))
}

// MustWaitForOpenUnixSocket is WaitForOpenUnixSocket; it ends the test on an error.
func (m *Machine) MustWaitForOpenUnixSocket(path string) { must(m.WaitForOpenUnixSocket(path)) }

// WaitForOpenUnixDatagramSocket is WaitForOpenUnixSocket for a socket for datagrams.
func (m *Machine) WaitForOpenUnixDatagramSocket(path string) error {
	return just(askWithin(texts(path), m.timeout, func(timeout optional) answer[nothing] {
		return network.WaitForOpenUnixSocket(m.resource, path, network.UnixSocketKind_Datagram, timeout)
	}))
}

// MustWaitForOpenUnixDatagramSocket is WaitForOpenUnixDatagramSocket; it ends the test on an error.
func (m *Machine) MustWaitForOpenUnixDatagramSocket(path string) {
	must(m.WaitForOpenUnixDatagramSocket(path))
}
