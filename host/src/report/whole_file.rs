//! A file that appears when it is complete.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::destination::Destination;

/// A file that is written at once. Until then there is none: what an earlier run left under its name would pass for a
/// report of this one.
#[derive(Debug)]
pub(super) struct WholeFile {
    destination: Destination,
}

impl WholeFile {
    /// Removes what stands there, and tries whether a file can be made. Errors: it cannot.
    pub(super) fn prepare(destination: Destination) -> io::Result<Self> {
        if let Destination::File(path) = &destination {
            match fs::metadata(path) {
                Ok(found) if found.is_file() => fs::remove_file(fs::canonicalize(path)?)?,
                Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
                // A pipe or a device: it is opened when there is something to write.
                Ok(_) => return Ok(Self { destination }),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            drop(temporary(&target(path)?)?);
        }
        Ok(Self { destination })
    }

    /// Writes it. Errors: it cannot be written; then there is none.
    pub(super) fn write(&self, content: &[u8]) -> io::Result<()> {
        let path = match &self.destination {
            Destination::StandardOutput => {
                let mut out = io::stdout();
                return out.write_all(content).and_then(|()| out.flush());
            }
            Destination::File(path) => path,
        };
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return fs::OpenOptions::new().write(true).open(path)?.write_all(content);
        }
        let target = target(path)?;
        let mut file = temporary(&target)?;
        file.write_all(content)?;
        file.persist(target)?;
        Ok(())
    }
}

/// The file that a path means, past links: it is replaced, and they stay. A link to what does not exist is followed once.
fn target(path: &Path) -> io::Result<PathBuf> {
    match fs::read_link(path) {
        Ok(link) => Ok(path.parent().unwrap_or(Path::new("")).join(link)),
        Err(_) => Ok(path.to_owned()),
    }
}

/// A file beside another, with the rights that a new file has; gone when dropped.
fn temporary(beside: &Path) -> io::Result<tempfile::NamedTempFile> {
    let parent = match beside.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    tempfile::Builder::new()
        .prefix(".proctor-")
        // Less what the umask takes away.
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(path: &Path) -> io::Result<WholeFile> {
        WholeFile::prepare(Destination::File(path.into()))
    }

    #[test]
    fn a_file_appears_when_it_is_complete() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("report.xml");
        fs::write(&path, "of an earlier run").unwrap();
        let file = prepared(&path).unwrap();
        assert!(!path.exists());
        file.write(b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        let ordinary = scratch.path().join("ordinary");
        fs::write(&ordinary, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path), mode(&ordinary));
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_link_stays_one() {
        let scratch = tempfile::tempdir().unwrap();
        let (path, link) = (scratch.path().join("real.xml"), scratch.path().join("link.xml"));
        std::os::unix::fs::symlink("real.xml", &link).unwrap();
        for content in [b"one", b"two"] {
            prepared(&link).unwrap().write(content).unwrap();
            assert_eq!(fs::read(&path).unwrap(), content);
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn what_cannot_be_written_is_known_at_once() {
        let scratch = tempfile::tempdir().unwrap();
        assert!(prepared(scratch.path()).is_err());
        assert!(prepared(&scratch.path().join("no/such/directory.xml")).is_err());
        prepared(Path::new("/dev/null")).unwrap().write(b"gone").unwrap();
        assert!(prepared(Path::new("/dev/full")).unwrap().write(b"x").is_err());
        assert!(!fs::metadata("/dev/full").unwrap().is_file());
    }
}
