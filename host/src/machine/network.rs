//! A machine's network interfaces, from outside.

use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::json;

use super::handle::Machine;
use super::launch::Running;
use super::monitor::NO_ANSWER;
use crate::error::{Cause, Result};
use crate::grants::Grants;
use crate::limits::{FREE_PORT_TRIES, QUOTED_BYTES};
use crate::text;

impl Machine {
    /// Takes the link of every VLAN interface down. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: the machine is down or has no VLAN interface; a passed timeout.
    pub async fn block(&self, timeout: Option<Duration>) -> Result {
        self.call("block", self.set_links(false, timeout)).await
    }

    /// Takes the link of every VLAN interface up. Otherwise as [`Machine::block`].
    pub async fn unblock(&self, timeout: Option<Duration>) -> Result {
        self.call("unblock", self.set_links(true, timeout)).await
    }

    /// Forwards a TCP port of the host's loopback address to a port of the machine; host port 0 takes any that is free.
    /// Returns the host's port. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: not granted, the machine is down or has no interface to the host, a port in use, a passed timeout.
    pub async fn forward_port(
        &self,
        grants: &Grants,
        host_port: u16,
        guest_port: u16,
        timeout: Option<Duration>,
    ) -> Result<u16> {
        let work = async {
            grants.check_forward_port(|| format!("forwarding port {host_port} to a machine"))?;
            let running = self.expect_running().await?;
            let forwarding = async {
                let forwarding = forward_port(&running, host_port, guest_port);
                running.unless_down(forwarding).await?
            };
            self.bounded(timeout, NO_ANSWER, forwarding).await
        };
        self.call(format!("forward-port({host_port}, {guest_port})"), work)
            .await
    }

    async fn set_links(&self, up: bool, timeout: Option<Duration>) -> Result<(), Cause> {
        let running = self.expect_running().await?;
        let setting = async { running.unless_down(set_links(&running, up)).await? };
        self.bounded(timeout, NO_ANSWER, setting).await
    }
}

async fn forward_port(running: &Running, host_port: u16, guest_port: u16) -> Result<u16, Cause> {
    if guest_port == 0 {
        return Err(Cause::InvalidArgument("a machine has no port 0".into()));
    }
    if host_port != 0 {
        return match add_forwarding(running, host_port, guest_port).await {
            Ok(()) => Ok(host_port),
            Err(Cause::Monitor(said)) if is_taken(host_port) => Err(Cause::Monitor(format!(
                "port {host_port} of this computer is taken: {said}"
            ))),
            Err(error) => Err(error),
        };
    }
    let mut tries = 0;
    loop {
        let host_port = free_port().map_err(|error| Cause::Host(format!("no port is free: {error}")))?;
        match add_forwarding(running, host_port, guest_port).await {
            Ok(()) => return Ok(host_port),
            // Somebody else may have taken it meanwhile.
            Err(error) if tries == FREE_PORT_TRIES => return Err(error),
            Err(_) => tries += 1,
        }
    }
}

/// A port of the loopback address that nobody has just now.
fn free_port() -> std::io::Result<u16> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// Whether somebody listens on a port of the loopback address.
fn is_taken(port: u16) -> bool {
    let bound = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    bound.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse)
}

async fn add_forwarding(running: &Running, host_port: u16, guest_port: u16) -> Result<(), Cause> {
    let command = format!("hostfwd_add tcp:127.0.0.1:{host_port}-:{guest_port}");
    // It has no error but what it prints.
    let printed = running.monitor.human(&command).await?;
    match printed.trim() {
        "" => Ok(()),
        text => Err(Cause::Monitor(text::quote(text, QUOTED_BYTES))),
    }
}

async fn set_links(running: &Running, up: bool) -> Result<(), Cause> {
    let interfaces = vlan_interfaces(&running.monitor.human("info network").await?);
    if interfaces.is_empty() {
        return Err(Cause::Unsupported("the machine has no interface on a VLAN".into()));
    }
    for name in interfaces {
        running
            .monitor
            .execute("set_link", json!({ "name": name, "up": up }))
            .await?;
    }
    Ok(())
}

/// The interfaces on a VLAN, from what QEMU's `info network` prints: an interface's line, then its back end's, which
/// begins with a backslash. What is not QEMU's own user-mode network is a VLAN.
pub(super) fn vlan_interfaces(printed: &str) -> Vec<String> {
    let mut interfaces = Vec::new();
    let mut last = None;
    for line in printed.lines() {
        let (name, properties) = line.trim_end().split_once(": ").unwrap_or_default();
        let kind = properties
            .split(',')
            .find_map(|property| property.strip_prefix("type="));
        match (line.trim_start().starts_with('\\'), kind) {
            (false, Some("nic")) => last = Some(name.to_owned()),
            (true, Some(kind)) if kind != "user" => interfaces.extend(last.take()),
            _ => last = None,
        }
    }
    interfaces
}

#[cfg(test)]
mod tests {
    use super::vlan_interfaces;

    #[test]
    fn interfaces_are_told_apart_by_their_back_ends() {
        let printed = "virtio-net-pci.0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:56\r\n \
            \\ user.0: index=0,type=user,net=10.0.2.0,restrict=off\r\n\
            virtio-net-pci.1: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:01:01\r\n \
            \\ vlan1: index=0,type=vde,sock=/run/vde1.ctl,fd=10\r\n\
            uplink: index=0,type=nic,model=e1000,macaddr=52:54:00:12:02:01\r\n \
            \\ vlan2: index=0,type=stream,\r\n\
            lone: index=0,type=nic,model=e1000,macaddr=52:54:00:12:02:02\r\n\
            hub0port0: index=0,type=hubport,\r\n";
        assert_eq!(vlan_interfaces(printed), ["virtio-net-pci.1", "uplink"]);
        assert!(vlan_interfaces("").is_empty());
    }
}
