//! `vlan`: the virtual networks.

use std::sync::Arc;

use wasmtime::Result;
use wasmtime::component::Resource;

use crate::plugin::bindings::proctor::driver::vlan;
use crate::plugin::state::TestState;
use crate::vlan::Vlan;

/// A test's handle on a VLAN.
pub type HostVlan = Arc<Vlan>;

impl vlan::Host for TestState {}

impl vlan::HostVlan for TestState {
    async fn number(&mut self, handle: Resource<HostVlan>) -> Result<u32> {
        Ok(self.table.get(&handle)?.number())
    }

    async fn is_up(&mut self, handle: Resource<HostVlan>) -> Result<bool> {
        Ok(self.table.get(&handle)?.is_up())
    }

    async fn drop(&mut self, handle: Resource<HostVlan>) -> Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
