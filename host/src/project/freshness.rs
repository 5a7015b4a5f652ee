//! Whether a project has changed since it was built, for languages whose tools cannot tell.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Made;
use super::error::{BuildError, Result};

/// Directories whose files make no difference to a build.
const OTHERS: [&str; 3] = ["target", "__pycache__", "proctor-output"];
/// Where what was built last stands below a project's own directory, and of what.
const KEPT: (&str, &str) = ("component.wasm", "component.inputs");

/// What a build depends on: the project's files by names, sizes and times, and more.
pub(super) fn inputs(project: &Path, more: &[&[u8]]) -> Result<String> {
    let mut hash = Sha256::new();
    for part in more {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    add(project, &mut hash)?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn add(directory: &Path, hash: &mut Sha256) -> Result<()> {
    let failed = |source| BuildError::File {
        doing: "read",
        path: directory.to_owned(),
        source,
    };
    let mut entries: Vec<_> = fs::read_dir(directory).and_then(Iterator::collect).map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || OTHERS.contains(&&*name) || name.ends_with(".wasm") {
            continue;
        }
        let metadata = entry.metadata().map_err(failed)?;
        hash.update(name.len().to_le_bytes());
        hash.update(name.as_bytes());
        if metadata.is_dir() {
            hash.update(b"{");
            add(&entry.path(), hash)?;
            hash.update(b"}");
        } else {
            for number in [
                i128::from(metadata.size()),
                metadata.mtime().into(),
                metadata.mtime_nsec().into(),
            ] {
                hash.update(number.to_le_bytes());
            }
        }
    }
    Ok(())
}

/// What was built of the same inputs the last time.
pub(super) fn kept(own_directory: &Path, inputs: &str) -> Option<Vec<u8>> {
    let same = fs::read_to_string(own_directory.join(KEPT.1)).is_ok_and(|kept| kept == inputs);
    same.then(|| fs::read(own_directory.join(KEPT.0)).ok()).flatten()
}

/// Keeps what was built.
pub(super) fn keep(own_directory: &Path, inputs: &str, made: &Made) -> Result<()> {
    super::carried::write_if_changed(&own_directory.join(KEPT.0), &made.component)?;
    super::carried::write_if_changed(&own_directory.join(KEPT.1), inputs.as_bytes())?;
    Ok(())
}
