//! The directories that a script finds, where other tests find none.

use std::path::{Path, PathBuf};

use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use crate::grants::{Grants, ReadGrant};

/// Where a script finds a directory of its own.
pub const SCRATCH: &str = "/tmp";

/// The directories that a script finds.
#[derive(Debug, Clone)]
pub struct Mounts {
    /// Its own, at [`SCRATCH`].
    pub scratch: PathBuf,
    /// That for what it leaves, at its own path.
    pub output: PathBuf,
}

impl Mounts {
    /// Puts the directories where the script finds them: these, and what the run grants to read, by its path and by its
    /// name. Errors: one that cannot be opened.
    pub(super) fn mount(&self, wasi: &mut WasiCtxBuilder, grants: &Grants) -> wasmtime::Result<()> {
        wasi.preopened_dir(&self.scratch, SCRATCH, FsPerms::ReadWrite)?;
        for grant in &grants.read {
            let directory = grant.directory.to_string_lossy();
            wasi.preopened_dir(&grant.directory, directory, FsPerms::ReadOnly)?;
            if let Some(name) = &grant.name {
                wasi.preopened_dir(&grant.directory, format!("{SCRATCH}/{name}"), FsPerms::ReadOnly)?;
            }
        }
        wasi.preopened_dir(&self.output, self.output.to_string_lossy(), FsPerms::ReadWrite)?;
        Ok(())
    }

    /// Errors: what the run grants, or its output directory, is where the script's own directory is, or above that.
    pub fn check(&self, grants: &Grants) -> Result<(), String> {
        let granted = grants.read.iter().map(|grant| &grant.directory);
        match granted
            .chain([&self.output])
            .find(|path| Path::new(SCRATCH).starts_with(path))
        {
            Some(path) => Err(format!(
                "a script has a directory of its own at {SCRATCH}, and {} is to be there, too; choose another",
                path.display()
            )),
            None => Ok(()),
        }
    }

    /// What may be copied to machines: what the run grants, and what the script finds besides.
    #[must_use]
    pub fn readable(&self, grants: &Grants) -> Grants {
        let mut grants = grants.clone();
        let named = grants.read.iter().filter_map(|grant| {
            Some(ReadGrant {
                name: Some(format!("{SCRATCH}/{}", grant.name.as_ref()?)),
                directory: grant.directory.clone(),
            })
        });
        let named: Vec<_> = named.collect();
        grants.read.extend(named);
        grants.read.push(ReadGrant {
            name: Some(SCRATCH.into()),
            directory: self.scratch.clone(),
        });
        grants.read.push(ReadGrant {
            name: None,
            directory: self.output.clone(),
        });
        grants
    }
}
