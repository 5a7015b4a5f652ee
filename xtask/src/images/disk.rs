//! The disk of a machine: a Debian system in a file system image, made without loop devices, and without root where
//! the machine lets users have user namespaces.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::downloads::Downloads;
use super::repository;
use super::tree::Tree;
use crate::error::{Error, FileContext, Result};
use crate::process::capture;

/// Size of the file system: room for a copied gigabyte and more. What is not used takes no space.
const DISK_SIZE: &str = "4G";
/// Called with the system's directory; makes the disk of it.
const HOOK: &str = include_str!("disk-hook.sh");
/// The suite of our own repository.
const SUITE: &str = "recipe";

/// What a disk is made of.
pub(super) struct Disk<'a> {
    /// Names of the packages that are wanted.
    pub(super) packages: &'a [String],
    /// Those packages and all that they need.
    pub(super) downloads: &'a Downloads,
    /// Patterns of files of packages that are left out.
    pub(super) excluded: &'a [String],
    /// The script that runs in the system last.
    pub(super) configure: &'a [u8],
}

impl Disk<'_> {
    /// Makes the disk, with `files` beside the packages, as the file `output`.
    pub(super) fn build(&self, files: Tree, output: &Path) -> Result<()> {
        // mmdebstrap's users are others than ours, so it works where everybody may look.
        let work = tempfile::Builder::new()
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir()
            .while_trying_to("make", &std::env::temp_dir())?;
        let work = work.path();
        let place = |name: &str| work.join(name);
        for name in ["repository", "files"] {
            fs::create_dir(place(name)).while_trying_to("make", &place(name))?;
        }
        repository::write(self.downloads, SUITE, &place("repository"))?;
        files.write(&place("files"))?;
        for (name, content, mode) in [
            ("hook", HOOK.as_bytes(), 0o755),
            ("configure", self.configure, 0o644),
            ("disk", b"", 0o666),
        ] {
            fs::write(place(name), content).while_trying_to("write", &place(name))?;
            fs::set_permissions(place(name), fs::Permissions::from_mode(mode))
                .while_trying_to("set the mode of", &place(name))?;
        }
        let root = nix::unistd::geteuid().is_root();
        let mut mmdebstrap = self.command(work, if root { "root" } else { "unshare" });
        capture(&mut mmdebstrap).map_err(|error| match error {
            error if root => error,
            error => Error::Invalid(format!(
                "{error}\nwithout root this needs user namespaces, the package uidmap, and a line for this user in \
                 /etc/subuid and /etc/subgid"
            )),
        })?;
        // The holes of the file are most of it.
        let mut copy = Command::new("cp");
        capture(copy.arg("--sparse=always").args([&place("disk"), output]))?;
        fs::set_permissions(output, fs::Permissions::from_mode(0o644)).while_trying_to("set the mode of", output)
    }

    fn command(&self, work: &Path, mode: &str) -> Command {
        let mut command = Command::new("mmdebstrap");
        command
            .arg(format!("--mode={mode}"))
            .args(["--variant=essential", "--format=null"])
            .arg(format!("--include={}", self.packages.join(",")));
        for pattern in self.excluded {
            command.arg(format!("--dpkgopt=path-exclude={pattern}"));
        }
        command
            .arg(format!("--customize-hook={}", work.join("hook").display()))
            .args([SUITE, "/dev/null"])
            // apt checked the packages' signatures when they were downloaded.
            .arg(format!(
                "deb [trusted=yes] copy:{} ./",
                work.join("repository").display()
            ))
            .env("PROCTOR_DISK_SIZE", DISK_SIZE);
        command
    }
}
