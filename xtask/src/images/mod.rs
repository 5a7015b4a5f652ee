//! `cargo xtask images`: the machines that tests run on.
//!
//! A machine's recipe is a directory of readable files below `tests/images`; this module only interprets it.

mod build;
mod cpio;
mod disk;
mod downloads;
mod kernel;
mod kernel_package;
mod recipe;
mod recipe_files;
mod repository;
mod start_script;
mod tree;

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::progress::{say, step};
use crate::system_packages;

pub(crate) use start_script::StartScript;

/// A kind of machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Image {
    /// A kernel, busybox and bash: starts in seconds
    Mini,
    /// Debian with systemd, a server, terminals and a screen
    Systemd,
}

impl Image {
    /// All kinds.
    pub(crate) const ALL: [Self; 2] = [Self::Mini, Self::Systemd];

    /// The name of its recipe's directory.
    fn name(self) -> &'static str {
        match self {
            Self::Mini => "mini",
            Self::Systemd => "systemd",
        }
    }

    /// Its directory, built where the cache has none made of the same recipe and packages; `refresh` asks the mirror for
    /// newer packages first.
    pub(crate) fn ensure(self, refresh: bool) -> Result<PathBuf> {
        build::ensure(self.name(), refresh)
    }

    /// The directories of all kinds, with the variables that tell them to tests.
    pub(crate) fn ensure_all() -> Result<[(&'static str, PathBuf); 2]> {
        Ok([
            ("PROCTOR_MINI", step("image mini", || Self::Mini.ensure(false))?),
            (
                "PROCTOR_SYSTEMD",
                step("image systemd", || Self::Systemd.ensure(false))?,
            ),
        ])
    }
}

/// Arguments of `cargo xtask images`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Build this one alone; a start script is for `mini` where none is named
    #[arg(long)]
    image: Option<Image>,
    /// Ask the Debian mirror for newer packages, rather than use those downloaded before
    #[arg(long)]
    refresh: bool,
    /// Also write a start script `run-NAME-vm` for a machine of this name
    #[arg(long, value_name = "NAME", requires = "output")]
    start_script: Option<String>,
    /// Number of the machine, the last part of its addresses
    #[arg(long, default_value_t = 1)]
    node: u8,
    /// VLANs of the machine, in the order of its interfaces
    #[arg(long, num_args = 1.., value_name = "N")]
    vlans: Vec<u8>,
    /// Machines to list in /etc/hosts, as NAME=NODE
    #[arg(long, num_args = 1.., value_name = "NAME=NODE")]
    hosts: Vec<String>,
    /// Give the machine a screen with large text (`systemd` alone has one)
    #[arg(long, requires = "start_script")]
    screen: bool,
    /// Directory to write the start script to
    #[arg(long, value_name = "DIRECTORY")]
    output: Option<PathBuf>,
}

impl Arguments {
    fn images(&self) -> Vec<Image> {
        match (self.image, &self.start_script) {
            (Some(image), _) => vec![image],
            (None, Some(_)) => vec![Image::Mini],
            (None, None) => Image::ALL.to_vec(),
        }
    }
}

/// Builds the images that are not in the cache, and prints their directories on standard output.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let images = arguments.images();
    if arguments.screen && images != [Image::Systemd] {
        return Err(Error::Invalid("only a machine of --image systemd has a screen".into()));
    }
    system_packages::ensure(&images)?;
    for kind in images {
        let image = kind.ensure(arguments.refresh)?;
        if let (Some(name), Some(output)) = (&arguments.start_script, &arguments.output) {
            let script = StartScript {
                name,
                node: arguments.node,
                vlans: &arguments.vlans,
                hosts: &arguments.hosts,
                screen: arguments.screen,
            };
            say(&format!("wrote {}", script.write(&image, output)?.display()));
        }
        println!("{}", image.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn parsed(words: &[&str]) -> Arguments {
        Command::try_parse_from([&["images"], words].concat())
            .unwrap()
            .arguments
    }

    #[test]
    fn all_are_built_unless_one_is_named_or_started() {
        assert_eq!(parsed(&[]).images(), Image::ALL);
        assert_eq!(parsed(&["--image", "systemd"]).images(), [Image::Systemd]);
        let script = ["--start-script", "server", "--output", "machines"];
        assert_eq!(parsed(&script).images(), [Image::Mini]);
        assert_eq!(
            parsed(&[&script[..], &["--image", "systemd"]].concat()).images(),
            [Image::Systemd]
        );
    }

    #[test]
    fn a_screen_is_refused_where_there_is_none() {
        let arguments = parsed(&["--start-script", "server", "--output", "machines", "--screen"]);
        assert!(run(&arguments).unwrap_err().to_string().contains("--image systemd"));
    }
}
