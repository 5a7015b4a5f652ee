//! What this program carries for projects: the SDKs and the interface.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

use super::error::{FileContext as _, Result};
use super::language::Language;
use crate::plugin::interface;

/// The SDKs, as they are in the repository, without what tools leave there.
#[derive(RustEmbed)]
#[folder = "../guest-sdk"]
#[exclude = "*/node_modules/*"]
#[exclude = "*/target/*"]
#[exclude = "*/__pycache__/*"]
#[exclude = "*/.*/*"]
struct Sdks;

/// The SDKs of which the interpreter of scripts is made.
const INTERPRETER: [&str; 2] = ["python", "nixos"];

/// The carried files below a directory of `guest-sdk`, by their paths below that.
pub(super) fn files(directory: &str) -> Vec<(String, Vec<u8>)> {
    let prefix = format!("{directory}/");
    let names = Sdks::iter().filter_map(|name| Some((name.strip_prefix(&prefix)?.to_owned(), name)));
    names
        .filter_map(|(path, name)| Some((path, Sdks::get(&name)?.data.into_owned())))
        .collect()
}

/// Writes a language's SDK and the interface below a project's own directory, and removes what is no part of them. Files
/// that are as they should be stay untouched, so that nothing is built anew for them.
pub(super) fn unpack(language: Language, directory: &Path) -> Result<()> {
    let sdk = language.sdk();
    write_all(&directory.join("sdk").join(sdk), files_for_use(sdk))?;
    write_interface(directory)?;
    // Nothing in it is the project's.
    write_if_changed(&directory.join(".gitignore"), b"*\n")?;
    Ok(())
}

/// Writes what the interpreter of scripts is made of below a directory: both parts, and the interface.
pub(super) fn unpack_interpreter(directory: &Path) -> Result<()> {
    for part in INTERPRETER {
        write_all(&directory.join(part), files_for_use(part))?;
    }
    write_interface(directory)
}

fn write_interface(directory: &Path) -> Result<()> {
    let files = interface::FILES.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    write_all(&directory.join("wit"), files)
}

/// What tells one interpreter of scripts from another: all that it is made of.
pub(super) fn interpreter_pins() -> Vec<u8> {
    let mut pins = interface::package().into_bytes();
    for (path, content) in INTERPRETER.into_iter().flat_map(files_for_use) {
        pins.extend(path.as_bytes());
        pins.extend(content);
    }
    pins
}

/// Those of an SDK's files that tests are built with.
fn files_for_use(sdk: &str) -> impl Iterator<Item = (String, Vec<u8>)> {
    let files = files(sdk).into_iter();
    files.filter(|(path, _)| !is_for_developers(path))
}

/// What a project has no use for: templates of projects, tests of the SDK.
fn is_for_developers(path: &str) -> bool {
    path.starts_with("template") || path.starts_with("tests/") || path.ends_with("_test.go")
}

fn write_all(directory: &Path, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<()> {
    let mut wanted = BTreeSet::new();
    for (path, content) in files {
        let path = directory.join(path);
        write_if_changed(&path, &content)?;
        wanted.insert(path);
    }
    remove_others(directory, &wanted)
}

/// Removes the files below a directory that are not wanted. What tools made beside them, in directories of their own,
/// stays.
fn remove_others(directory: &Path, wanted: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(directory).while_trying_to("read", directory)? {
        let entry = entry.while_trying_to("read", directory)?;
        let path = entry.path();
        if entry.file_type().while_trying_to("read", directory)?.is_dir() {
            let is_ours = wanted.iter().any(|file| file.starts_with(&path));
            if is_ours {
                remove_others(&path, wanted)?;
            }
        } else if !wanted.contains(&path) {
            fs::remove_file(&path).while_trying_to("remove", &path)?;
        }
    }
    Ok(())
}

/// Writes a file, whole or not at all, unless it has that content already. Returns whether it was written.
pub(super) fn write_if_changed(path: &Path, content: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(false);
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    let written = fs::create_dir_all(directory).and_then(|()| {
        let mut file = tempfile::Builder::new();
        let mut file = file
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
            .tempfile_in(directory)?;
        file.write_all(content)?;
        file.persist(path)?;
        Ok(())
    });
    written.while_trying_to("write", path).map(|()| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unpacked_sdk_is_what_is_carried_and_nothing_else() {
        let scratch = tempfile::tempdir().unwrap();
        let sdk = scratch.path().join("sdk/rust");
        fs::create_dir_all(sdk.join("src")).unwrap();
        fs::create_dir_all(sdk.join("target/debug")).unwrap();
        for (path, text) in [
            ("src/gone.rs", "old"),
            ("Cargo.toml", "changed"),
            ("target/debug/x", "made"),
        ] {
            fs::write(sdk.join(path), text).unwrap();
        }
        unpack(Language::Rust, scratch.path()).unwrap();
        assert!(!sdk.join("src/gone.rs").exists());
        assert!(!sdk.join("template").exists());
        let manifest = fs::read_to_string(sdk.join("Cargo.toml")).unwrap();
        assert!(manifest.contains("proctor-sdk"), "{manifest}");
        assert_eq!(fs::read_to_string(sdk.join("target/debug/x")).unwrap(), "made");
        assert!(scratch.path().join("wit/world.wit").is_file());

        let before = fs::metadata(sdk.join("Cargo.toml")).unwrap().modified().unwrap();
        unpack(Language::Rust, scratch.path()).unwrap();
        let after = fs::metadata(sdk.join("Cargo.toml")).unwrap().modified().unwrap();
        assert_eq!(before, after);
    }

    #[test]
    fn every_language_has_an_sdk_and_a_template() {
        for language in Language::ALL {
            assert!(!files(language.sdk()).is_empty(), "{language}");
        }
    }
}
