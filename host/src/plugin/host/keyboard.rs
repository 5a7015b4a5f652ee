//! `keyboard`: a machine's keyboard.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::machine::{Machine, action};
use crate::plugin::bindings::proctor::driver::{keyboard, types};
use crate::plugin::state::TestState;

type Answer = Result<Result<(), types::Error>>;

impl keyboard::Host for TestState {
    async fn send_key(
        &mut self,
        handle: Resource<Machine>,
        key: String,
        delay: Option<u32>,
        timeout: Option<u32>,
    ) -> Answer {
        let machine = self.machine(&handle)?;
        let work = machine.send_key(&key, delay.map(duration), timeout.map(duration));
        self.call_on(&machine, action("send-key", &key), work).await
    }

    async fn send_chars(
        &mut self,
        handle: Resource<Machine>,
        text: String,
        delay: Option<u32>,
        timeout: Option<u32>,
    ) -> Answer {
        let machine = self.machine(&handle)?;
        let work = machine.send_chars(&text, delay.map(duration), timeout.map(duration));
        self.call_on(&machine, action("send-chars", &text), work).await
    }
}
