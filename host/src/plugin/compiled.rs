//! Compiled components, kept between runs: compiling Python takes half a minute, mapping a file milliseconds.
//!
//! What is kept is native code, as wasmtime serializes it and without compression, so that it is mapped rather than
//! read. It is run as it is found. So the directory has to be this user's and nobody else's to write.

use std::fs::{self, File, Metadata};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use wasmtime::component::Component;
use wasmtime::{Engine, Result};

use crate::limits::{COMPILED_BYTES, COMPILED_MOST_BYTES};
use crate::text::hexadecimal;

/// What names of kept components end in.
const EXTENSION: &str = "cwasm";

/// A directory of compiled components.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    directory: PathBuf,
}

impl Compiled {
    /// The directory is made. None where it cannot be, or is not this user's alone to write.
    pub(super) fn in_directory(directory: PathBuf) -> Option<Self> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory);
        let is_ours = made
            .and_then(|()| fs::symlink_metadata(&directory))
            .is_ok_and(|metadata| metadata.is_dir() && is_ours(&metadata));
        is_ours.then_some(Self { directory })
    }

    /// The component of these bytes, which is compiled where it is not there yet: that is told first. Errors: it does not
    /// fit.
    pub(super) fn load(&self, engine: &Engine, bytes: &[u8], compiling: impl FnOnce()) -> Result<Component> {
        let path = self.path(engine, bytes);
        if let Some(component) = kept(engine, &path) {
            return Ok(component);
        }
        compiling();
        let component = Component::from_binary(engine, bytes)?;
        // Without it everything works, only more slowly.
        if let Ok(code) = component.serialize()
            && code.len() as u64 <= COMPILED_BYTES
            && self.keep(&path, &code).is_ok()
        {
            self.make_room(&path);
        }
        Ok(component)
    }

    /// The same bytes are other code for another engine.
    fn path(&self, engine: &Engine, bytes: &[u8]) -> PathBuf {
        let mut compatibility = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut compatibility);
        let digest = hexadecimal(&Sha256::digest(bytes));
        let name = format!("{digest}-{:016x}.{EXTENSION}", compatibility.finish());
        self.directory.join(name)
    }

    /// Whole or not at all, also where the power fails: half a file would be run.
    fn keep(&self, path: &Path, code: &[u8]) -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .suffix(".partial")
            .tempfile_in(&self.directory)?;
        file.write_all(code)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }

    /// Removes what was not used for the longest time, until all fits.
    fn make_room(&self, newest: &Path) {
        let Ok(entries) = fs::read_dir(&self.directory) else {
            return;
        };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .flatten()
            .filter_map(|entry| {
                let metadata = entry.metadata().ok()?;
                Some((metadata.modified().ok()?, metadata.len(), entry.path()))
            })
            .collect();
        files.sort();
        let mut total: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, path) in files {
            if total <= COMPILED_MOST_BYTES {
                return;
            }
            if path != newest && fs::remove_file(&path).is_ok() {
                total -= bytes;
            }
        }
    }
}

/// What was kept, unless it is not ours or not whole.
fn kept(engine: &Engine, path: &Path) -> Option<Component> {
    let file = File::open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || !is_ours(&metadata) {
        return None;
    }
    // SAFETY: the file was written by this program and by nobody else, for nobody else may write it or the directory that
    // it is in; it is replaced as a whole and never written in place. Another version's is refused.
    let component = unsafe { Component::deserialize_file(engine, path) };
    if component.is_err() {
        // Of another version with the same mark, or damaged: the next one is better.
        let _ = fs::remove_file(path);
        return None;
    }
    // For who makes room.
    let _ = file.set_modified(SystemTime::now());
    component.ok()
}

/// Whether it is this user's, and nobody else may write it.
fn is_ours(metadata: &Metadata) -> bool {
    metadata.uid() == nix::unistd::geteuid().as_raw() && metadata.mode() & 0o022 == 0
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// The smallest component: a header.
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

    fn files(directory: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_was_compiled_is_found_again() {
        let scratch = tempfile::tempdir().unwrap();
        let directory = scratch.path().join("new/compiled");
        let compiled = Compiled::in_directory(directory.clone()).unwrap();
        let engine = Engine::default();
        compiled.load(&engine, COMPONENT, || ()).unwrap();
        let path = compiled.path(&engine, COMPONENT);
        assert_eq!(files(&directory), std::slice::from_ref(&path));
        assert!(kept(&engine, &path).is_some());
        compiled
            .load(&engine, COMPONENT, || panic!("it is compiled again"))
            .unwrap();
        compiled
            .load(&engine, &wat::parse_str("(component (type u8))").unwrap(), || ())
            .unwrap();
        assert_eq!(files(&directory).len(), 2);
    }

    #[test]
    fn what_is_damaged_is_compiled_anew() {
        let scratch = tempfile::tempdir().unwrap();
        let compiled = Compiled::in_directory(scratch.path().to_owned()).unwrap();
        let engine = Engine::default();
        let path = compiled.path(&engine, COMPONENT);
        for damaged in [&b""[..], b"no code", &[0; 100_000]] {
            fs::write(&path, damaged).unwrap();
            set_mode(&path, 0o600);
            compiled.load(&engine, COMPONENT, || ()).unwrap();
            assert_ne!(fs::read(&path).unwrap(), damaged);
            assert!(kept(&engine, &path).is_some());
        }
    }

    #[test]
    fn what_others_may_write_is_not_run() {
        let scratch = tempfile::tempdir().unwrap();
        let engine = Engine::default();
        let compiled = Compiled::in_directory(scratch.path().to_owned()).unwrap();
        compiled.load(&engine, COMPONENT, || ()).unwrap();
        let path = compiled.path(&engine, COMPONENT);
        set_mode(&path, 0o660);
        assert!(kept(&engine, &path).is_none());
        set_mode(scratch.path(), 0o777);
        assert!(Compiled::in_directory(scratch.path().to_owned()).is_none());
        let link = scratch.path().join("link");
        std::os::unix::fs::symlink("/", &link).unwrap();
        assert!(Compiled::in_directory(link).is_none());
    }

    #[test]
    fn what_was_not_used_for_long_makes_room() {
        let scratch = tempfile::tempdir().unwrap();
        let compiled = Compiled::in_directory(scratch.path().to_owned()).unwrap();
        let (old, new) = (scratch.path().join("old"), scratch.path().join("new"));
        // Sparse: no disk is filled.
        for (path, age) in [(&old, 60), (&new, 30)] {
            let file = File::create(path).unwrap();
            file.set_len(COMPILED_MOST_BYTES / 2).unwrap();
            file.set_modified(SystemTime::now() - std::time::Duration::from_secs(age))
                .unwrap();
        }
        compiled.load(&Engine::default(), COMPONENT, || ()).unwrap();
        assert!(!old.exists() && new.exists());
        assert_eq!(files(scratch.path()).len(), 2);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_done_without() {
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Compiled::in_directory(file.join("compiled")).is_none());
        assert!(Compiled::in_directory(file).is_none());
    }
}
