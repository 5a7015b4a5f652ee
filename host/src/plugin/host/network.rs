//! `network`: a machine's interfaces, from outside.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::machine::{Machine, UnixSocketKind, action, port_action};
use crate::plugin::bindings::proctor::driver::{network, types};
use crate::plugin::state::TestState;

type Answer<T> = Result<Result<T, types::Error>>;

impl network::Host for TestState {
    async fn block(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Result<Result<(), types::Error>> {
        let machine = self.machine(&handle)?;
        self.call_on(&machine, "block", machine.block(timeout.map(duration)))
            .await
    }

    async fn unblock(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Result<Result<(), types::Error>> {
        let machine = self.machine(&handle)?;
        self.call_on(&machine, "unblock", machine.unblock(timeout.map(duration)))
            .await
    }

    async fn forward_port(
        &mut self,
        handle: Resource<Machine>,
        host_port: u16,
        guest_port: u16,
        timeout: Option<u32>,
    ) -> Answer<u16> {
        let (machine, driver) = (self.machine(&handle)?, self.driver.clone());
        let work = machine.forward_port(driver.grants(), host_port, guest_port, timeout.map(duration));
        let action = format!("forward-port({host_port}, {guest_port})");
        self.call_on(&machine, action, work).await
    }

    async fn wait_for_open_port(
        &mut self,
        handle: Resource<Machine>,
        port: u16,
        address: Option<String>,
        timeout: Option<u32>,
    ) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let work = machine.wait_for_open_port(port, address.as_deref(), timeout.map(duration));
        let action = port_action("wait-for-open-port", port, address.as_deref());
        self.call_on(&machine, action, work).await
    }

    async fn wait_for_closed_port(
        &mut self,
        handle: Resource<Machine>,
        port: u16,
        address: Option<String>,
        timeout: Option<u32>,
    ) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let work = machine.wait_for_closed_port(port, address.as_deref(), timeout.map(duration));
        let action = port_action("wait-for-closed-port", port, address.as_deref());
        self.call_on(&machine, action, work).await
    }

    async fn wait_for_open_unix_socket(
        &mut self,
        handle: Resource<Machine>,
        path: String,
        kind: network::UnixSocketKind,
        timeout: Option<u32>,
    ) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let kind = match kind {
            network::UnixSocketKind::Stream => UnixSocketKind::Stream,
            network::UnixSocketKind::Datagram => UnixSocketKind::Datagram,
        };
        let work = machine.wait_for_open_unix_socket(&path, kind, timeout.map(duration));
        let action = action("wait-for-open-unix-socket", &path);
        self.call_on(&machine, action, work).await
    }
}
