//! `monitor`: the machine's own monitor.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::machine::{Machine, action};
use crate::plugin::bindings::proctor::driver::{monitor, types};
use crate::plugin::state::TestState;

type Answer = Result<Result<String, types::Error>>;

impl monitor::Host for TestState {
    async fn send_monitor_command(
        &mut self,
        handle: Resource<Machine>,
        command: String,
        timeout: Option<u32>,
    ) -> Answer {
        let (machine, driver, command) = (self.machine(&handle)?, self.driver.clone(), self.on_host(command));
        let work = machine.send_monitor_command(driver.grants(), &command, timeout.map(duration));
        let action = action("send-monitor-command", &command);
        self.call_on(&machine, action, work).await
    }

    async fn send_qmp_command(
        &mut self,
        handle: Resource<Machine>,
        command: String,
        arguments: Option<String>,
        timeout: Option<u32>,
    ) -> Answer {
        let (machine, driver) = (self.machine(&handle)?, self.driver.clone());
        let arguments = arguments.map(|arguments| self.on_host(arguments));
        let work = machine.send_qmp_command(driver.grants(), &command, arguments.as_deref(), timeout.map(duration));
        let action = action("send-qmp-command", &command);
        self.call_on(&machine, action, work).await
    }

    async fn wait_for_qmp_event(
        &mut self,
        handle: Resource<Machine>,
        filter: monitor::EventFilter,
        timeout: Option<u32>,
    ) -> Answer {
        let (machine, driver) = (self.machine(&handle)?, self.driver.clone());
        let (name, data) = (filter.name.as_deref(), filter.data.as_deref());
        let work = machine.wait_for_qmp_event(driver.grants(), name, data, timeout.map(duration));
        let action = action("wait-for-qmp-event", name.unwrap_or("any"));
        self.call_on(&machine, action, work).await
    }
}
