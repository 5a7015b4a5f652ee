//! `cargo xtask demo`: an example, with everything that it needs.

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::error::{Error, FileContext, Result};
use crate::images::{Image, StartScript};
use crate::progress::step;
use crate::projects::Builder;
use crate::{guest_target, system_packages, workspace};

/// An example below `examples/rust`.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Example {
    /// Two small machines, a network and a cable that is pulled
    TwoMachines,
    /// A small machine that reboots, loses its power and comes back
    Power,
    /// A machine with systemd and a screen: nginx, and a person who logs in
    WebService,
}

/// What an example runs with.
struct Needs {
    /// Its name, which its directory and its component have.
    name: &'static str,
    /// Its machines and their numbers.
    machines: &'static [(&'static str, u8)],
    /// What they are.
    image: Image,
    /// The networks that all of them are on.
    vlans: &'static [u8],
    /// What it may do beside its machines.
    grants: &'static [&'static str],
    /// A directory of the example that it may read, under its own name.
    readable: Option<&'static str>,
}

impl Example {
    fn needs(self) -> Needs {
        match self {
            Self::TwoMachines => Needs {
                name: "two-machines",
                machines: &[("server", 1), ("client", 2)],
                image: Image::Mini,
                vlans: &[1],
                grants: &[],
                readable: None,
            },
            Self::Power => Needs {
                name: "power",
                machines: &[("machine", 1)],
                image: Image::Mini,
                vlans: &[],
                grants: &[],
                readable: None,
            },
            Self::WebService => Needs {
                name: "web-service",
                machines: &[("server", 1)],
                image: Image::Systemd,
                vlans: &[],
                grants: &["--allow-forward-port"],
                readable: Some("site"),
            },
        }
    }
}

/// Arguments of `cargo xtask demo`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which
    #[arg(value_enum, default_value_t = Example::TwoMachines)]
    example: Example,
    /// Passed to `proctor run`
    #[arg(last = true)]
    run_arguments: Vec<String>,
}

/// Prepares the example and becomes `proctor`, so signals and the exit status are its own.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let needs = arguments.example.needs();
    step("system packages", || system_packages::ensure(&[needs.image]))?;
    let target = step("guest target", || guest_target::ensure(None))?;
    let image = step("image", || needs.image.ensure(false))?;
    step("build of the host", || workspace::build_release("proctor"))?;
    let proctor = workspace::program("release", "proctor")?;
    let project = workspace::directory().join("examples/rust").join(needs.name);
    let builder = Builder {
        proctor: proctor.clone(),
        target: &target,
    };
    let component = step("build of the example", || builder.build_example(&project))?;

    let directory = workspace::target_directory()?.join("demo").join(needs.name);
    let output = directory.join("output");
    std::fs::create_dir_all(&output).while_trying_to("make", &output)?;
    let hosts: Vec<_> = needs
        .machines
        .iter()
        .map(|(name, node)| format!("{name}={node}"))
        .collect();
    let mut proctor = Command::new(proctor);
    proctor.arg("run").arg(component).arg("--start-scripts");
    for &(name, node) in needs.machines {
        proctor.arg(
            StartScript {
                name,
                node,
                vlans: needs.vlans,
                hosts: &hosts,
                screen: needs.image == Image::Systemd,
            }
            .write(&image, &directory)?,
        );
    }
    proctor
        .arg("--vlans")
        .args(needs.vlans.iter().map(u8::to_string))
        .args(needs.grants);
    if let Some(name) = needs.readable {
        let path = project.join(name);
        proctor.arg("--allow-read").arg(format!("{name}={}", path.display()));
    }
    let says_where = |argument: &String| argument.starts_with("-o") || argument.starts_with("--output");
    if !arguments.run_arguments.iter().any(says_where) {
        proctor.arg("--output-directory").arg(&output);
    }
    proctor.args(&arguments.run_arguments);
    let source = proctor.exec();
    Err(Error::Start {
        program: proctor.get_program().to_string_lossy().into_owned(),
        source,
    })
}
