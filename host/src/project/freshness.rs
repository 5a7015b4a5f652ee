//! Whether a project has changed since it was built, for languages whose tools cannot tell.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Project;
use super::carried::write_if_changed;
use super::error::{FileContext as _, Result};
use crate::text::hexadecimal;

/// Directories whose files make no difference to a build.
const OTHERS: [&str; 2] = ["__pycache__", "proctor-output"];
/// What was built last, below a project's own directory.
const COMPONENT: &str = "component.wasm";
/// Of what it was built.
const INPUTS: &str = "component.inputs";

/// What a build depends on, in few characters: the project's and the SDK's files by names, sizes and times, and the tools.
fn inputs(project: &Project, tools: &[u8]) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(tools);
    add(&project.directory, &mut hash)?;
    add(&project.sdk(), &mut hash)?;
    add(&project.own_directory().join("wit"), &mut hash)?;
    Ok(hexadecimal(&hash.finalize()))
}

fn add(directory: &Path, hash: &mut Sha256) -> Result<()> {
    let entries: std::io::Result<Vec<_>> = fs::read_dir(directory).and_then(Iterator::collect);
    let mut entries = entries.while_trying_to("read", directory)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || OTHERS.contains(&&*name) || name.ends_with(".wasm") {
            continue;
        }
        hash.update(name.len().to_le_bytes());
        hash.update(name.as_bytes());
        // Where a link leads counts, but not what is below a directory that it leads to: that may be the link's own.
        if entry.file_type().while_trying_to("read", directory)?.is_dir() {
            hash.update(b"{");
            add(&entry.path(), hash)?;
            hash.update(b"}");
        } else {
            hash.update(stamp(&entry.path()));
        }
    }
    Ok(())
}

/// Size and time of a file, where there is one: what changes when it is written.
fn stamp(path: &Path) -> String {
    match fs::metadata(path) {
        // The time of the change that nobody can set, beside that of the text: a copy may bring an old one along.
        Ok(metadata) => format!(
            "{} {}.{}-{}.{}",
            metadata.size(),
            metadata.mtime(),
            metadata.mtime_nsec(),
            metadata.ctime(),
            metadata.ctime_nsec()
        ),
        Err(_) => "no file".into(),
    }
}

/// The files of which a component was made, wherever they are, with their stamps, a line each.
fn stamps(files: &[PathBuf]) -> String {
    let lines = files.iter().map(|file| format!("{} {}\n", stamp(file), file.display()));
    lines.collect()
}

/// What was built the last time, where that was of the same files and tools; otherwise what `make` makes, which also
/// returns the files that it read, wherever they are.
pub(super) fn kept_or_made(
    project: &Project,
    tools: &[u8],
    make: impl FnOnce() -> Result<(Vec<u8>, Vec<PathBuf>)>,
) -> Result<Vec<u8>> {
    // As they are before it is built: what changes meanwhile is seen the next time.
    let inputs = inputs(project, tools)?;
    let own = project.own_directory();
    if let Some(component) = kept(&own, &inputs) {
        return Ok(component);
    }
    let (component, files) = make()?;
    write_if_changed(&own.join(COMPONENT), &component)?;
    let text = format!("{inputs}\n{}", stamps(&files));
    write_if_changed(&own.join(INPUTS), text.as_bytes())?;
    Ok(component)
}

fn kept(own: &Path, inputs: &str) -> Option<Vec<u8>> {
    let text = fs::read_to_string(own.join(INPUTS)).ok()?;
    let (kept, files) = text.split_once('\n')?;
    // The size, the time, the path.
    let path = |line: &str| line.splitn(3, ' ').nth(2).map(PathBuf::from);
    let paths: Vec<_> = files.lines().filter_map(path).collect();
    let same = kept == inputs && stamps(&paths) == files;
    same.then(|| fs::read(own.join(COMPONENT)).ok()).flatten()
}
