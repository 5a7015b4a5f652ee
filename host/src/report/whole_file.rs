//! A file that appears when it is complete.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::destination::{Destination, Earlier};

/// A file that is written at once: whatever happens there is all of it or nothing.
#[derive(Debug)]
pub(super) struct WholeFile {
    destination: Destination,
}

impl WholeFile {
    /// Tries whether a file can be made. Errors: it cannot.
    pub(super) fn prepare(destination: Destination, earlier: Earlier) -> io::Result<Self> {
        if let Destination::File(path) = &destination {
            match fs::metadata(path) {
                Ok(found) if found.is_file() && earlier == Earlier::Stays => {}
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

    /// Writes it. Errors: it cannot be written; then what stood there stays.
    pub(super) fn write(&self, content: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
        let path = match &self.destination {
            Destination::StandardOutput => return write_to(io::stdout(), content),
            Destination::File(path) => path,
        };
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return write_to(fs::OpenOptions::new().write(true).open(path)?, content);
        }
        let target = target(path)?;
        let mut file = temporary(&target)?;
        write_to(file.as_file_mut(), content)?;
        file.persist(target)?;
        Ok(())
    }
}

fn write_to(to: impl io::Write, content: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(to);
    content(&mut out)?;
    out.flush()
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
    // Its own error would name the temporary file, which nobody has asked for.
    let mut code = None;
    let mut open = |path: &Path| {
        let opened = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path);
        opened.inspect_err(|error| code = error.raw_os_error())
    };
    let made = tempfile::Builder::new().prefix(".proctor-").make_in(parent, &mut open);
    made.map_err(|error| code.map_or(error, io::Error::from_raw_os_error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn prepared(path: &Path) -> io::Result<WholeFile> {
        WholeFile::prepare(Destination::File(path.into()), Earlier::Removed)
    }

    fn bytes(content: &'static [u8]) -> impl FnOnce(&mut dyn io::Write) -> io::Result<()> {
        |out| out.write_all(content)
    }

    #[test]
    fn what_stood_there_stays_until_the_new_one_is_whole() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("report.xml");
        fs::write(&path, "of an earlier run").unwrap();
        let file = WholeFile::prepare(Destination::File(path.clone()), Earlier::Stays).unwrap();
        let full = |out: &mut dyn io::Write| {
            out.write_all(&[b'x'; 100_000])?;
            Err(ErrorKind::StorageFull.into())
        };
        file.write(full).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"of an earlier run");
        file.write(bytes(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_appears_when_it_is_complete() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("report.xml");
        fs::write(&path, "of an earlier run").unwrap();
        let file = prepared(&path).unwrap();
        assert!(!path.exists());
        file.write(bytes(b"whole")).unwrap();
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
            prepared(&link).unwrap().write(bytes(content)).unwrap();
            assert_eq!(fs::read(&path).unwrap(), content);
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn what_cannot_be_written_is_known_at_once() {
        let scratch = tempfile::tempdir().unwrap();
        assert!(prepared(scratch.path()).is_err());
        let error = prepared(&scratch.path().join("no/such/directory.xml")).unwrap_err();
        assert_eq!(error.to_string(), "No such file or directory (os error 2)");
        prepared(Path::new("/dev/null")).unwrap().write(bytes(b"gone")).unwrap();
        assert!(prepared(Path::new("/dev/full")).unwrap().write(bytes(b"x")).is_err());
        assert!(!fs::metadata("/dev/full").unwrap().is_file());
    }
}
