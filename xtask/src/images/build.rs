//! Builds an image: a directory with `vmlinux`, `initramfs` and the script `boot` that starts a machine of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::cpio::Archive;
use super::kernel;
use super::recipe::{self, Entry, Module, Package};
use crate::apt::{self, Apt};
use crate::cache::{self, ContentKey};
use crate::error::{Error, FileContext, Result};
use crate::process::{capture, capture_text};
use crate::progress::{say, timed};
use crate::workspace;

/// What builds the image is part of what it is made of.
const BUILDER: [&str; 4] = [
    include_str!("build.rs"),
    include_str!("cpio.rs"),
    include_str!("kernel.rs"),
    include_str!("recipe.rs"),
];
/// Where modules and the lists of their stages stand in the machine.
const MODULE_DIRECTORY: &str = "/lib/modules";
const MODE_DIRECTORY: u32 = 0o755;
const MODE_FILE: u32 = 0o644;
const MODE_PERMISSIONS: u32 = 0o7777;

/// Where the recipe stands.
pub(super) fn recipe_directory() -> PathBuf {
    workspace::directory().join("tests/images/mini")
}

/// The directory of the image, built where the cache has none made of the same recipe and packages.
pub(crate) fn ensure(refresh: bool) -> Result<PathBuf> {
    let recipe = Recipe::read(&recipe_directory())?;
    let packages = recipe::packages(recipe.text("packages")?)?;
    let downloads = downloads(recipe.text("packages")?, &packages, refresh)?;
    let mut key = ContentKey::default();
    for (name, path) in &downloads {
        key.add(
            name,
            path.file_name()
                .map(|name| name.to_string_lossy())
                .unwrap_or_default()
                .as_bytes(),
        );
    }
    for (name, content) in &recipe.files {
        key.add(name, content);
    }
    for source in BUILDER {
        key.add("builder", source.as_bytes());
    }
    cache::ensure("images", &format!("mini-{}", key.finish()), |directory| {
        timed("image mini", || build(&recipe, &downloads, directory))
    })
}

/// The package files, downloaded where the cache has none for this list.
fn downloads(list: &str, packages: &[Package], refresh: bool) -> Result<Vec<(String, PathBuf)>> {
    let mut key = ContentKey::default();
    key.add("packages", list.as_bytes());
    let key = key.finish();
    if refresh {
        cache::forget("packages", &key)?;
    }
    let directory = cache::ensure("packages", &key, |directory| {
        timed("download of the image's Debian packages", || {
            let state = tempfile::tempdir().while_trying_to("make", &std::env::temp_dir())?;
            let apt = Apt::new(state.path(), None)?;
            apt.update()?;
            let mut names = Vec::new();
            for package in packages {
                names.push(match &package.dependency {
                    Some(prefix) => apt.dependency(&package.name, prefix)?,
                    None => package.name.clone(),
                });
            }
            apt.download(&names, directory)
        })
    })?;
    apt::package_files(&directory)
}

struct Recipe {
    files: BTreeMap<String, Vec<u8>>,
}

impl Recipe {
    fn read(directory: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(directory).while_trying_to("read", directory)? {
            let path = entry.while_trying_to("read", directory)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(name, fs::read(&path).while_trying_to("read", &path)?);
        }
        Ok(Self { files })
    }

    fn content(&self, name: &str) -> Result<&[u8]> {
        let content = self
            .files
            .get(name)
            .ok_or_else(|| Error::Invalid(format!("the recipe has no file {name}")))?;
        Ok(content)
    }

    fn text(&self, name: &str) -> Result<&str> {
        std::str::from_utf8(self.content(name)?)
            .map_err(|_| Error::Invalid(format!("the recipe's file {name} is no text")))
    }
}

fn build(recipe: &Recipe, downloads: &[(String, PathBuf)], directory: &Path) -> Result<()> {
    say("building the image mini");
    let unpacked = tempfile::tempdir().while_trying_to("make", &std::env::temp_dir())?;
    let modules = recipe::modules(recipe.text("modules")?)?;
    for (name, file) in downloads {
        if name.starts_with("linux-image-") {
            unpack_kernel(file, unpacked.path(), &modules, directory)?;
        } else {
            apt::unpack(file, &unpacked.path().join(name), &[])?;
        }
    }
    let archive = lay_out(recipe, unpacked.path(), &modules)?;
    write(directory, "initramfs", &archive, MODE_FILE)?;
    write(directory, "boot", recipe.content("boot")?, MODE_DIRECTORY)
}

fn write(directory: &Path, name: &str, content: &[u8], mode: u32) -> Result<()> {
    let path = directory.join(name);
    fs::write(&path, content).while_trying_to("write", &path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).while_trying_to("set the mode of", &path)
}

/// Unpacks the modules that are wanted (of thousands) to `unpacked/modules`, and writes `vmlinux`.
fn unpack_kernel(package: &Path, unpacked: &Path, modules: &[Module], output: &Path) -> Result<()> {
    let kernel = unpacked.join("kernel");
    let below = |version: &str, path: &str| format!("lib/modules/{version}/kernel/{path}");
    let mut members = vec!["./boot/vmlinuz-*".to_owned()];
    members.extend(modules.iter().map(|module| format!("./{}", below("*", &module.path))));
    apt::unpack(package, &kernel, &members)?;

    let boot = kernel.join("boot");
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
    let compressed = boot.join(format!("vmlinuz-{version}"));
    let vmlinuz = fs::read(&compressed).while_trying_to("read", &compressed)?;
    write(output, "vmlinux", &kernel::extract(&vmlinuz)?, MODE_FILE)?;

    let stripped = unpacked.join("modules");
    fs::create_dir_all(&stripped).while_trying_to("make", &stripped)?;
    for module in modules {
        // Without their symbols for debugging and their signature, modules load faster.
        let mut strip = Command::new("strip");
        strip
            .args(["--strip-debug", "-o"])
            .arg(stripped.join(module.name()))
            .arg(kernel.join(below(&version, &module.path)));
        capture(&mut strip)?;
    }
    Ok(())
}

