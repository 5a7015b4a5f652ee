//! What is read on the host.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use cap_std::fs::{Dir, File, Metadata, MetadataExt as _, OpenOptions, OpenOptionsExt as _};
use nix::fcntl::OFlag;
use tar::{Builder, EntryType, Header};

use super::stream::PieceWriter;
use crate::error::Cause;
use crate::grants::Readable;
use crate::limits::{LimitName, Limits};

/// The bits of a mode that go with a file.
const MODE: u32 = 0o7777;

/// How many bytes of a copy have passed, for messages.
pub(super) type Passed = Arc<AtomicU64>;

/// What is to be copied.
#[derive(Debug)]
pub(super) enum Opened {
    /// A file with its size.
    File {
        /// Itself.
        file: File,
        /// Its size when it was opened, which is how much is copied.
        size: u64,
        /// Its mode.
        mode: u32,
    },
    /// A directory.
    Directory(Dir),
}

impl Readable {
    /// Opens it. Errors: it is not there, is neither file nor directory, leads out of what is granted, is too large.
    pub(super) fn open(&self, limits: &Limits) -> Result<Opened, Cause> {
        let here = Path::new("");
        let failed = |error: io::Error| self.failed("read", here, &error);
        let metadata = self.root.metadata(&self.path).map_err(failed)?;
        if metadata.is_dir() {
            return Ok(Opened::Directory(self.root.open_dir(&self.path).map_err(failed)?));
        }
        self.check_kind(here, &metadata)?;
        let file = open_file(&self.root, &self.path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        self.check_kind(here, &metadata)?;
        let size = metadata.len();
        self.check_size(size, limits)?;
        let mode = metadata.mode() & MODE;
        Ok(Opened::File { file, size, mode })
    }

    fn check_kind(&self, below: &Path, metadata: &Metadata) -> Result<(), Cause> {
        if metadata.is_file() {
            return Ok(());
        }
        let error = io::Error::other("neither a file, a directory nor a link");
        Err(self.failed("copy", below, &error))
    }

    fn check_size(&self, size: u64, limits: &Limits) -> Result<(), Cause> {
        if size <= limits.copy_bytes {
            return Ok(());
        }
        Err(too_many_bytes(&self.shown, limits))
    }

    /// Writes a file's bytes. A writer that takes no more ends it without an error. Errors: the file cannot be read, or
    /// has become shorter.
    pub(super) fn write_file(&self, file: File, size: u64, to: PieceWriter, passed: &Passed) -> Result<(), Cause> {
        let mut to = to;
        let mut from = Exactly {
            file,
            left: size,
            passed,
        };
        match io::copy(&mut from, &mut to).and_then(|_| to.finish()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(self.failed("read", Path::new(""), &error)),
            _ => Ok(()),
        }
    }

    /// Writes a directory as an archive. A writer that takes no more ends it without an error.
    /// Errors: something in it cannot be read or is of a kind that is not copied; it holds too much.
    pub(super) fn write_archive(
        &self,
        directory: &Dir,
        to: PieceWriter,
        limits: &Limits,
        passed: &Passed,
    ) -> Result<(), Cause> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let mut archive = ArchiveWriter {
            source: self,
            builder: Builder::new(to),
            limits,
            passed,
            bytes: 0,
            files: 0,
            now: now.map_or(0, |now| now.as_secs()),
        };
        match archive.add_all(directory) {
            Err(Failure::Unwanted) => Ok(()),
            Err(Failure::Cause(cause)) => Err(cause),
            Ok(()) => {
                // What can fail now is the writer.
                let _ = archive.builder.into_inner().and_then(PieceWriter::finish);
                Ok(())
            }
        }
    }
}

/// The error of a copy that is larger than [`Limits::copy_bytes`].
pub(super) fn too_many_bytes(shown: &str, limits: &Limits) -> Cause {
    let (most, name) = (limits.copy_bytes, LimitName::CopyBytes);
    Cause::InvalidArgument(format!("`{shown}` holds more than the {most} bytes of {name}"))
}

/// The error of a copy of more than [`Limits::copy_files`].
pub(super) fn too_many_files(shown: &str, limits: &Limits) -> Cause {
    let (most, name) = (limits.copy_files, LimitName::CopyFiles);
    Cause::InvalidArgument(format!("`{shown}` holds more than the {most} files of {name}"))
}

/// A pipe that took a file's place must not hold the reader up.
fn open_file(directory: &Dir, path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(OFlag::O_NONBLOCK.bits());
    directory.open_with(path, &options)
}

/// Reads so many bytes of a file, and fails where there are fewer.
struct Exactly<'a> {
    file: File,
    left: u64,
    passed: &'a AtomicU64,
}

