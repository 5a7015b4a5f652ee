//! A machine's network: its links, its ports, its sockets.

use crate::bindings::proctor::driver::network;
use crate::cause::here;
use crate::polling::pass_within;
use crate::{Machine, Result};

/// # Network
impl Machine {
    /// Takes all its links to VLANs down, as if the cables were pulled.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where the machine is on no VLAN.
    #[track_caller]
    pub fn block(&self) -> Result {
        pass_within(self.timeout(), |timeout| network::block(self.resource(), timeout)).map_err(here())
    }

    /// Takes its links to VLANs up again.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where the machine is on no VLAN.
    #[track_caller]
    pub fn unblock(&self) -> Result {
        pass_within(self.timeout(), |timeout| network::unblock(self.resource(), timeout)).map_err(here())
    }

    /// Forwards a TCP port of the host's loopback address to a port of the machine. The run has to grant it. Host port 0
    /// takes any that is free. Returns the host's port.
    ///
    /// # Errors
    ///
    /// [`Denied`](crate::ErrorKind::Denied) where the run does not grant it, [`Monitor`](crate::ErrorKind::Monitor) where
    /// the port is taken.
    #[track_caller]
    pub fn forward_port(&self, host_port: u16, guest_port: u16) -> Result<u16> {
        pass_within(self.timeout(), |timeout| {
            network::forward_port(self.resource(), host_port, guest_port, timeout)
        })
        .map_err(here())
    }

    /// Waits until something on the machine accepts TCP connections on a port of `localhost`.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells the ports that the machine listens on.
    #[track_caller]
    pub fn wait_for_open_port(&self, port: u16) -> Result {
        pass_within(self.timeout(), |timeout| {
            network::wait_for_open_port(self.resource(), port, None, timeout)
        })
        .map_err(here())
    }

    /// The same for an address, as seen from the machine.
    ///
    /// # Errors
    ///
    /// As [`wait_for_open_port`](Self::wait_for_open_port).
    #[track_caller]
    pub fn wait_for_open_port_at(&self, address: impl AsRef<str>, port: u16) -> Result {
        pass_within(self.timeout(), |timeout| {
            network::wait_for_open_port(self.resource(), port, Some(address.as_ref()), timeout)
        })
        .map_err(here())
    }

    /// Waits until nothing accepts TCP connections on a port of `localhost` any more.
    ///
    /// # Errors
    ///
    /// As [`wait_for_open_port`](Self::wait_for_open_port).
    #[track_caller]
    pub fn wait_for_closed_port(&self, port: u16) -> Result {
        pass_within(self.timeout(), |timeout| {
            network::wait_for_closed_port(self.resource(), port, None, timeout)
        })
        .map_err(here())
    }

    /// The same for an address, as seen from the machine.
    ///
    /// # Errors
    ///
    /// As [`wait_for_open_port`](Self::wait_for_open_port).
    #[track_caller]
    pub fn wait_for_closed_port_at(&self, address: impl AsRef<str>, port: u16) -> Result {
        pass_within(self.timeout(), |timeout| {
            network::wait_for_closed_port(self.resource(), port, Some(address.as_ref()), timeout)
        })
        .map_err(here())
    }

    /// Waits until something on the machine listens on a UNIX socket for streams.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells what is at that path.
    #[track_caller]
    pub fn wait_for_open_unix_socket(&self, path: impl AsRef<str>) -> Result {
        let kind = network::UnixSocketKind::Stream;
        pass_within(self.timeout(), |timeout| {
            network::wait_for_open_unix_socket(self.resource(), path.as_ref(), kind, timeout)
        })
        .map_err(here())
    }

    /// The same for a socket for datagrams.
    ///
    /// # Errors
    ///
    /// As [`wait_for_open_unix_socket`](Self::wait_for_open_unix_socket).
    #[track_caller]
    pub fn wait_for_open_unix_datagram_socket(&self, path: impl AsRef<str>) -> Result {
        let kind = network::UnixSocketKind::Datagram;
        pass_within(self.timeout(), |timeout| {
            network::wait_for_open_unix_socket(self.resource(), path.as_ref(), kind, timeout)
        })
        .map_err(here())
    }
}
