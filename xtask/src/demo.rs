//! `cargo xtask demo`: the example of two machines, with everything that it needs.

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::error::{Error, Result};
use crate::images::{Image, StartScript};
use crate::progress::step;
use crate::{guest_programs, guest_target, system_packages, workspace};

/// The example, below `examples/rust`.
const EXAMPLE: &str = "two-machines";
/// Its machines and their numbers.
const MACHINES: [(&str, u8); 2] = [("server", 1), ("client", 2)];
/// What they are.
const IMAGE: Image = Image::Mini;
/// The network that both are on.
const VLAN: u8 = 1;

/// Arguments of `cargo xtask demo`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Passed to `proctor run`
    #[arg(last = true)]
    run_arguments: Vec<String>,
}

/// Prepares the example and becomes `proctor`, so signals and the exit status are its own.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    step("system packages", || system_packages::ensure(&[IMAGE]))?;
    let target = step("guest target", || guest_target::ensure(None))?;
    let image = step("image", || IMAGE.ensure(false))?;
    step("build of the host", || workspace::build_release("proctor"))?;
    let components = step("build of the example", || guest_programs::build_examples(&target))?;

    let scripts = workspace::target_directory()?.join("demo");
    let hosts = MACHINES.map(|(name, node)| format!("{name}={node}"));
    let mut proctor = Command::new(workspace::program("release", "proctor")?);
    proctor
        .arg("run")
        .arg(components.join(format!("{EXAMPLE}.wasm")))
        .arg("--start-scripts");
    for (name, node) in MACHINES {
        proctor.arg(
            StartScript {
                name,
                node,
                vlans: &[VLAN],
                hosts: &hosts,
                screen: false,
            }
            .write(&image, &scripts)?,
        );
    }
    proctor
        .arg("--vlans")
        .arg(VLAN.to_string())
        .args(&arguments.run_arguments);
    let source = proctor.exec();
    Err(Error::Start {
        program: proctor.get_program().to_string_lossy().into_owned(),
        source,
    })
}