impl io::Read for Exactly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (&mut self.file).take(self.left).read(buffer)?;
        if count == 0 && self.left > 0 && !buffer.is_empty() {
            let text = "it became shorter while it was copied";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text));
        }
        self.left -= count as u64;
        self.passed.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

struct ArchiveWriter<'a> {
    source: &'a Readable,
    builder: Builder<PieceWriter>,
    limits: &'a Limits,
    passed: &'a AtomicU64,
    bytes: u64,
    files: u64,
    /// The times of what is copied: when it was copied.
    now: u64,
}

enum Failure {
    Cause(Cause),
    /// The guest takes no more, which is told by others.
    Unwanted,
}

impl ArchiveWriter<'_> {
    fn add_all(&mut self, root: &Dir) -> Result<(), Failure> {
        // Not opened before their turn comes: a process has few descriptors.
        let mut waiting = vec![PathBuf::new()];
        while let Some(path) = waiting.pop() {
            let failed = |error: io::Error| Failure::Cause(self.source.failed("read", &path, &error));
            let here = Path::new(".").join(&path);
            let directory = root.open_dir(&here).map_err(failed)?;
            let mode = directory.dir_metadata().map_err(failed)?.mode();
            let entries = directory.entries().map_err(failed)?;
            self.add(EntryType::Directory, &here, mode, 0, io::empty())?;
            for entry in entries {
                let failed = |error: io::Error| Failure::Cause(self.source.failed("read", &path, &error));
                let entry = entry.map_err(failed)?;
                let name = path.join(entry.file_name());
                let kind = entry.file_type().map_err(failed)?;
                if kind.is_dir() {
                    waiting.push(name);
                    self.count(0)?;
                } else if kind.is_symlink() {
                    self.add_link(&directory, &name, Path::new(&entry.file_name()))?;
                } else {
                    self.add_file(&directory, &name, Path::new(&entry.file_name()))?;
                }
            }
        }
        Ok(())
    }

    fn add_link(&mut self, directory: &Dir, path: &Path, name: &Path) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::Cause(self.source.failed("read", path, &error));
        let target = directory.read_link_contents(name).map_err(failed)?;
        self.count(0)?;
        let mut header = self.header(EntryType::Symlink, 0o777, 0);
        let done = self.builder.append_link(&mut header, Path::new(".").join(path), target);
        done.map_err(|error| self.judge(path, &error))
    }

    fn add_file(&mut self, directory: &Dir, path: &Path, name: &Path) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::Cause(self.source.failed("read", path, &error));
        let metadata = directory.symlink_metadata(name).map_err(failed)?;
        self.source.check_kind(path, &metadata).map_err(Failure::Cause)?;
        let file = open_file(directory, name).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        self.source.check_kind(path, &metadata).map_err(Failure::Cause)?;
        let size = metadata.len();
        self.count(size)?;
        let content = Exactly {
            file,
            left: size,
            passed: self.passed,
        };
        self.add(
            EntryType::Regular,
            &Path::new(".").join(path),
            metadata.mode(),
            size,
            content,
        )
    }

    /// Counts one more.
    fn count(&mut self, size: u64) -> Result<(), Failure> {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(size);
        if self.files > self.limits.copy_files {
            return Err(Failure::Cause(too_many_files(&self.source.shown, self.limits)));
        }
        self.source.check_size(self.bytes, self.limits).map_err(Failure::Cause)
    }

    fn header(&self, kind: EntryType, mode: u32, size: u64) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode & MODE);
        header.set_size(size);
        header.set_mtime(self.now);
        // On the machine it is root's.
        header.set_uid(0);
        header.set_gid(0);
        header
    }

    fn add(
        &mut self,
        kind: EntryType,
        path: &Path,
        mode: u32,
        size: u64,
        content: impl io::Read,
    ) -> Result<(), Failure> {
        let mut header = self.header(kind, mode, size);
        let done = self.builder.append_data(&mut header, path, content);
        done.map_err(|error| self.judge(path, &error))
    }

    fn judge(&self, path: &Path, error: &io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::Unwanted;
        }
        Failure::Cause(self.source.failed("read", path, error))
    }
}

/// A small file's bytes, all at once. Errors: as [`Readable::write_file`].
pub(super) fn read_small(source: &Readable, file: File, size: u64, passed: &Passed) -> Result<Vec<u8>, Cause> {
    let mut bytes = Vec::new();
    let mut content = Exactly {
        file,
        left: size,
        passed,
    };
    let read = content.read_to_end(&mut bytes);
    read.map_err(|error| source.failed("read", Path::new(""), &error))?;
    Ok(bytes)
}
