//! What stands in a machine's file system, laid out as a recipe says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::cpio::Archive;
use super::recipe::Entry;
use super::recipe_files::RecipeFiles;
use crate::error::{Error, FileContext, Result};
use crate::process::capture_text;

const MODE_DIRECTORY: u32 = 0o755;
const MODE_FILE: u32 = 0o644;
const MODE_PERMISSIONS: u32 = 0o7777;

enum Node {
    Directory(u32),
    Device(u32, u32, u32),
    File(u32, Vec<u8>),
    Link(String),
}

/// The file system, by path. The order of paths puts directories before what they hold.
#[derive(Default)]
pub(super) struct Tree(BTreeMap<String, Node>);

impl Tree {
    /// Lays out the files of a recipe, and of packages that are below `unpacked`, each in a directory of its name.
    pub(super) fn lay_out(layout: &[Entry], recipe: &RecipeFiles, unpacked: &Path) -> Result<Self> {
        let mut tree = Self::default();
        for entry in layout {
            match entry {
                Entry::Directory { mode, path } => tree.insert(path, Node::Directory(*mode)),
                Entry::Device {
                    mode,
                    major,
                    minor,
                    path,
                } => tree.insert(path, Node::Device(*mode, *major, *minor)),
                Entry::Link { target, path } => tree.insert(path, Node::Link(target.clone())),
                Entry::Recipe { mode, name, path } => {
                    tree.insert(path, Node::File(*mode, recipe.content(name)?.to_vec()));
                }
                Entry::File { package, source, path } => {
                    let source = unpacked.join(package).join(source);
                    let metadata = fs::metadata(&source).while_trying_to("read", &source)?;
                    let mode = metadata.permissions().mode() & MODE_PERMISSIONS;
                    let content = fs::read(&source).while_trying_to("read", &source)?;
                    tree.insert(path, Node::File(mode, content));
                }
                Entry::Applets { .. } => {}
            }
        }
        for entry in layout {
            if let Entry::Applets { source, directory } = entry {
                for name in applets(layout, unpacked, source)? {
                    tree.insert_new(&format!("{directory}/{name}"), Node::Link(source.clone()));
                }
            }
        }
        Ok(tree)
    }

    /// Adds a file that everybody may read.
    pub(super) fn add_file(&mut self, path: &str, content: Vec<u8>) {
        self.insert(path, Node::File(MODE_FILE, content));
    }

    fn insert(&mut self, path: &str, node: Node) {
        self.0.insert(path.to_owned(), node);
    }

    fn insert_new(&mut self, path: &str, node: Node) {
        self.0.entry(path.to_owned()).or_insert(node);
    }

    fn insert_parents(&mut self) {
        let parents: BTreeSet<String> = self.0.keys().flat_map(|path| parents(path)).collect();
        for parent in parents {
            self.insert_new(&parent, Node::Directory(MODE_DIRECTORY));
        }
    }

    /// The tree as an archive for the kernel.
    pub(super) fn archive(mut self) -> Vec<u8> {
        self.insert_parents();
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

    /// Makes the tree's files below `directory`, which is there. Devices cannot be made so.
    pub(super) fn write(mut self, directory: &Path) -> Result<()> {
        self.insert_parents();
        for (path, node) in &self.0 {
            let place = directory.join(path.trim_start_matches('/'));
            let mode = match node {
                Node::Directory(mode) => {
                    fs::create_dir(&place).while_trying_to("make", &place)?;
                    *mode
                }
                Node::File(mode, content) => {
                    fs::write(&place, content).while_trying_to("write", &place)?;
                    *mode
                }
                Node::Link(target) => {
                    symlink(target, &place).while_trying_to("make", &place)?;
                    continue;
                }
                Node::Device(..) => {
                    return Err(Error::Invalid(format!(
                        "the recipe's disk cannot have the device {path}"
                    )));
                }
            };
            fs::set_permissions(&place, fs::Permissions::from_mode(mode)).while_trying_to("set the mode of", &place)?;
        }
        Ok(())
    }
}

/// The names of busybox's commands, from the program that the layout puts at `path`.
fn applets(layout: &[Entry], unpacked: &Path, path: &str) -> Result<Vec<String>> {
    let program = layout.iter().find_map(|entry| match entry {
        Entry::File {
            package,
            source,
            path: place,
        } if place == path => Some::<PathBuf>(unpacked.join(package).join(source)),
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

/// The directories above a path, without the root.
fn parents(path: &str) -> impl Iterator<Item = String> {
    path.match_indices('/')
        .filter(|(index, _)| *index > 0)
        .filter_map(|(index, _)| path.get(..index).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Tree {
        let mut tree = Tree::default();
        tree.insert("/a/b/c", Node::File(0o640, b"content".to_vec()));
        tree.insert("/a/b-d", Node::Link("x".into()));
        tree.insert_new("/a/b-d", Node::Directory(0o700));
        tree
    }

    #[test]
    fn directories_come_before_what_they_hold() {
        assert_eq!(parents("/a/b/c").collect::<Vec<_>>(), ["/a", "/a/b"]);
        let bytes = sample().archive();
        let at = |name: &[u8]| bytes.windows(name.len()).position(|window| window == name);
        assert!(at(b"a\0") < at(b"a/b\0") && at(b"a/b\0") < at(b"a/b/c\0") && at(b"a/b-d\0").is_some());
    }

    #[test]
    fn a_tree_becomes_files() {
        let directory = tempfile::tempdir().unwrap();
        sample().write(directory.path()).unwrap();
        let file = directory.path().join("a/b/c");
        assert_eq!(fs::read(&file).unwrap(), b"content");
        assert_eq!(file.metadata().unwrap().permissions().mode() & MODE_PERMISSIONS, 0o640);
        assert_eq!(fs::read_link(directory.path().join("a/b-d")).unwrap(), Path::new("x"));

        let mut tree = Tree::default();
        tree.insert("/console", Node::Device(0o600, 5, 1));
        assert!(
            tree.write(directory.path())
                .unwrap_err()
                .to_string()
                .contains("/console")
        );
    }
}
