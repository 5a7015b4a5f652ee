//! `units`: the services of a machine that runs systemd.

use wasmtime::Result;
use wasmtime::component::Resource;

use super::duration;
use crate::machine::{Machine, Unit};
use crate::plugin::bindings::proctor::driver::{types, units};
use crate::plugin::state::TestState;

type Answer<T> = Result<Result<T, types::Error>>;

impl units::Host for TestState {
    async fn systemctl(
        &mut self,
        handle: Resource<Machine>,
        arguments: String,
        user: Option<String>,
        timeout: Option<u32>,
    ) -> Answer<types::CommandResult> {
        let machine = self.machine(&handle)?;
        let work = machine.systemctl(&arguments, user.as_deref(), timeout.map(duration));
        let shown = Unit::of(&arguments, user.as_deref());
        let result = self
            .call(Some(machine.name()), shown.action("systemctl", &[]), work)
            .await;
        Ok(result.map(types::CommandResult::from))
    }

    async fn wait_for_unit(
        &mut self,
        handle: Resource<Machine>,
        unit: String,
        user: Option<String>,
        timeout: Option<u32>,
    ) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let unit = Unit::of(&unit, user.as_deref());
        let work = machine.wait_for_unit(unit, timeout.map(duration));
        self.call_on(&machine, unit.action("wait-for-unit", &[]), work).await
    }

    async fn wait_for_unit_state(
        &mut self,
        handle: Resource<Machine>,
        unit: String,
        state: String,
        user: Option<String>,
        timeout: Option<u32>,
    ) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let unit = Unit::of(&unit, user.as_deref());
        let work = machine.wait_for_unit_state(unit, &state, timeout.map(duration));
        self.call_on(&machine, unit.action("wait-for-unit-state", &[&state]), work)
            .await
    }

    async fn get_unit_info(
        &mut self,
        handle: Resource<Machine>,
        unit: String,
        user: Option<String>,
        timeout: Option<u32>,
    ) -> Answer<Vec<(String, String)>> {
        let machine = self.machine(&handle)?;
        let unit = Unit::of(&unit, user.as_deref());
        let work = machine.get_unit_info(unit, timeout.map(duration));
        self.call_on(&machine, unit.action("get-unit-info", &[]), work).await
    }

    async fn get_unit_property(
        &mut self,
        handle: Resource<Machine>,
        unit: String,
        property: String,
        user: Option<String>,
        timeout: Option<u32>,
    ) -> Answer<String> {
        let machine = self.machine(&handle)?;
        let unit = Unit::of(&unit, user.as_deref());
        let work = machine.get_unit_property(unit, &property, timeout.map(duration));
        self.call_on(&machine, unit.action("get-unit-property", &[&property]), work)
            .await
    }

    async fn require_unit_state(
        &mut self,
        handle: Resource<Machine>,
        unit: String,
        state: String,
        user: Option<String>,
        timeout: Option<u32>,
    ) -> Answer<()> {
        let machine = self.machine(&handle)?;
        let unit = Unit::of(&unit, user.as_deref());
        let work = machine.require_unit_state(unit, &state, timeout.map(duration));
        self.call_on(&machine, unit.action("require-unit-state", &[&state]), work)
            .await
    }

    async fn start_job(
        &mut self,
        handle: Resource<Machine>,
        unit: String,
        user: Option<String>,
        timeout: Option<u32>,
    ) -> Answer<types::CommandResult> {
        let machine = self.machine(&handle)?;
        let unit = Unit::of(&unit, user.as_deref());
        let result = self
            .call(
                Some(machine.name()),
                unit.action("start-job", &[]),
                machine.start_job(unit, timeout.map(duration)),
            )
            .await;
        Ok(result.map(types::CommandResult::from))
    }

    async fn stop_job(
        &mut self,
        handle: Resource<Machine>,
        unit: String,
        user: Option<String>,
        timeout: Option<u32>,
    ) -> Answer<types::CommandResult> {
        let machine = self.machine(&handle)?;
        let unit = Unit::of(&unit, user.as_deref());
        let result = self
            .call(
                Some(machine.name()),
                unit.action("stop-job", &[]),
                machine.stop_job(unit, timeout.map(duration)),
            )
            .await;
        Ok(result.map(types::CommandResult::from))
    }
}
