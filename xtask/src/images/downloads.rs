//! The packages of a recipe, downloaded where the cache has none for its list.

use std::path::{Path, PathBuf};

use super::recipe::Package;
use crate::apt::{self, Apt};
use crate::cache::{self, ContentKey};
use crate::error::{FileContext, Result};
use crate::progress::timed;

/// What apt calls the packages without which no Debian system is one.
const ESSENTIAL: &str = "?essential";

/// Names of packages with their files.
pub(super) type Downloads = Vec<(String, PathBuf)>;

/// The packages that `list`, the text of `packages`, names.
pub(super) fn named(list: &str, packages: &[Package], refresh: bool) -> Result<Downloads> {
    downloaded("packages", list, refresh, |apt, directory| {
        let mut names = Vec::new();
        for package in packages {
            names.push(match &package.dependency {
                Some(prefix) => apt.dependency(&package.name, prefix)?,
                None => package.name.clone(),
            });
        }
        apt.download(&names, directory)
    })
}

/// The packages that `list`, the text of `installed`, names, with all that they and Debian itself need.
pub(super) fn with_dependencies(list: &str, packages: &[String], refresh: bool) -> Result<Downloads> {
    downloaded("installed packages", list, refresh, |apt, directory| {
        let mut names = vec![ESSENTIAL.to_owned()];
        names.extend_from_slice(packages);
        apt.download_with_dependencies(&names, directory)
    })
}

fn downloaded(
    label: &str,
    list: &str,
    refresh: bool,
    download: impl FnOnce(&Apt, &Path) -> Result<()>,
) -> Result<Downloads> {
    let mut key = ContentKey::default();
    key.add(label, list.as_bytes());
    let key = key.finish();
    if refresh {
        cache::forget("packages", &key)?;
    }
    let directory = cache::ensure("packages", &key, |directory| {
        timed("download of the image's Debian packages", || {
            let state = tempfile::tempdir().while_trying_to("make", &std::env::temp_dir())?;
            let apt = Apt::new(state.path(), None)?;
            apt.update()?;
            download(&apt, directory)
        })
    })?;
    apt::package_files(&directory)
}
