//! The third way: an archive that the user names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::compiler::{Compiler, has_standard_library};
use super::{TARGET, sysroot};
use crate::error::{Error, FileContext, Result};
use crate::process::capture;

/// Names an archive of the target's standard library: one to unpack at a toolchain's root, or `rust-std-*.tar.*` as
/// Rust's releases have it.
pub(super) const VARIABLE: &str = "PROCTOR_WASM_STD";
/// A release's archive has the tree in a directory of a directory.
const DEPTH: usize = 2;

/// Makes a sysroot in `directory` from the archive that the environment names.
pub(super) fn build(compiler: &Compiler, directory: &Path) -> Result<()> {
    let archive = std::env::var_os(VARIABLE)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Error::Invalid(format!("{VARIABLE} names no archive")))?;
    from_archive(compiler, Path::new(&archive), directory)
}

fn from_archive(compiler: &Compiler, archive: &Path, directory: &Path) -> Result<()> {
    let unpacked = tempfile::tempdir_in(directory).while_trying_to("make a directory in", directory)?;
    let mut tar = Command::new("tar");
    tar.args(["--extract", "--no-same-owner", "--file"])
        .arg(archive)
        .arg("--directory")
        .arg(unpacked.path());
    capture(&mut tar)?;
    let root = find(unpacked.path(), DEPTH).ok_or_else(|| {
        Error::Invalid(format!(
            "{} holds no standard library for {TARGET} (lib/rustlib/{TARGET})",
            archive.display()
        ))
    })?;
    sysroot::link_toolchain(compiler, directory)?;
    let (from, to) = (sysroot::target_directory(&root), sysroot::target_directory(directory));
    fs::rename(&from, &to).while_trying_to("move", &from)
}

/// The directory that has the tree of a toolchain, `directory` itself or one below it.
fn find(directory: &Path, depth: usize) -> Option<PathBuf> {
    if has_standard_library(directory) {
        return Some(directory.to_owned());
    }
    let entries = directory.read_dir().ok()?.flatten().map(|entry| entry.path());
    entries
        .filter(|path| depth > 0 && path.is_dir() && !path.is_symlink())
        .find_map(|path| find(&path, depth - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiler(directory: &Path) -> Compiler {
        fs::create_dir_all(directory.join("lib/rustlib/here")).unwrap();
        Compiler {
            version: "host: here".to_owned(),
            sysroot: directory.to_owned(),
        }
    }

    fn archive(directory: &Path, prefix: &str, file: &str) -> PathBuf {
        let tree = directory
            .join("tree")
            .join(prefix)
            .join("lib/rustlib/wasm32-wasip2/lib");
        fs::create_dir_all(&tree).unwrap();
        fs::write(tree.join(file), "std").unwrap();
        let path = directory.join("archive.tar.gz");
        let mut tar = Command::new("tar");
        capture(
            tar.args(["-czf"])
                .arg(&path)
                .arg("-C")
                .arg(directory.join("tree"))
                .arg("."),
        )
        .unwrap();
        path
    }

    #[test]
    fn both_shapes_of_archives_are_understood() {
        for prefix in ["", "rust-std-1.95.0-wasm32-wasip2/rust-std-wasm32-wasip2"] {
            let directory = tempfile::tempdir().unwrap();
            let compiler = compiler(&directory.path().join("toolchain"));
            let made = directory.path().join("made");
            fs::create_dir(&made).unwrap();
            from_archive(&compiler, &archive(directory.path(), prefix, "libstd-0.rlib"), &made).unwrap();
            assert!(has_standard_library(&made) && made.join("lib/rustlib/here").is_dir());
        }
    }

    #[test]
    fn an_archive_without_the_library_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let compiler = compiler(&directory.path().join("toolchain"));
        let archive = archive(directory.path(), "", "libcore-0.rlib");
        let error = from_archive(&compiler, &archive, directory.path())
            .unwrap_err()
            .to_string();
        assert!(error.contains("holds no standard library"), "{error}");
        assert!(from_archive(&compiler, Path::new("/nonexistent"), directory.path()).is_err());
    }
}
