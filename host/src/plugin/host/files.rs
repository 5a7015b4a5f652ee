//! `files`: a machine's files, and files that go into it and come out of it.

use std::time::Duration;

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::error::Error;
use crate::machine::{Machine, action, action_of};
use crate::plugin::bindings::proctor::driver::{files, types};
use crate::plugin::state::TestState;

type Answer<T> = Result<Result<T, types::Error>>;

impl files::Host for TestState {
    async fn wait_for_file(&mut self, handle: Resource<Machine>, path: String, timeout: Option<u32>) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let work = machine.wait_for_file(&path, timeout.map(duration));
        self.call_on(&machine, action("wait-for-file", &path), work).await
    }

    async fn copy_from_host(
        &mut self,
        handle: Resource<Machine>,
        source: String,
        target: String,
        timeout: Option<u32>,
    ) -> Answer<()> {
        let (machine, driver) = (self.machine(&handle)?, self.driver.clone());
        let work = machine.copy_from_host(driver.grants(), &source, &target, timeout.map(duration));
        let action = action_of("copy-from-host", &[&source, &target]);
        self.call_on(&machine, action, work).await
    }

    async fn copy_from_host_via_shell(
        &mut self,
        handle: Resource<Machine>,
        source: String,
        target: String,
        timeout: Option<u32>,
    ) -> Answer<()> {
        let (machine, driver) = (self.machine(&handle)?, self.driver.clone());
        let work = machine.copy_from_host_via_shell(driver.grants(), &source, &target, timeout.map(duration));
        let action = action_of("copy-from-host-via-shell", &[&source, &target]);
        self.call_on(&machine, action, work).await
    }

    async fn copy_from_machine(
        &mut self,
        handle: Resource<Machine>,
        source: String,
        target_directory: String,
        timeout: Option<u32>,
    ) -> Answer<String> {
        let (machine, driver) = (self.machine(&handle)?, self.driver.clone());
        let action = action_of("copy-from-machine", &[&source, &target_directory]);
        let work = async {
            let output = driver.output().map_err(|cause| Error {
                machine: Some(machine.name().into()),
                action: action.clone(),
                elapsed: Duration::ZERO,
                cause,
            })?;
            let timeout = timeout.map(duration);
            machine
                .copy_from_machine(output, &source, &target_directory, timeout)
                .await
        };
        let copied = self.call(Some(machine.name()), action.clone(), work).await;
        Ok(copied.map(|path| {
            self.saved(Some(&machine), &path);
            path.to_string_lossy().into_owned()
        }))
    }
}
