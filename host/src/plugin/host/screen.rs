//! `screen`: what a machine shows on its screen.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::event::EventKind;
use crate::machine::{Machine, action};
use crate::output_directory;
use crate::plugin::bindings::proctor::driver::{screen, types};
use crate::plugin::state::TestState;

type Answer<T> = Result<Result<T, types::Error>>;

impl screen::Host for TestState {
    async fn screenshot(&mut self, handle: Resource<Machine>, name: String, timeout: Option<u32>) -> Answer<String> {
        let machine = self.machine(&handle)?;
        let driver = self.driver.clone();
        let work = machine.screenshot(driver.output(), &name, timeout.map(duration));
        let path = self.call(Some(machine.name()), action("screenshot", &name), work).await;
        Ok(path.map(|path| {
            self.log.emit(EventKind::Screenshot {
                machine: machine.name().into(),
                file: output_directory::shown(&path),
            });
            path.to_string_lossy().into_owned()
        }))
    }

    async fn get_screen_text(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Answer<String> {
        let machine = self.machine(&handle)?;
        let work = machine.screen_text(timeout.map(duration));
        self.call_on(&machine, "get-screen-text", work).await
    }

    async fn get_screen_text_variants(
        &mut self,
        handle: Resource<Machine>,
        timeout: Option<u32>,
    ) -> Answer<Vec<String>> {
        let machine = self.machine(&handle)?;
        let work = machine.screen_text_variants(timeout.map(duration));
        self.call_on(&machine, "get-screen-text-variants", work).await
    }

    async fn wait_for_text(
        &mut self,
        handle: Resource<Machine>,
        pattern: String,
        timeout: Option<u32>,
    ) -> Answer<String> {
        let machine = self.machine(&handle)?;
        let work = machine.wait_for_text(&pattern, timeout.map(duration));
        self.call_on(&machine, action("wait-for-text", &pattern), work).await
    }

    async fn wait_for_x(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let work = machine.wait_for_x(timeout.map(duration));
        self.call_on(&machine, "wait-for-x", work).await
    }

    async fn get_window_names(&mut self, handle: Resource<Machine>, timeout: Option<u32>) -> Answer<Vec<String>> {
        let machine = self.machine(&handle)?;
        let work = machine.window_names(timeout.map(duration));
        self.call_on(&machine, "get-window-names", work).await
    }

    async fn wait_for_window(
        &mut self,
        handle: Resource<Machine>,
        pattern: String,
        timeout: Option<u32>,
    ) -> Answer<String> {
        let machine = self.machine(&handle)?;
        let work = machine.wait_for_window(&pattern, timeout.map(duration));
        self.call_on(&machine, action("wait-for-window", &pattern), work).await
    }
}
