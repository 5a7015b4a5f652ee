//! The place on the host where a copy is made, and how things are made in it whatever stands there.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cap_std::fs::{Dir, File, OpenOptions};

use crate::output_directory::Allowance;

/// Where an archive is laid down.
#[derive(Debug)]
pub(super) struct Place {
    /// The directory that the copy is made in.
    pub(super) directory: Dir,
    /// Its path below the output directory, for messages.
    pub(super) path: PathBuf,
    /// The copy's name in it.
    pub(super) name: String,
    /// What may still be written.
    pub(super) allowance: Arc<Allowance>,
}

/// The path of an entry below the copied directory. `None`: it leads out of it.
pub(super) fn below(path: &Path) -> Option<PathBuf> {
    let mut inside = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => inside.push(name),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(inside)
}

/// Whether a link leads to somewhere below the copied directory, whatever else is in that: it goes no further up than the
/// directory that it stands in allows, and then only down.
pub(super) fn stays_inside(path: &Path, target: &Path) -> bool {
    let depth = path.components().count().saturating_sub(1);
    let (mut up, mut down) = (0, false);
    for component in target.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if !down => up += 1,
            Component::Normal(_) => down = true,
            _ => return false,
        }
    }
    up <= depth
}

pub(super) fn is_link(root: &Dir, path: &Path) -> bool {
    !path.as_os_str().is_empty() && root.symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// How many directories above a path there are not yet.
pub(super) fn missing_above(root: &Dir, path: &Path) -> u64 {
    let above = path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty());
    above.take_while(|above| root.symlink_metadata(above).is_err()).count() as u64
}

/// Makes a directory and those above it. What else stands there gives way.
pub(super) fn make_directory(root: &Dir, path: &Path) -> io::Result<()> {
    match root.symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => root.remove_file(path)?,
        Err(_) => {}
    }
    root.create_dir_all(path)
}

/// Removes a file or link that stands where something is to be made, and makes the directories above.
pub(super) fn make_room(root: &Dir, path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        root.create_dir_all(parent)?;
    }
    match root.remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub(super) fn make_file(root: &Dir, path: &Path) -> io::Result<File> {
    make_room(root, path)?;
    let mut options = OpenOptions::new();
    root.open_with(path, options.write(true).create_new(true))
}
