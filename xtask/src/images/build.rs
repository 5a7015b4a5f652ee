//! Builds an image: a directory with `vmlinux`, `initramfs`, the script `boot` that starts a machine of it, and `disk`
//! where the recipe says what is installed on one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::downloads::{self, Downloads};
use super::kernel_package::Kernel;
use super::recipe;
use super::recipe_files::RecipeFiles;
use super::tree::Tree;
use crate::apt;
use crate::cache::{self, ContentKey};
use crate::error::{Error, FileContext, Result};
use crate::progress::{say, timed};

/// What builds the image is part of what it is made of.
const BUILDER: [&str; 9] = [
    include_str!("build.rs"),
    include_str!("cpio.rs"),
    include_str!("disk.rs"),
    include_str!("disk-hook.sh"),
    include_str!("kernel.rs"),
    include_str!("kernel_package.rs"),
    include_str!("recipe.rs"),
    include_str!("repository.rs"),
    include_str!("tree.rs"),
];
/// What all recipes' scripts `boot` read.
const BOOT_FUNCTIONS: &str = "machine.bash";
/// How the name of the kernel's package begins.
const KERNEL_PACKAGE: &str = "linux-image-";
const MODE_FILE: u32 = 0o644;
const MODE_SCRIPT: u32 = 0o755;

/// The image's directory, built where the cache has none made of the same recipe and packages.
pub(super) fn ensure(name: &str, refresh: bool) -> Result<PathBuf> {
    let files = RecipeFiles::read(name)?;
    let list = files.text("packages")?;
    let unpacked = downloads::named(list, &recipe::packages(list)?, refresh)?;
    let installed = if files.has_disk() {
        let list = files.text("installed")?;
        downloads::with_dependencies(list, &recipe::words("installed", list)?, refresh)?
    } else {
        Downloads::new()
    };

    let mut key = ContentKey::default();
    for (name, path) in unpacked.iter().chain(&installed) {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        key.add(name, file.as_bytes());
    }
    for (name, content) in files.iter() {
        key.add(name, content);
    }
    for source in BUILDER {
        key.add("builder", source.as_bytes());
    }
    cache::ensure("images", &format!("{name}-{}", key.finish()), |directory| {
        timed(&format!("image {name}"), || {
            say(&format!("building the image {name}"));
            build(&files, &unpacked, &installed, directory)
        })
    })
}

fn build(files: &RecipeFiles, downloads: &Downloads, installed: &Downloads, directory: &Path) -> Result<()> {
    let unpacked = tempfile::tempdir().while_trying_to("make", &std::env::temp_dir())?;
    let unpacked = unpacked.path();
    let modules = recipe::modules(files.text("modules")?)?;
    let mut kernel = None;
    for (name, file) in downloads {
        if name.starts_with(KERNEL_PACKAGE) {
            kernel = Some(Kernel::unpack(file, &unpacked.join(name), &modules)?);
        } else {
            apt::unpack(file, &unpacked.join(name), &[])?;
        }
    }
    let kernel = kernel.ok_or_else(|| Error::Invalid(format!("the recipe has no package {KERNEL_PACKAGE}*")))?;

    let lay_out = |name| Tree::lay_out(&recipe::layout(name, files.text(name)?)?, files, unpacked);
    let mut first = lay_out("layout")?;
    kernel.add_first_modules(&mut first)?;
    write(directory, "vmlinux", &kernel.vmlinux()?, MODE_FILE)?;
    write(directory, "initramfs", &first.archive(), MODE_FILE)?;
    write(directory, "boot", files.content("boot")?, MODE_SCRIPT)?;
    let functions = files.content(&format!("shared/{BOOT_FUNCTIONS}"))?;
    write(directory, BOOT_FUNCTIONS, functions, MODE_FILE)?;
    if !files.has_disk() {
        return Ok(());
    }
    let mut tree = lay_out("disk")?;
    kernel.add_all_modules(&mut tree)?;
    let disk = Disk {
        packages: &recipe::words("installed", files.text("installed")?)?,
        downloads: installed,
        excluded: &recipe::words("excluded", files.text("excluded")?)?,
        configure: files.content("configure")?,
    };
    disk.build(tree, &directory.join("disk"))
}

fn write(directory: &Path, name: &str, content: &[u8], mode: u32) -> Result<()> {
    let path = directory.join(name);
    fs::write(&path, content).while_trying_to("write", &path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).while_trying_to("set the mode of", &path)
}