fn lay_out(recipe: &Recipe, unpacked: &Path, modules: &[Module]) -> Result<Vec<u8>> {
    let layout = recipe::layout(recipe.text("layout")?)?;
    let mut tree = Tree::default();
    let read = |path: PathBuf| fs::read(&path).while_trying_to("read", &path);
    for entry in &layout {
        match entry {
            Entry::Directory { mode, path } => tree.insert(path, Node::Directory(*mode)),
            Entry::Device {
                mode,
                major,
                minor,
                path,
            } => tree.insert(path, Node::Device(*mode, *major, *minor)),
            Entry::Link { target, path } => tree.insert(path, Node::Link(target.clone())),
            Entry::Recipe { mode, name, path } => tree.insert(path, Node::File(*mode, recipe.content(name)?.to_vec())),
            Entry::File { package, source, path } => {
                let source = unpacked.join(package).join(source);
                let metadata = fs::metadata(&source).while_trying_to("read", &source)?;
                let mode = metadata.permissions().mode() & MODE_PERMISSIONS;
                tree.insert(path, Node::File(mode, read(source)?));
            }
            Entry::Applets { .. } => {}
        }
    }
    for entry in &layout {
        if let Entry::Applets { source, directory } = entry {
            for name in applets(&layout, unpacked, source)? {
                tree.insert_new(&format!("{directory}/{name}"), Node::Link(source.clone()));
            }
        }
    }
    let mut stages: BTreeMap<&str, String> = BTreeMap::new();
    for module in modules {
        let content = read(unpacked.join("modules").join(module.name()))?;
        tree.insert(
            &format!("{MODULE_DIRECTORY}/{}.ko", module.name()),
            Node::File(MODE_FILE, content),
        );
        let list = stages.entry(&module.stage).or_default();
        list.push_str(module.name());
        list.push('\n');
    }
    for (stage, list) in stages {
        tree.insert(
            &format!("{MODULE_DIRECTORY}/{stage}"),
            Node::File(MODE_FILE, list.into_bytes()),
        );
    }
    Ok(tree.archive())
}

/// The names of busybox's commands, from the program that the layout puts at `path`.
fn applets(layout: &[Entry], unpacked: &Path, path: &str) -> Result<Vec<String>> {
    let program = layout.iter().find_map(|entry| match entry {
        Entry::File {
            package,
            source,
            path: place,
        } if place == path => Some(unpacked.join(package).join(source)),
        _ => None,
    });
    let program = program.ok_or_else(|| Error::Invalid(format!("the recipe's layout has no file at {path}")))?;
    let names = capture_text(Command::new(program).arg("--list"))?;
    Ok(names
        .lines()
        .filter(|name| !name.contains('/'))
        .map(str::to_owned)
        .collect())
}

enum Node {
    Directory(u32),
    Device(u32, u32, u32),
    File(u32, Vec<u8>),
    Link(String),
}

/// The file system, by path. The order of paths puts directories before what they hold.
#[derive(Default)]
struct Tree(BTreeMap<String, Node>);

impl Tree {
    fn insert(&mut self, path: &str, node: Node) {
        self.0.insert(path.to_owned(), node);
    }

    fn insert_new(&mut self, path: &str, node: Node) {
        self.0.entry(path.to_owned()).or_insert(node);
    }

    fn archive(mut self) -> Vec<u8> {
        let parents: BTreeSet<String> = self.0.keys().flat_map(|path| parents(path)).collect();
        for parent in parents {
            self.insert_new(&parent, Node::Directory(MODE_DIRECTORY));
        }
        let mut archive = Archive::default();
        for (path, node) in &self.0 {
            match node {
                Node::Directory(mode) => archive.directory(path, *mode),
                Node::Device(mode, major, minor) => archive.character_device(path, *mode, *major, *minor),
                Node::File(mode, content) => archive.file(path, *mode, content),
                Node::Link(target) => archive.link(path, target),
            }
        }
        archive.finish()
    }
}

/// The directories above a path, without the root.
fn parents(path: &str) -> impl Iterator<Item = String> {
    path.match_indices('/')
        .filter(|(index, _)| *index > 0)
        .filter_map(|(index, _)| path.get(..index).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_come_before_what_they_hold() {
        let mut tree = Tree::default();
        tree.insert("/a/b/c", Node::File(0o644, Vec::new()));
        tree.insert("/a/b-d", Node::Link("x".into()));
        tree.insert_new("/a/b-d", Node::Directory(0o700));
        assert_eq!(parents("/a/b/c").collect::<Vec<_>>(), ["/a", "/a/b"]);
        let bytes = tree.archive();
        let at = |name: &[u8]| bytes.windows(name.len()).position(|window| window == name);
        assert!(at(b"a\0") < at(b"a/b\0") && at(b"a/b\0") < at(b"a/b/c\0") && at(b"a/b-d\0").is_some());
    }
}
