//! `shell`: commands on a machine.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::machine::{Machine, action};
use crate::plugin::bindings::proctor::driver::{shell, types};
use crate::plugin::state::TestState;

type Answer<T> = Result<Result<T, types::Error>>;

impl shell::Host for TestState {
    async fn execute(
        &mut self,
        handle: Resource<Machine>,
        command: String,
        timeout: Option<u32>,
    ) -> Answer<types::CommandResult> {
        let machine = self.machine(&handle)?;
        let work = machine.execute(&command, timeout.map(duration));
        let result = self.call(Some(machine.name()), action("execute", &command), work).await;
        Ok(result.map(types::CommandResult::from))
    }

    async fn succeed(&mut self, handle: Resource<Machine>, command: String, timeout: Option<u32>) -> Answer<Vec<u8>> {
        let machine = self.machine(&handle)?;
        let work = machine.succeed(&command, timeout.map(duration));
        let result = self.call(Some(machine.name()), action("succeed", &command), work).await;
        Ok(result.map(|result| result.stdout))
    }

    async fn fail(&mut self, handle: Resource<Machine>, command: String, timeout: Option<u32>) -> Answer<Vec<u8>> {
        let machine = self.machine(&handle)?;
        let work = machine.fail(&command, timeout.map(duration));
        let result = self.call(Some(machine.name()), action("fail", &command), work).await;
        Ok(result.map(|result| result.stdout))
    }

    async fn wait_until_succeeds(
        &mut self,
        handle: Resource<Machine>,
        command: String,
        timeout: Option<u32>,
        attempt: Option<u32>,
    ) -> Answer<Vec<u8>> {
        let machine = self.machine(&handle)?;
        let work = machine.wait_until_succeeds(&command, timeout.map(duration), attempt.map(duration));
        let result = self
            .call(Some(machine.name()), action("wait-until-succeeds", &command), work)
            .await;
        Ok(result.map(|result| result.stdout))
    }

    async fn wait_until_fails(
        &mut self,
        handle: Resource<Machine>,
        command: String,
        timeout: Option<u32>,
        attempt: Option<u32>,
    ) -> Answer<Vec<u8>> {
        let machine = self.machine(&handle)?;
        let work = machine.wait_until_fails(&command, timeout.map(duration), attempt.map(duration));
        let result = self
            .call(Some(machine.name()), action("wait-until-fails", &command), work)
            .await;
        Ok(result.map(|result| result.stdout))
    }

    async fn sleep(&mut self, handle: Resource<Machine>, time: u32) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let time = duration(time);
        let work = machine.sleep(time);
        self.call_on(&machine, format!("sleep({} s)", time.as_secs_f64()), work)
            .await
    }
}
