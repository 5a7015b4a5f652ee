//! `console`: a machine's serial console and its virtual terminals.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::event::{Level, Source};
use crate::machine::{Machine, action, action_of};
use crate::plugin::bindings::proctor::driver::{console, types};
use crate::plugin::state::TestState;

type Answer<T> = Result<Result<T, types::Error>>;

impl console::Host for TestState {
    async fn wait_for_console_text(
        &mut self,
        handle: Resource<Machine>,
        pattern: String,
        timeout: Option<u32>,
    ) -> Answer<String> {
        let machine = self.machine(&handle)?;
        let work = machine.wait_for_console_text(&pattern, timeout.map(duration));
        self.call_on(&machine, action("wait-for-console-text", &pattern), work)
            .await
    }

    async fn get_console_log(&mut self, handle: Resource<Machine>) -> Answer<String> {
        let machine = self.machine(&handle)?;
        let work = async { Ok(machine.console_log()) };
        Ok(self
            .recorded(Some(machine.name()), "get-console-log".into(), work)
            .await)
    }

    async fn send_console(&mut self, handle: Resource<Machine>, text: String, timeout: Option<u32>) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let work = machine.send_console(&text, timeout.map(duration));
        self.call_on(&machine, action("send-console", &text), work).await
    }

    async fn get_tty_text(&mut self, handle: Resource<Machine>, tty: String, timeout: Option<u32>) -> Answer<String> {
        let machine = self.machine(&handle)?;
        let work = machine.tty_text(&tty, timeout.map(duration));
        self.call_on(&machine, action("get-tty-text", &tty), work).await
    }

    async fn wait_until_tty_matches(
        &mut self,
        handle: Resource<Machine>,
        tty: String,
        pattern: String,
        timeout: Option<u32>,
    ) -> Answer<String> {
        let machine = self.machine(&handle)?;
        let work = machine.wait_until_tty_matches(&tty, &pattern, timeout.map(duration));
        self.call_on(&machine, action_of("wait-until-tty-matches", &[&tty, &pattern]), work)
            .await
    }

    async fn dump_tty_contents(&mut self, handle: Resource<Machine>, tty: String, timeout: Option<u32>) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let work = machine.tty_text(&tty, timeout.map(duration));
        let shown = self
            .call(Some(machine.name()), action("dump-tty-contents", &tty), work)
            .await;
        Ok(shown.map(|shown| {
            let source = Source::Machine(machine.name().into());
            let text = format!("/dev/tty{tty}:\n{shown}");
            self.log.line_of(source, Level::Info, text.as_bytes());
        }))
    }
}
