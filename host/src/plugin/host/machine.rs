//! `machine`: a machine's life.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::machine::Machine;
use crate::plugin::bindings::proctor::driver::{machine, types};
use crate::plugin::state::TestState;

impl machine::Host for TestState {}

type Answer = Result<Result<(), types::Error>>;

impl TestState {
    /// The machine behind a handle.
    pub(super) fn machine(&self, handle: &Resource<Machine>) -> Result<Machine> {
        Ok(self.table.get(handle)?.clone())
    }
}

impl machine::HostMachine for TestState {
    async fn name(&mut self, handle: Resource<Machine>) -> Result<String> {
        Ok(self.machine(&handle)?.name().to_owned())
    }

    async fn start(&mut self, handle: Resource<Machine>, allow_reboot: bool, timeout: Option<u32>) -> Answer {
        let machine = self.machine(&handle)?;
        let work = machine.start(allow_reboot, timeout.map(duration));
        self.call_on(&machine, "start", work).await
    }

    async fn reboot(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Answer {
        let machine = self.machine(&handle)?;
        let work = machine.reboot(timeout.map(duration));
        self.call_on(&machine, "reboot", work).await
    }

    async fn switch_root(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Answer {
        let machine = self.machine(&handle)?;
        let work = machine.switch_root(timeout.map(duration));
        self.call_on(&machine, "switch-root", work).await
    }

    async fn connect(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Answer {
        let machine = self.machine(&handle)?;
        self.call_on(&machine, "connect", machine.connect(timeout.map(duration)))
            .await
    }

    async fn is_up(&mut self, handle: Resource<Machine>) -> Result<bool> {
        Ok(self.machine(&handle)?.is_up().await)
    }

    async fn shutdown(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Answer {
        let machine = self.machine(&handle)?;
        self.call_on(&machine, "shutdown", machine.shutdown(timeout.map(duration)))
            .await
    }

    async fn crash(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Answer {
        let machine = self.machine(&handle)?;
        self.call_on(&machine, "crash", machine.crash(timeout.map(duration)))
            .await
    }

    async fn wait_for_shutdown(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Answer {
        let machine = self.machine(&handle)?;
        let work = machine.wait_for_shutdown(timeout.map(duration));
        self.call_on(&machine, "wait-for-shutdown", work).await
    }

    async fn drop(&mut self, handle: Resource<Machine>) -> Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}
