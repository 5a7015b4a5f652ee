//! Debian packages, downloaded with apt's own means but without installing them and without root.
//!
//! A private directory stands in for apt's state, so neither root nor earlier `apt-get update` is needed. Mirrors and
//! keys are those of the machine's own configuration, and apt checks the signatures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, FileContext, Result};
use crate::process::{capture, capture_text, pipe};

/// apt with a state directory of our own.
pub(crate) struct Apt {
    directory: PathBuf,
    options: Vec<String>,
}

impl Apt {
    /// Uses `directory`, which must exist, for the package lists of the machine's configured sources, or of `sources`
    /// (lines of a sources.list) alone.
    pub(crate) fn new(directory: &Path, sources: Option<&str>) -> Result<Self> {
        for name in ["state/lists/partial", "cache/archives/partial"] {
            let path = directory.join(name);
            fs::create_dir_all(&path).while_trying_to("make", &path)?;
        }
        // Nothing is installed, so what is installed does not matter. apt's lock is beside this file.
        let status = directory.join("state/status");
        fs::write(&status, "").while_trying_to("write", &status)?;
        let mut settings = vec![
            format!("Dir::State={}", directory.join("state").display()),
            format!("Dir::Cache={}", directory.join("cache").display()),
            format!("Dir::State::status={}", status.display()),
            // The directory may be one that apt's own user cannot read.
            "APT::Sandbox::User=".to_owned(),
            "Acquire::Languages=none".to_owned(),
            "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false".to_owned(),
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false".to_owned(),
            "APT::Update::Post-Invoke-Success=".to_owned(),
        ];
        if let Some(lines) = sources {
            let path = directory.join("sources.list");
            fs::write(&path, lines).while_trying_to("write", &path)?;
            settings.push(format!("Dir::Etc::SourceList={}", path.display()));
            settings.push("Dir::Etc::SourceParts=/dev/null".to_owned());
        }
        let options = settings
            .into_iter()
            .flat_map(|setting| ["-o".to_owned(), setting])
            .collect();
        Ok(Self {
            directory: directory.to_owned(),
            options,
        })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .args(&self.options)
            .current_dir(&self.directory)
            .env("LC_ALL", "C");
        command
    }

    /// Fetches the package lists.
    pub(crate) fn update(&self) -> Result<()> {
        capture(self.command("apt-get").args(["update", "-q"])).map(drop)
    }

    /// The mirrors of the configured sources: address and release, such as `http://mirror.example/debian` and
    /// `bookworm`. Needs no package lists.
    pub(crate) fn mirrors(&self) -> Result<Vec<(String, String)>> {
        let text = capture_text(self.command("apt-get").args(["update", "--print-uris"]))?;
        Ok(parse_mirrors(&text))
    }

    /// The one dependency of a meta package whose name begins with `prefix`.
    pub(crate) fn dependency(&self, package: &str, prefix: &str) -> Result<String> {
        let text = capture_text(self.command("apt-cache").args(["show", "--no-all-versions", package]))?;
        field(&text, "Depends")
            .and_then(|depends| first_dependency(depends, prefix))
            .map(str::to_owned)
            .ok_or_else(|| Error::Invalid(format!("package {package} depends on nothing called {prefix}*")))
    }

    /// Downloads packages (`name` or `name=version`) into `directory`; apt checks their hashes.
    pub(crate) fn download(&self, packages: &[String], directory: &Path) -> Result<()> {
        let mut command = self.command("apt-get");
        command.args(["download", "-q"]).args(packages).current_dir(directory);
        capture(&mut command).map(drop)
    }

    /// As [`download`](Self::download), with all that the packages need on a machine without any; patterns of apt are
    /// understood as well.
    pub(crate) fn download_with_dependencies(&self, packages: &[String], directory: &Path) -> Result<()> {
        let mut command = self.command("apt-get");
        command
            .arg("-o")
            .arg(format!("Dir::Cache::archives={}", directory.display()))
            .args(["install", "--download-only", "--no-install-recommends", "--yes", "-q"])
            .args(packages);
        capture(&mut command).map(drop)
    }
}

