//! Archives that a machine sends, and paths on a machine.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::extract::extract;
use super::guest_path::GuestPath;
use super::place::Place;
use crate::error::Cause;
use crate::fuzzing::{assert_harmless, assert_harmless_line, shell_words};
use crate::limits::{COPY_MESSAGE_BYTES, GUEST_PATH_BYTES, Limits};
use crate::output_directory::Allowance;

/// So little that an archive can hold more.
const MOST_BYTES: u64 = 4096;
const MOST_FILES: u64 = 20;
/// What an archive consists of, and where its headers have their checksum, size and that of the checksum.
const BLOCK: usize = 512;
const SIZE: std::ops::Range<usize> = 124..136;
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// The bytes are an archive as a machine's `tar` makes it, and what follows it. It is laid down twice: the second time
/// over what the first has left.
pub fn archive(bytes: &[u8]) {
    let scratch = tempfile::tempdir().expect("a directory for temporary files");
    let inside = scratch.path().join("out/in");
    fs::create_dir_all(&inside).expect("an empty directory");
    fs::write(scratch.path().join("outside"), "untouched").expect("a file");
    let limits = Limits {
        copy_bytes: MOST_BYTES,
        copy_files: MOST_FILES,
        ..Limits::default()
    };
    let archive = with_checksums(bytes);
    for times in 1..=2 {
        let place = Place {
            directory: Dir::open_ambient_dir(&inside, ambient_authority()).expect("a directory that is there"),
            path: "in".into(),
            name: "tree".into(),
            allowance: Arc::new(Allowance::new(&Limits::default())),
        };
        let passed = AtomicU64::new(0);
        match extract(Slowly(&archive), &place, &limits, &passed) {
            Ok(extracted) => {
                assert!(extracted.said.len() <= COPY_MESSAGE_BYTES);
                if let Some(left_out) = extracted.left_out.describe() {
                    assert_harmless_line(&left_out);
                }
            }
            Err(cause) => assert_harmless(&cause.to_string()),
        }
        assert!(passed.load(Ordering::Relaxed) <= MOST_BYTES);
        let tree = inside.join("tree");
        let mut found = (0, 0);
        walk(&tree, &tree, &mut found);
        assert!(found.0 <= times * MOST_BYTES, "{} bytes", found.0);
        assert!(found.1 <= times * MOST_FILES, "{} files", found.1);
    }
    assert_eq!(
        fs::read(scratch.path().join("outside")).ok().as_deref(),
        Some(&b"untouched"[..])
    );
    let count = |path: &Path| fs::read_dir(path).map_or(0, Iterator::count);
    let counts = (count(scratch.path()), count(&scratch.path().join("out")));
    assert_eq!(counts, (2, 1), "something was made elsewhere");
    assert!(count(&inside) <= 1, "something was made beside the copy");
}

/// Gives few bytes at a time, as a machine may.
struct Slowly<'a>(&'a [u8]);

impl Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(300);
        self.0.read(buffer.get_mut(..most).unwrap_or_default())
    }
}

/// Sums up bytes and files. Nothing but files, directories and links may be there, none of them with more rights than a
/// copy has, and no link that leads out.
fn walk(root: &Path, path: &Path, found: &mut (u64, u64)) {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return;
    };
    found.1 += 1;
    let kind = metadata.file_type();
    assert!(!kind.is_fifo() && !kind.is_socket() && !kind.is_char_device() && !kind.is_block_device());
    if kind.is_symlink() {
        if let Ok(target) = fs::canonicalize(path) {
            let root = fs::canonicalize(root).expect("the copy is there");
            assert!(target.starts_with(root), "{path:?} leads to {target:?}");
        }
        return;
    }
    assert_eq!(metadata.permissions().mode() & 0o7000, 0, "{path:?}");
    if kind.is_file() {
        found.0 += metadata.len();
        return;
    }
    assert_eq!(metadata.permissions().mode() & 0o700, 0o700, "{path:?}");
    for entry in fs::read_dir(path).expect("a directory that can be read").flatten() {
        walk(root, &entry.path(), found);
    }
}

/// The archive with right checksums, which nobody would guess.
fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut archive = bytes.to_vec();
    let mut at = 0;
    while let Some(header) = archive.get_mut(at..at + BLOCK) {
        if header.iter().all(|byte| *byte == 0) {
            break;
        }
        header[CHECKSUM].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let digits = String::from_utf8_lossy(&header[SIZE]);
        let size = usize::from_str_radix(digits.trim_matches(|byte: char| byte == '\0' || byte == ' '), 8);
        at += BLOCK + size.unwrap_or(0).min(bytes.len()).next_multiple_of(BLOCK);
    }
    archive
}

/// The text is a path on a machine.
pub(in crate::machine) fn guest_path(text: &str) {
    let path = match GuestPath::new(text) {
        Ok(path) => path,
        Err(Cause::InvalidArgument(reason)) => return assert_harmless_line(&reason),
        Err(other) => panic!("{other} is no wrong argument"),
    };
    assert!(text.len() <= GUEST_PATH_BYTES);
    let words = shell_words(&path.quoted());
    let [word] = words.as_slice() else {
        panic!("{words:?} is not one word");
    };
    assert!(word == text || word.strip_prefix("./") == Some(text));
    assert!(!word.starts_with('-'));
    if let Some((directory, name)) = path.without_end().split() {
        assert!(!name.contains('/') && !["", ".", ".."].contains(&name));
        let directory = shell_words(&directory.quoted()).concat();
        let components = |path: &str| {
            Path::new(path)
                .components()
                .map(|name| name.as_os_str().to_owned())
                .collect()
        };
        let (rebuilt, whole): (Vec<_>, Vec<_>) = (components(&format!("{directory}/{name}")), components(word));
        assert_eq!(rebuilt, whole);
    }
}
