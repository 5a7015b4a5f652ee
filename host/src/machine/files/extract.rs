//! An archive that a machine sends, laid down in the output directory. Nothing in it is believed.

use std::ffi::OsStr;
use std::io::{self, Read, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use cap_std::fs::{Dir, File, Permissions, PermissionsExt as _};
use tar::{Archive, Entry, EntryType, PaxExtensions};

use super::place::{Place, below, is_link, make_directory, make_file, make_room, missing_above, stays_inside};
use super::source::{too_many_bytes, too_many_files};
use crate::error::Cause;
use crate::limits::{
    ARCHIVE_NAME_BYTES, ARCHIVE_REMEMBERED_BYTES, COPY_MESSAGE_BYTES, COPY_PIECE_BYTES, FILE_NAME_BYTES,
    GUEST_PATH_BYTES, LEFT_OUT_NAMED, Limits, OUTPUT_PATH_BYTES,
};
use crate::output_directory::failed;
use crate::text;

/// The bits of a mode that a copy keeps: a machine's set-user-id programs are none on the host.
const MODE: u32 = 0o777;
/// What the owner of a copy may do with its directories in any case: look at them and remove them.
const OWN_DIRECTORY: u32 = 0o700;

/// What an archive consists of, in bytes.
const BLOCK: u64 = 512;

/// What became of an archive.
#[derive(Debug, Default)]
pub(super) struct Extracted {
    /// Whether there was anything in it.
    pub(super) anything: bool,
    /// What followed it: the words of who made it.
    pub(super) said: Vec<u8>,
    /// What was not copied and why.
    pub(super) left_out: LeftOut,
}

/// What was not copied: the first few by name, the others counted.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    named: Vec<String>,
    count: usize,
}

impl LeftOut {
    fn add(&mut self, path: &Path, why: &str) {
        self.count += 1;
        if self.named.len() < LEFT_OUT_NAMED {
            let path = text::clean(path.as_os_str().as_bytes(), FILE_NAME_BYTES);
            self.named.push(format!("`{path}` ({why})"));
        }
    }

    /// In one line; nothing where nothing was left out.
    pub(super) fn describe(&self) -> Option<String> {
        let more = match self.count - self.named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (self.count > 0).then(|| format!("not copied: {}{more}", self.named.join(", ")))
    }
}

/// Lays an archive down: a directory's under the place's name with all that is below it, or else the one file in it.
/// Links are made only where they lead to something below the directory, and devices and pipes not at all.
/// Errors: the archive is broken or holds too much; the disk is full.
pub(super) fn extract(from: impl Read, place: &Place, limits: &Limits, passed: &AtomicU64) -> Result<Extracted, Cause> {
    let mut from = from;
    let mut first = Vec::new();
    let read = from.by_ref().take(BLOCK).read_to_end(&mut first);
    read.map_err(|error| broken(&error.to_string()))?;
    if (first.len() as u64) < BLOCK {
        // Without an archive its maker's words come in its place.
        return Ok(Extracted {
            said: first,
            ..Extracted::default()
        });
    }
    let mut archive = Archive::new(io::Cursor::new(first).chain(from));
    let mut extraction = Extraction {
        place,
        limits,
        passed,
        root: None,
        bytes: 0,
        files: 0,
        above: PathBuf::new(),
        remembered: Remembered::default(),
        links: Vec::new(),
        directories: Vec::new(),
        done: Extracted::default(),
    };
    let mut long = LongNames::default();
    let entries = archive.entries().map_err(|error| broken(&error.to_string()))?;
    for entry in entries.raw(true) {
        let entry = entry.map_err(|error| broken(&error.to_string()))?;
        match entry.header().entry_type() {
            EntryType::GNULongName => long.name = Some(trimmed(read_name(entry)?)),
            EntryType::GNULongLink => long.link = Some(trimmed(read_name(entry)?)),
            EntryType::XHeader => long.read_pax(&read_name(entry)?)?,
            EntryType::XGlobalHeader => drop(read_name(entry)?),
            _ => {
                let long = std::mem::take(&mut long);
                extraction.add(entry, long)?;
            }
        }
    }
    let mut done = extraction.finish()?;
    // Archives are filled up with zeros.
    let mut rest = archive.into_inner();
    let mut buffer = vec![0; COPY_PIECE_BYTES];
    while let Ok(count @ 1..) = rest.read(&mut buffer) {
        let words = buffer.iter().take(count).filter(|byte| **byte != 0);
        let room = COPY_MESSAGE_BYTES.saturating_sub(done.said.len());
        done.said.extend(words.take(room));
    }
    Ok(done)
}

/// Names that are too long for an entry stand in entries before it.
#[derive(Default)]
struct LongNames {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
}

impl LongNames {
    fn read_pax(&mut self, records: &[u8]) -> Result<(), Cause> {
        for record in PaxExtensions::new(records) {
            let record = record.map_err(|error| broken(&error.to_string()))?;
            match record.key_bytes() {
                b"path" => self.name = Some(record.value_bytes().to_vec()),
                b"linkpath" => self.link = Some(record.value_bytes().to_vec()),
                b"size" => return Err(broken("a size that stands beside a file's header")),
                key if key.starts_with(b"GNU.sparse") => return Err(broken("a file with holes")),
                _ => {}
            }
        }
        Ok(())
    }
}

