//! `network`: a machine's interfaces, from outside.

use wasmtime::Result;
use wasmtime::component::Resource;

use crate::machine::Machine;
use crate::plugin::bindings::proctor::driver::{network, types};
use crate::plugin::state::TestState;

impl network::Host for TestState {
    async fn block(&mut self, handle: Resource<Machine>) -> Result<Result<(), types::Error>> {
        let machine = self.machine(&handle)?;
        Ok(self.call(Some(machine.name()), "block".into(), machine.block()).await)
    }

    async fn unblock(&mut self, handle: Resource<Machine>) -> Result<Result<(), types::Error>> {
        let machine = self.machine(&handle)?;
        Ok(self
            .call(Some(machine.name()), "unblock".into(), machine.unblock())
            .await)
    }
}
