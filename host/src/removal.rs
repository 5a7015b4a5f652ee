//! Removal of directories that machines may have filled.

use std::fs::{self, DirEntry, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// What the owner of a directory must be allowed for what is in it to be removed.
const OWN: u32 = 0o700;

/// Removes a directory with all that is in it, however deep it goes: what lies deep is moved up first, so that neither
/// the stack nor open files nor long paths set a bound. Links are not followed, and a directory that forbids its owner to
/// look into it is removed, too. What is no directory is removed as it is.
/// Errors: something cannot be removed.
pub(crate) fn remove_tree(root: &Path) -> io::Result<()> {
    if !fs::symlink_metadata(root)?.is_dir() {
        return fs::remove_file(root);
    }
    allow(root)?;
    let mut moved = 0_u64;
    loop {
        let mut directories = 0_u64;
        for entry in fs::read_dir(root)? {
            let entry = entry?;
            if !is_directory(&entry)? {
                if_there(fs::remove_file(entry.path()))?;
                continue;
            }
            directories += 1;
            allow(&entry.path())?;
            for inner in fs::read_dir(entry.path())? {
                let inner = inner?;
                if is_directory(&inner)? {
                    move_up(&inner.path(), root, &mut moved)?;
                } else {
                    if_there(fs::remove_file(inner.path()))?;
                }
            }
            fs::remove_dir(entry.path())?;
        }
        if directories == 0 {
            return fs::remove_dir(root);
        }
    }
}

/// Moves a directory into the root under a name that nothing has there, or removes it where it is empty.
fn move_up(path: &Path, root: &Path, moved: &mut u64) -> io::Result<()> {
    if fs::remove_dir(path).is_ok() {
        return Ok(());
    }
    // Its entry for what is above it changes, which is writing.
    allow(path)?;
    loop {
        *moved += 1;
        match fs::rename(path, root.join(format!(".removed-{moved}"))) {
            // Somebody had thought of that name.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory | ErrorKind::AlreadyExists
                ) => {}
            done => return done,
        }
    }
}

fn is_directory(entry: &DirEntry) -> io::Result<bool> {
    Ok(entry.file_type()?.is_dir())
}

/// What somebody else has removed meanwhile is gone as well.
fn if_there(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Lets the owner look into a directory and write to it.
fn allow(directory: &Path) -> io::Result<()> {
    let mode = fs::symlink_metadata(directory)?.permissions().mode();
    if mode & OWN == OWN {
        return Ok(());
    }
    fs::set_permissions(directory, Permissions::from_mode(mode | OWN))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use cap_std::ambient_authority;
    use cap_std::fs::Dir;

    use super::*;

    /// More levels than most processes may open files or a path may have bytes; the stack of a recursion would hold no more.
    const DEEP: usize = 5_000;

    #[test]
    fn trees_of_any_depth_go() {
        // In memory, where there is that: a disk takes a millisecond for each.
        let scratch = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .unwrap();
        let root = scratch.path().join("root");
        fs::create_dir(&root).unwrap();
        let mut directory = Dir::open_ambient_dir(&root, ambient_authority()).unwrap();
        for _ in 0..DEEP {
            directory.create_dir("deeper").unwrap();
            directory.write("file", "x").unwrap();
            directory = directory.open_dir("deeper").unwrap();
        }
        drop(directory);
        remove_tree(&root).unwrap();
        assert!(!root.exists());
    }

    #[test]
    fn what_is_outside_stays() {
        let scratch = tempfile::tempdir().unwrap();
        let (root, outside) = (scratch.path().join("root"), scratch.path().join("outside"));
        fs::create_dir_all(root.join("a/b/c")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("x"), "x").unwrap();
        for name in ["link", "a/link", "a/b/link"] {
            symlink(&outside, root.join(name)).unwrap();
        }
        fs::hard_link(outside.join("x"), root.join("a/hard")).unwrap();
        nix::unistd::mkfifo(&root.join("a/pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        // Names that are used here, too.
        fs::create_dir_all(root.join(".removed-1/full")).unwrap();
        fs::write(root.join(".removed-2"), "").unwrap();
        fs::set_permissions(root.join("a/b"), Permissions::from_mode(0o000)).unwrap();
        remove_tree(&root).unwrap();
        assert!(!root.exists());
        assert_eq!(fs::read(outside.join("x")).unwrap(), b"x");
        symlink(&outside, &root).unwrap();
        remove_tree(&root).unwrap();
        assert!(!root.is_symlink() && outside.is_dir());
    }
}
