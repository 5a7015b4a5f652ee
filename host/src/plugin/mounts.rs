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
    /// The run's own, with the machines' state directories: where the run lets the script command the host, at its own path.
    pub run: PathBuf,
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
        if grants.monitor || grants.create_machine {
            wasi.preopened_dir(&self.run, self.run.to_string_lossy(), FsPerms::ReadWrite)?;
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

    /// A text for QEMU or a start script in which the script's paths below [`SCRATCH`] have become the host's. What there is
    /// at a path of the host alone is meant as that.
    #[must_use]
    pub fn on_host(&self, text: &str) -> String {
        let below = format!("{SCRATCH}/");
        let mut told = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(&below) {
            let (before, path) = rest.split_at(at);
            told.push_str(before);
            let name = path.get(below.len()..).unwrap_or_default();
            let end = name
                .find(|character: char| character == '/' || is_end(character))
                .unwrap_or(name.len());
            let name = Path::new(name.get(..end).unwrap_or_default());
            let begins = told.chars().next_back().is_none_or(is_end);
            let is_own = self.scratch.join(name).exists() || !Path::new(SCRATCH).join(name).exists();
            if begins && is_own {
                told.push_str(&self.scratch.to_string_lossy());
            } else {
                told.push_str(SCRATCH);
            }
            rest = path.get(SCRATCH.len()..).unwrap_or_default();
        }
        told + rest
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

/// Whether a path may end here, and another begin behind it: in a command's words, an option's value, a JSON text.
fn is_end(character: char) -> bool {
    character.is_whitespace() || "=,:;\"'<>|&()\\".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_of_a_script_become_those_of_the_host() {
        let scratch = tempfile::tempdir().unwrap();
        let mounts = Mounts {
            scratch: scratch.path().to_owned(),
            output: "/output".into(),
            run: "/run".into(),
        };
        std::fs::write(scratch.path().join("stick.img"), "").unwrap();
        let own = scratch.path().to_str().unwrap();
        for (text, told) in [
            (
                "drive_add 0 id=a,file=/tmp/stick.img,format=raw",
                format!("drive_add 0 id=a,file={own}/stick.img,format=raw"),
            ),
            ("screendump /tmp/new/a.ppm", format!("screendump {own}/new/a.ppm")),
            ("{\"filename\": \"/tmp/a\"}", format!("{{\"filename\": \"{own}/a\"}}")),
            // What the host alone has, other paths, and the directory itself.
            (&format!("sh {own}/no"), format!("sh {own}/no")),
            ("/var/tmp/a /tmp /tmpfile", "/var/tmp/a /tmp /tmpfile".into()),
            ("info status", "info status".into()),
        ] {
            assert_eq!(mounts.on_host(text), told);
        }
    }
}
