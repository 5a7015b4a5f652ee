//! The package of the kernel: of its thousands of modules only those that a recipe wants are unpacked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::kernel;
use super::recipe::Module;
use super::tree::Tree;
use crate::apt;
use crate::error::{Error, FileContext, Result};
use crate::process::capture;

/// Where modules and the lists of their stages stand in the first file system.
const MODULE_DIRECTORY: &str = "/lib/modules";
/// The stage of modules that are not in the first file system.
const STAGE_ON_DISK: &str = "disk";
/// What tells modprobe which modules are part of the kernel itself.
const BUILTIN_LISTS: [&str; 3] = ["modules.builtin", "modules.builtin.modinfo", "modules.order"];

/// The kernel and the modules that a recipe wants.
pub(super) struct Kernel<'a> {
    directory: PathBuf,
    version: String,
    modules: &'a [Module],
}

impl<'a> Kernel<'a> {
    /// Unpacks a package into `directory`.
    pub(super) fn unpack(package: &Path, directory: &Path, modules: &'a [Module]) -> Result<Self> {
        let mut members = vec!["./boot/vmlinuz-*".to_owned()];
        members.extend(BUILTIN_LISTS.map(|name| format!("./lib/modules/*/{name}")));
        members.extend(
            modules
                .iter()
                .map(|module| format!("./lib/modules/*/kernel/{}", module.path)),
        );
        apt::unpack(package, directory, &members)?;

        let boot = directory.join("boot");
        let mut version = None;
        for entry in fs::read_dir(&boot).while_trying_to("read", &boot)? {
            let name = entry
                .while_trying_to("read", &boot)?
                .file_name()
                .to_string_lossy()
                .into_owned();
            version = version.or_else(|| name.strip_prefix("vmlinuz-").map(str::to_owned));
        }
        let version = version.ok_or_else(|| Error::Invalid(format!("{} holds no vmlinuz", package.display())))?;
        let kernel = Self {
            directory: directory.to_owned(),
            version,
            modules,
        };
        kernel.strip()?;
        Ok(kernel)
    }

    /// Without their symbols for debugging and their signature, modules load faster.
    fn strip(&self) -> Result<()> {
        let files = self.modules.iter().map(|module| self.file(module));
        capture(Command::new("strip").arg("--strip-debug").args(files)).map(drop)
    }

    fn module_directory(&self) -> PathBuf {
        self.directory.join("lib/modules").join(&self.version)
    }

    fn file(&self, module: &Module) -> PathBuf {
        self.module_directory().join("kernel").join(&module.path)
    }

    /// The uncompressed kernel.
    pub(super) fn vmlinux(&self) -> Result<Vec<u8>> {
        let compressed = self.directory.join("boot").join(format!("vmlinuz-{}", self.version));
        kernel::extract(&fs::read(&compressed).while_trying_to("read", &compressed)?)
    }

    /// Adds the modules of the first file system, and a list of their names for each stage.
    pub(super) fn add_first_modules(&self, tree: &mut Tree) -> Result<()> {
        let mut stages: BTreeMap<&str, String> = BTreeMap::new();
        for module in self.modules.iter().filter(|module| module.stage != STAGE_ON_DISK) {
            let file = self.file(module);
            let content = fs::read(&file).while_trying_to("read", &file)?;
            tree.add_file(&format!("{MODULE_DIRECTORY}/{}.ko", module.name()), content);
            let list = stages.entry(&module.stage).or_default();
            list.push_str(module.name());
            list.push('\n');
        }
        for (stage, list) in stages {
            tree.add_file(&format!("{MODULE_DIRECTORY}/{stage}"), list.into_bytes());
        }
        Ok(())
    }

    /// Adds all modules, where programs of an installed system look for them.
    pub(super) fn add_all_modules(&self, tree: &mut Tree) -> Result<()> {
        let modules = self.modules.iter().map(|module| format!("kernel/{}", module.path));
        for path in modules.chain(BUILTIN_LISTS.map(str::to_owned)) {
            let file = self.module_directory().join(&path);
            let content = fs::read(&file).while_trying_to("read", &file)?;
            tree.add_file(&format!("/usr{MODULE_DIRECTORY}/{}/{path}", self.version), content);
        }
        Ok(())
    }
}
