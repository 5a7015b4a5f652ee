//! `driver`: the machines and VLANs of an attempt.

use std::sync::Arc;

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use super::vlan::HostVlan;
use crate::machine::Machine;
use crate::plugin::bindings::proctor::driver::{driver, types};
use crate::plugin::state::TestState;

impl driver::Host for TestState {
    async fn machines(&mut self) -> Result<Vec<Resource<Machine>>> {
        let machines = self.driver.machines().to_vec();
        machines
            .into_iter()
            .map(|machine| Ok(self.table.push(machine)?))
            .collect()
    }

    async fn get_machine(&mut self, name: String) -> Result<Result<Resource<Machine>, types::Error>> {
        match self.driver.machine(&name) {
            Ok(machine) => Ok(Ok(self.table.push(machine.clone())?)),
            Err(error) => Ok(Err(error.into())),
        }
    }

    async fn vlans(&mut self) -> Result<Vec<Resource<HostVlan>>> {
        let vlans: Vec<HostVlan> = self.driver.vlans().iter().map(Arc::clone).collect();
        vlans.into_iter().map(|vlan| Ok(self.table.push(vlan)?)).collect()
    }

    async fn start_all(&mut self) -> Result<Result<(), types::Error>> {
        let driver = self.driver.clone();
        Ok(self.call(None, "start-all".into(), driver.start_all()).await)
    }

    async fn join_all(&mut self, timeout: Option<u32>) -> Result<Result<(), types::Error>> {
        let driver = self.driver.clone();
        Ok(self
            .call(None, "join-all".into(), driver.join_all(timeout.map(duration)))
            .await)
    }
}
