//! `script`: what an interpreter runs.

use wasmtime::Result;
use wasmtime::component::Resource;

use crate::limits::{FINDING_BYTES, FINDINGS};
use crate::machine::{Machine, MachineDescription, action};
use crate::plugin::Finding;
use crate::plugin::bindings::proctor::driver::{script, types};
use crate::plugin::state::TestState;
use crate::text;

impl script::Host for TestState {
    async fn script_file(&mut self) -> Result<String> {
        Ok(self.script.as_ref().map(|script| script.file()).unwrap_or_default())
    }

    async fn script_name(&mut self) -> Result<String> {
        Ok(self.script.as_ref().map(|script| script.name()).unwrap_or_default())
    }

    async fn script_text(&mut self) -> Result<Vec<u8>> {
        Ok(self
            .script
            .as_ref()
            .map(|script| script.text.clone())
            .unwrap_or_default())
    }

    async fn output_directory(&mut self) -> Result<String> {
        let path = self.mounts.as_ref().map(|mounts| mounts.output.to_string_lossy());
        Ok(path.unwrap_or_default().into_owned())
    }

    async fn script_purpose(&mut self) -> Result<script::Purpose> {
        Ok(match (&self.check, &self.session) {
            (Some(_), _) => script::Purpose::Check,
            (None, Some(_)) => script::Purpose::Interact,
            (None, None) => script::Purpose::Run,
        })
    }

    async fn machine_names(&mut self) -> Result<Vec<String>> {
        Ok(self
            .check
            .as_ref()
            .map(|check| check.machines.clone())
            .unwrap_or_default())
    }

    async fn vlan_numbers(&mut self) -> Result<Vec<u32>> {
        Ok(self.check.as_ref().map(|check| check.vlans.clone()).unwrap_or_default())
    }

    async fn report_finding(&mut self, line: u32, column: u32, message: String, is_error: bool) -> Result<()> {
        if let Some(check) = self.check.as_mut().filter(|check| check.findings.len() < FINDINGS) {
            check.findings.push(Finding {
                line,
                column,
                message: text::clean(message.as_bytes(), FINDING_BYTES),
                is_error,
            });
        }
        Ok(())
    }

    async fn forget_shell(&mut self, handle: Resource<Machine>) -> Result<Result<(), types::Error>> {
        let machine = self.machine(&handle)?;
        self.call_on(&machine, "forget-shell", machine.forget_shell()).await
    }

    async fn create_machine_of_command(
        &mut self,
        command: String,
        name: Option<String>,
    ) -> Result<Result<Resource<Machine>, types::Error>> {
        let driver = self.driver.clone();
        let described = MachineDescription::of_command(self.on_host(command), name);
        let action = action("create-machine-of-command", described.name());
        let work = async { driver.create_machine(&described) };
        match self.recorded(None, action, work).await {
            Ok(machine) => Ok(Ok(self.table.push(machine)?)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn state_directory(&mut self, handle: Resource<Machine>) -> Result<Result<String, types::Error>> {
        let (machine, driver) = (self.machine(&handle)?, self.driver.clone());
        let work = async {
            let grants = driver.grants();
            let refused = |cause| machine.refused("state-directory", cause);
            if !grants.monitor {
                grants
                    .check_create_machine(|| {
                        "the state directory of a machine, whose disks may command this computer".into()
                    })
                    .map_err(refused)?;
            }
            Ok(machine.state_directory().to_string_lossy().into_owned())
        };
        Ok(self
            .recorded(Some(machine.name()), "state-directory".into(), work)
            .await)
    }

    async fn use_state_directory(
        &mut self,
        handle: Resource<Machine>,
        other: Resource<Machine>,
    ) -> Result<Result<(), types::Error>> {
        let (machine, other) = (self.machine(&handle)?, self.machine(&other)?);
        let work = async {
            machine.use_state_directory(&other);
            Ok(())
        };
        let action = action("use-state-directory", other.name());
        Ok(self.recorded(Some(machine.name()), action, work).await)
    }

    async fn set_start_environment(&mut self, variables: Vec<(String, String)>) -> Result<Result<(), types::Error>> {
        let driver = self.driver.clone();
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name, self.on_host(value)))
            .collect();
        let work = async { driver.set_start_environment(variables) };
        Ok(self.recorded(None, "set-start-environment".into(), work).await)
    }
}