fn read_name<R: Read>(entry: Entry<'_, R>) -> Result<Vec<u8>, Cause> {
    let mut name = Vec::new();
    let read = entry.take(ARCHIVE_NAME_BYTES + 1).read_to_end(&mut name);
    read.map_err(|error| broken(&error.to_string()))?;
    if name.len() as u64 > ARCHIVE_NAME_BYTES {
        return Err(broken("a name that is too long"));
    }
    Ok(name)
}

fn trimmed(mut name: Vec<u8>) -> Vec<u8> {
    while name.last() == Some(&0) {
        name.pop();
    }
    name
}

fn broken(what: &str) -> Cause {
    let what = text::clean(what.as_bytes(), COPY_MESSAGE_BYTES);
    Cause::Unsupported(format!("what the machine sent is no archive that can be read: {what}"))
}

/// How much memory goes into what is done in the end.
#[derive(Debug, Default)]
struct Remembered(usize);

impl Remembered {
    /// Of names of so many bytes. Errors: it is too much.
    fn add(&mut self, bytes: usize) -> Result<(), Cause> {
        self.0 += bytes + size_of::<(PathBuf, PathBuf)>();
        if self.0 > ARCHIVE_REMEMBERED_BYTES {
            return Err(broken("too many names of directories and links"));
        }
        Ok(())
    }
}

struct Extraction<'a> {
    place: &'a Place,
    limits: &'a Limits,
    passed: &'a AtomicU64,
    /// The copied directory, where it is one.
    root: Option<Dir>,
    bytes: u64,
    files: u64,
    /// A directory that is there, as are all above it: that of the last entry.
    above: PathBuf,
    remembered: Remembered,
    /// Links are made in the end, so that nothing is written through one of them.
    links: Vec<(PathBuf, PathBuf)>,
    /// Their modes are set in the end: one may forbid to write.
    directories: Vec<(PathBuf, u32)>,
    done: Extracted,
}

