//! `driver`: the machines and VLANs of an attempt.

use std::sync::Arc;

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use super::vlan::HostVlan;
use crate::machine::{Machine, MachineDescription, MachineParts, action};
use crate::plugin::bindings::proctor::driver::{driver, types};
use crate::plugin::state::TestState;

impl driver::Host for TestState {
    async fn machines(&mut self) -> Result<Vec<Resource<Machine>>> {
        self.driver
            .machines()
            .into_iter()
            .map(|machine| Ok(self.table.push(machine)?))
            .collect()
    }

    async fn get_machine(&mut self, name: String) -> Result<Result<Resource<Machine>, types::Error>> {
        match self.driver.machine(&name) {
            Ok(machine) => Ok(Ok(self.table.push(machine)?)),
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

    async fn create_machine(&mut self, parts: driver::MachineParts) -> Result<Result<Resource<Machine>, types::Error>> {
        let driver = self.driver.clone();
        let name = parts.name.clone();
        let described = MachineDescription::Parts(MachineParts {
            name: parts.name,
            disk: parts.disk.map(|path| self.on_host(path)),
            disk_interface: parts.disk_interface,
            cdrom: parts.cdrom.map(|path| self.on_host(path)),
            usb: parts.usb.map(|path| self.on_host(path)),
            bios: parts.bios.map(|path| self.on_host(path)),
            binary: parts.binary,
            arguments: parts.arguments.into_iter().map(|text| self.on_host(text)).collect(),
            netdev_arguments: parts.netdev_arguments,
            net_device_arguments: parts.net_device_arguments,
        });
        let work = async { driver.create_machine(&described) };
        match self.recorded(None, action("create-machine", &name), work).await {
            Ok(machine) => Ok(Ok(self.table.push(machine)?)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn parameters(&mut self) -> Result<Vec<(String, String)>> {
        let parameters = self.driver.parameters().iter();
        Ok(parameters.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    async fn write_output_file(&mut self, path: String, content: Vec<u8>) -> Result<Result<(), types::Error>> {
        let driver = self.driver.clone();
        let description = action("write-output-file", &path);
        let work = driver.write_output_file(&path, content);
        let written = self.recorded(None, description, work).await;
        Ok(written.map(|path| self.saved(None, &path)))
    }

    async fn join_all(&mut self, timeout: Option<u32>) -> Result<Result<(), types::Error>> {
        let driver = self.driver.clone();
        Ok(self
            .call(None, "join-all".into(), driver.join_all(timeout.map(duration)))
            .await)
    }
}
