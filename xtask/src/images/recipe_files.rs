//! The files of a recipe, and those that all recipes share.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, FileContext, Result};
use crate::workspace;

/// How the files that recipes share are called in them: `shared/NAME`.
const SHARED: &str = "shared";

/// Where all recipes stand.
fn recipes_directory() -> PathBuf {
    workspace::directory().join("tests/images")
}

/// A recipe's files by name; a file of a directory is called `DIRECTORY/NAME`.
pub(super) struct RecipeFiles {
    files: BTreeMap<String, Vec<u8>>,
}

impl RecipeFiles {
    /// Reads the recipe of this name.
    pub(super) fn read(name: &str) -> Result<Self> {
        let recipes = recipes_directory();
        let mut files = BTreeMap::new();
        add(&recipes.join(name), "", &mut files)?;
        add(&recipes.join(SHARED), &format!("{SHARED}/"), &mut files)?;
        Ok(Self { files })
    }

    /// All names and contents, in the order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_slice()))
    }

    /// The content of a file that must be there.
    pub(super) fn content(&self, name: &str) -> Result<&[u8]> {
        let content = self
            .files
            .get(name)
            .ok_or_else(|| Error::Invalid(format!("the recipe has no file {name}")))?;
        Ok(content)
    }

    /// As [`content`](Self::content), as text.
    pub(super) fn text(&self, name: &str) -> Result<&str> {
        std::str::from_utf8(self.content(name)?)
            .map_err(|_| Error::Invalid(format!("the recipe's file {name} is no text")))
    }

    /// Whether the machine has a disk, with packages installed on it.
    pub(super) fn has_disk(&self) -> bool {
        self.files.contains_key("installed")
    }
}

fn add(directory: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(directory).while_trying_to("read", directory)? {
        let path = entry.while_trying_to("read", directory)?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            add(&path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(&path).while_trying_to("read", &path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_hold_their_own_files_and_the_shared_ones() {
        let mini = RecipeFiles::read("mini").unwrap();
        assert!(mini.text("shared/machine.bash").unwrap().contains("--hosts"));
        assert!(!mini.has_disk() && mini.content("installed").is_err());
        let systemd = RecipeFiles::read("systemd").unwrap();
        assert!(systemd.text("units/idle.service").unwrap().starts_with("[Unit]"));
        assert!(systemd.has_disk() && systemd.iter().any(|(name, _)| name == "boot"));
    }
}