impl Extraction<'_> {
    fn add<R: Read>(&mut self, entry: Entry<'_, R>, long: LongNames) -> Result<(), Cause> {
        let header = entry.header();
        let name = long.name.unwrap_or_else(|| header.path_bytes().into_owned());
        let link = long
            .link
            .or_else(|| header.link_name_bytes().map(|name| name.into_owned()));
        let mode = header.mode().map_err(|error| broken(&error.to_string()))? & MODE;
        let size = header.entry_size().map_err(|error| broken(&error.to_string()))?;
        let kind = header.entry_type();
        let path = Path::new(OsStr::from_bytes(&name));
        self.count(1)?;
        if !std::mem::replace(&mut self.done.anything, true) {
            return self.begin(entry, path, kind, (mode, size));
        }
        if self.root.is_none() {
            return Err(broken("more than the one file that was asked for"));
        }
        let Some(path) = below(path) else {
            self.done.left_out.add(path, "leads out");
            return Ok(());
        };
        if path.as_os_str().len() > OUTPUT_PATH_BYTES {
            self.done.left_out.add(&path, "too long a path");
            return Ok(());
        }
        self.count_above(&path)?;
        let link = link.as_deref().map(|link| Path::new(OsStr::from_bytes(link)));
        match (kind, link) {
            (EntryType::Directory, _) => self.make_directory(path, mode),
            (EntryType::Regular | EntryType::Continuous, _) => {
                let root = self.root()?;
                self.write(&root, &path, entry, (mode, size))
            }
            (EntryType::Symlink, Some(target)) => {
                if target.as_os_str().len() > GUEST_PATH_BYTES {
                    self.done.left_out.add(&path, "a link to too long a path");
                } else if stays_inside(&path, target) {
                    self.remembered.add(path.as_os_str().len() + target.as_os_str().len())?;
                    self.links.push((path, target.into()));
                } else {
                    self.done.left_out.add(&path, "a link that leads out");
                }
                Ok(())
            }
            (EntryType::Link, Some(other)) => self.link_hard(&path, other),
            _ => {
                self.done.left_out.add(&path, "neither a file, a directory nor a link");
                Ok(())
            }
        }
    }

    /// The first entry is the directory or the file that was asked for.
    fn begin<R: Read>(
        &mut self,
        entry: Entry<'_, R>,
        path: &Path,
        kind: EntryType,
        (mode, size): (u32, u64),
    ) -> Result<(), Cause> {
        let (place, name) = (self.place, Path::new(&self.place.name));
        match kind {
            EntryType::Directory if below(path).is_some_and(|path| path.as_os_str().is_empty()) => {
                make_directory(&place.directory, name).map_err(|error| self.failed(Path::new(""), &error))?;
                let root = place.directory.open_dir(name);
                self.root = Some(root.map_err(|error| self.failed(Path::new(""), &error))?);
                self.directories.push((PathBuf::from("."), mode));
                Ok(())
            }
            EntryType::Regular | EntryType::Continuous => {
                let directory = place.directory.try_clone();
                let directory = directory.map_err(|error| self.failed(Path::new(""), &error))?;
                self.write(&directory, name, entry, (mode, size))
            }
            _ => Err(broken("neither a directory nor a file")),
        }
    }

    /// There are so many more files or directories.
    fn count(&mut self, files: u64) -> Result<(), Cause> {
        self.files += files;
        if self.files > self.limits.copy_files {
            return Err(too_many_files(&self.place.name, self.limits));
        }
        self.place.allowance.take(0, files)
    }

    /// Directories above an entry are made for it even where the archive has none of them.
    fn count_above(&mut self, path: &Path) -> Result<(), Cause> {
        let above = path.parent().unwrap_or(Path::new(""));
        if above != self.above {
            self.count(missing_above(&self.root()?, path))?;
            self.above = above.to_owned();
        }
        Ok(())
    }

    fn root(&self) -> Result<Dir, Cause> {
        let root = self.root.as_ref().ok_or_else(|| broken("no directory"))?;
        root.try_clone().map_err(|error| self.failed(Path::new(""), &error))
    }

    fn make_directory(&mut self, path: PathBuf, mode: u32) -> Result<(), Cause> {
        if path.as_os_str().is_empty() {
            return Ok(());
        }
        let root = self.root()?;
        make_directory(&root, &path).map_err(|error| self.failed(&path, &error))?;
        self.remembered.add(path.as_os_str().len())?;
        self.directories.push((path, mode));
        Ok(())
    }

    fn write<R: Read>(
        &mut self,
        directory: &Dir,
        path: &Path,
        entry: Entry<'_, R>,
        (mode, size): (u32, u64),
    ) -> Result<(), Cause> {
        let file = make_file(directory, path).map_err(|error| self.failed(path, &error))?;
        let filled = self.fill(file, path, entry, (mode, size));
        if filled.is_err() {
            // A part of a file would pass for one. What failed is the news.
            let _ = directory.remove_file(path);
        }
        filled
    }

    fn fill<R: Read>(
        &mut self,
        mut file: File,
        path: &Path,
        mut entry: Entry<'_, R>,
        (mode, size): (u32, u64),
    ) -> Result<(), Cause> {
        let mut buffer = vec![0; COPY_PIECE_BYTES.min(size.try_into().unwrap_or(COPY_PIECE_BYTES)).max(1)];
        let mut left = size;
        while left > 0 {
            let count = entry.read(&mut buffer).map_err(|error| broken(&error.to_string()))?;
            if count == 0 {
                return Err(broken("it ends in the middle of a file"));
            }
            self.bytes += count as u64;
            if self.bytes > self.limits.copy_bytes {
                return Err(too_many_bytes(&self.place.name, self.limits));
            }
            self.place.allowance.take(count as u64, 0)?;
            let written = file.write_all(buffer.get(..count).unwrap_or_default());
            written.map_err(|error| self.failed(path, &error))?;
            self.passed.fetch_add(count as u64, Ordering::Relaxed);
            left -= count as u64;
        }
        let done = file.set_permissions(Permissions::from_mode(mode));
        done.map_err(|error| self.failed(path, &error))
    }

    /// A second name of a file of the same archive. It becomes a name of the copy.
    fn link_hard(&mut self, path: &Path, other: &Path) -> Result<(), Cause> {
        let root = self.root()?;
        let is_file = |other: &PathBuf| root.symlink_metadata(other).is_ok_and(|metadata| metadata.is_file());
        let Some(other) = below(other).filter(is_file) else {
            self.done
                .left_out
                .add(path, "another name of something that was not copied");
            return Ok(());
        };
        if other == path {
            return Ok(());
        }
        let done = make_room(&root, path).and_then(|()| root.hard_link(&other, &root, path));
        done.map_err(|error| self.failed(path, &error))
    }

    fn finish(mut self) -> Result<Extracted, Cause> {
        let Some(root) = self.root.take() else {
            return Ok(self.done);
        };
        for (path, target) in std::mem::take(&mut self.links) {
            // From elsewhere the same target might lead out.
            if path.ancestors().skip(1).any(|parent| is_link(&root, parent)) {
                self.done.left_out.add(&path, "a link below a link");
                continue;
            }
            let done = make_room(&root, &path).and_then(|()| root.symlink_contents(&target, &path));
            done.map_err(|error| self.failed(&path, &error))?;
        }
        // The innermost first: from the outside one could not get at them any more.
        for (path, mode) in self.directories.iter().rev() {
            if !is_link(&root, path) {
                let permissions = Permissions::from_mode(mode | OWN_DIRECTORY);
                root.set_permissions(path, permissions)
                    .map_err(|error| self.failed(path, &error))?;
            }
        }
        Ok(self.done)
    }

    fn failed(&self, below: &Path, error: &io::Error) -> Cause {
        let path = self.place.path.join(&self.place.name);
        let path = if self.root.is_some() { path.join(below) } else { path };
        failed("write", &path, error)
    }
}

#[cfg(test)]
#[path = "extract_tests.rs"]
mod tests;
