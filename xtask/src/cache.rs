//! Things that are slow to make, kept in the user's cache directory under a key made of their content.
//!
//! A thing is made in a directory of its own and renamed into place, so what stands there is whole; a lock keeps two
//! runs from making the same thing twice.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, FileContext, Result};
use crate::progress::say;

/// Bytes of the hash that make a key: enough that no two keys meet, short enough for socket paths and people.
const KEY_BYTES: usize = 8;

/// Makes a key of everything that a thing is made of.
#[derive(Default)]
pub(crate) struct ContentKey(Sha256);

impl ContentKey {
    /// Adds one part. The label and the lengths count, so parts cannot run into one another.
    pub(crate) fn add(&mut self, label: &str, content: &[u8]) -> &mut Self {
        for part in [label.as_bytes(), content] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
        self
    }

    /// The key, in hexadecimal.
    pub(crate) fn finish(self) -> String {
        hexadecimal(self.0.finalize().get(..KEY_BYTES).unwrap_or_default())
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The cache directory: `proctor` in `$XDG_CACHE_HOME`, or in `~/.cache` where that is not set.
pub(crate) fn root() -> Result<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    base.or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
        .map(|base| base.join("proctor"))
        .ok_or_else(|| Error::Invalid("neither XDG_CACHE_HOME nor HOME says where the cache is".into()))
}

/// The directory `kind/key` of the cache, made by `build` where it is not there yet. `build` gets an empty directory.
pub(crate) fn ensure(kind: &str, key: &str, build: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    ensure_below(&root()?, kind, key, build)
}

fn ensure_below(root: &Path, kind: &str, key: &str, build: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let parent = root.join(kind);
    let target = parent.join(key);
    if target.exists() {
        return Ok(target);
    }
    let _lock = lock(&parent, key)?;
    if target.exists() {
        return Ok(target);
    }
    let made = tempfile::Builder::new()
        .prefix(".making-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .tempdir_in(&parent)
        .while_trying_to("make a directory in", &parent)?;
    build(made.path())?;
    fs::rename(made.path(), &target).while_trying_to("make", &target)?;
    // What it named is no longer there to be removed.
    let _ = made.keep();
    Ok(target)
}

/// The directory `kind/key` of the cache where it is there.
pub(crate) fn find(kind: &str, key: &str) -> Result<Option<PathBuf>> {
    let path = root()?.join(kind).join(key);
    Ok(path.exists().then_some(path))
}

/// Removes the directory `kind/key`, so that [`ensure`] makes it anew.
pub(crate) fn forget(kind: &str, key: &str) -> Result<()> {
    let parent = root()?.join(kind);
    let target = parent.join(key);
    let _lock = lock(&parent, key)?;
    if target.exists() {
        fs::remove_dir_all(&target).while_trying_to("remove", &target)?;
    }
    Ok(())
}

fn lock(parent: &Path, key: &str) -> Result<File> {
    fs::create_dir_all(parent).while_trying_to("make", parent)?;
    let path = parent.join(format!(".{key}.lock"));
    let file = File::create(&path).while_trying_to("open", &path)?;
    if file.try_lock().is_err() {
        say(&format!(
            "waiting for another run that makes {}",
            parent.join(key).display()
        ));
        file.lock().while_trying_to("lock", &path)?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn key(parts: &[(&str, &str)]) -> String {
        let mut key = ContentKey::default();
        for (label, content) in parts {
            key.add(label, content.as_bytes());
        }
        key.finish()
    }

    #[test]
    fn a_key_depends_on_every_part_and_where_it_ends() {
        let first = key(&[("init", "ab"), ("boot", "c")]);
        assert_eq!(first.len(), 2 * KEY_BYTES);
        assert_eq!(first, key(&[("init", "ab"), ("boot", "c")]));
        for other in [
            key(&[("init", "a"), ("boot", "bc")]),
            key(&[("boot", "ab"), ("init", "c")]),
            key(&[("init", "ab")]),
            key(&[("inita", "b"), ("boot", "c")]),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_thing_is_made_once_by_many_at_once() {
        let root = tempfile::tempdir().unwrap();
        let made = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let path = ensure_below(root.path(), "images", "k", |directory| {
                        made.fetch_add(1, Ordering::SeqCst);
                        fs::write(directory.join("content"), "whole").while_trying_to("write", directory)
                    });
                    assert_eq!(fs::read_to_string(path.unwrap().join("content")).unwrap(), "whole");
                });
            }
        });
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_failed_build_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let result = ensure_below(root.path(), "images", "k", |directory| {
            fs::write(directory.join("half"), "").while_trying_to("write", directory)?;
            Err(Error::Invalid("no".into()))
        });
        assert!(result.is_err());
        let left: Vec<_> = fs::read_dir(root.path().join("images"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, [".k.lock"]);
    }
}