/// The value of a field in a package's description. Continuation lines are not looked at.
pub(crate) fn field<'a>(stanza: &'a str, name: &str) -> Option<&'a str> {
    stanza
        .lines()
        .find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
}

fn first_dependency<'a>(depends: &'a str, prefix: &str) -> Option<&'a str> {
    depends
        .split([',', '|'])
        .filter_map(|entry| entry.split_whitespace().next())
        .find(|name| name.starts_with(prefix))
}

/// Finds the mirrors in the addresses of what an update would fetch, `'MIRROR/dists/RELEASE/InRelease' NAME SIZE`.
fn parse_mirrors(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| line.strip_prefix('\'')?.split_once("/InRelease'"))
        .filter_map(|(address, _)| address.split_once("/dists/"))
        .map(|(mirror, release)| (mirror.to_owned(), release.to_owned()))
        .collect()
}

/// The package files that a download left in a directory, with the names of their packages.
pub(crate) fn package_files(directory: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).while_trying_to("read", directory)? {
        let path = entry.while_trying_to("read", directory)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let (true, Some((package, _))) = (name.ends_with(".deb"), name.split_once('_')) {
            files.push((package.to_owned(), path.clone()));
        }
    }
    files.sort();
    Ok(files)
}

/// Unpacks a package into `directory`, which is made where it is missing; only what matches `members` (patterns such as
/// `./boot/*`, each of which must match something) where any are given.
pub(crate) fn unpack(package: &Path, directory: &Path, members: &[String]) -> Result<()> {
    fs::create_dir_all(directory).while_trying_to("make", directory)?;
    let mut dpkg = Command::new("dpkg-deb");
    if members.is_empty() {
        return capture(dpkg.arg("-x").arg(package).arg(directory)).map(drop);
    }
    let mut tar = Command::new("tar");
    tar.args(["--extract", "--no-same-owner", "--wildcards", "--directory"])
        .arg(directory)
        .args(members);
    pipe(dpkg.arg("--fsys-tarfile").arg(package), &mut tar)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANZA: &str = "Package: linux-image-amd64\nVersion: 6.1.192-2\nDepends: linux-image-6.1.0-56-amd64 \
                          (= 6.1.192-2), other | another\nDescription: Linux\n Depends: not this one\n";

    #[test]
    fn fields_and_dependencies_are_found() {
        assert_eq!(field(STANZA, "Version"), Some("6.1.192-2"));
        assert_eq!(field(STANZA, "Vers"), None);
        let depends = field(STANZA, "Depends").unwrap();
        assert_eq!(
            first_dependency(depends, "linux-image-"),
            Some("linux-image-6.1.0-56-amd64")
        );
        assert_eq!(first_dependency(depends, "ano"), Some("another"));
        assert_eq!(first_dependency(depends, "linux-headers-"), None);
    }

    #[test]
    fn mirrors_are_found_in_addresses() {
        let text = "'http://a.example/debian/dists/bookworm/InRelease' a 0 \n\
                    'http://b.example/dists/sid/InRelease' b 0\n\
                    'http://a.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' c 0 \nnoise\n";
        let expected = [("http://a.example/debian", "bookworm"), ("http://b.example", "sid")];
        assert_eq!(
            parse_mirrors(text),
            expected.map(|(address, release)| (address.to_owned(), release.to_owned()))
        );
    }

    #[test]
    fn package_files_are_named_after_their_packages() {
        let directory = tempfile::tempdir().unwrap();
        for name in [
            "libc6_2.36-9_amd64.deb",
            "busybox-static_1%3a1.35_amd64.deb",
            "versions",
            "x.deb.part",
        ] {
            fs::write(directory.path().join(name), "").unwrap();
        }
        let names: Vec<_> = package_files(directory.path())
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["busybox-static", "libc6"]);
    }
}
