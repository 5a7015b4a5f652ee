//! Archives that mean harm.

use crate::output_directory::Allowance;
use std::os::unix::fs::symlink;
use std::sync::Arc;

use cap_std::ambient_authority;
use tar::{Builder, Header};

use super::*;

/// A directory to extract into, beside something that must not be touched.
struct Scene {
    scratch: tempfile::TempDir,
    place: Place,
    limits: Limits,
}

impl Scene {
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(scratch.path().join("out/in")).unwrap();
        std::fs::write(scratch.path().join("outside"), "untouched").unwrap();
        let place = Place {
            directory: Dir::open_ambient_dir(scratch.path().join("out/in"), ambient_authority()).unwrap(),
            path: "in".into(),
            name: "tree".into(),
            allowance: Arc::new(Allowance::new(&Limits::default())),
        };
        let limits = Limits {
            copy_bytes: 100_000,
            copy_files: 100,
            ..Limits::default()
        };
        Self { scratch, place, limits }
    }

    fn extract(&self, archive: &[u8]) -> Result<Extracted, Cause> {
        let extracted = extract(archive, &self.place, &self.limits, &AtomicU64::new(0));
        let outside = std::fs::read(self.scratch.path().join("outside")).unwrap();
        assert_eq!(outside, b"untouched");
        let count = |path: &str| std::fs::read_dir(self.scratch.path().join(path)).unwrap().count();
        assert_eq!((count("."), count("out")), (2, 1), "something was made elsewhere");
        extracted
    }

    fn tree(&self) -> PathBuf {
        self.scratch.path().join("out/in/tree")
    }
}

/// An entry whose names are written as they are, whatever they are.
fn entry(kind: EntryType, name: &str, link: &str, content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o6755);
    header.set_size(content.len() as u64);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn archive(entries: &[(EntryType, &str, &str, &[u8])]) -> Vec<u8> {
    let mut bytes = entry(EntryType::Directory, "./", "", b"");
    for (kind, name, link, content) in entries {
        bytes.extend(entry(*kind, name, link, content));
    }
    bytes.extend([0; 1024]);
    bytes
}

#[test]
fn nothing_is_written_outside() {
    let scene = Scene::new();
    let file = EntryType::Regular;
    let extracted = scene.extract(&archive(&[
        (file, "/outside", "", b"bad"),
        (file, "../../outside", "", b"bad"),
        (file, "./a/../../x", "", b"bad"),
        (EntryType::Symlink, "./up", "..", b""),
        (EntryType::Symlink, "./here", ".", b""),
        (EntryType::Symlink, "./here/here/up", "../../outside", b""),
        (EntryType::Symlink, "./d/e", "../x/../..", b""),
        (EntryType::Symlink, "./abs", "/etc", b""),
        (EntryType::Link, "./hard", "../../outside", b""),
        (EntryType::Link, "./other", "./none", b""),
        (file, "./up/x", "", b"below a name that was a link"),
        (EntryType::Char, "./device", "", b""),
        (EntryType::Fifo, "./pipe", "", b""),
        (EntryType::GNUSparse, "./sparse", "", b""),
        (file, "./good", "", b"good"),
    ]));
    let extracted = extracted.unwrap();
    assert_eq!(extracted.left_out.count, 12, "{:?}", extracted.left_out);
    assert_eq!(std::fs::read(scene.tree().join("good")).unwrap(), b"good");
    let mode = |name: &str| scene.place.directory.metadata(name).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("tree/good"), mode("tree")), (0o755, 0o755));
    assert!(std::fs::read(scene.tree().join("up/x")).is_ok());
    assert_eq!(std::fs::read_link(scene.tree().join("here")).unwrap(), Path::new("."));
}

#[test]
fn links_that_stood_there_are_not_followed_out() {
    let scene = Scene::new();
    symlink(scene.scratch.path(), scene.tree()).unwrap();
    scene
        .extract(&archive(&[(EntryType::Regular, "./outside", "", b"bad")]))
        .unwrap();
    assert!(!std::fs::symlink_metadata(scene.tree()).unwrap().is_symlink());
    symlink("../../../outside", scene.tree().join("link")).unwrap();
    symlink("../../..", scene.tree().join("away")).unwrap();
    scene
        .extract(&archive(&[(EntryType::Regular, "./link", "", b"new")]))
        .unwrap();
    assert_eq!(std::fs::read(scene.tree().join("link")).unwrap(), b"new");
    let bad = archive(&[(EntryType::Regular, "./away/outside", "", b"bad")]);
    assert!(matches!(scene.extract(&bad), Err(Cause::InvalidArgument(_))));
}

#[test]
fn broken_archives_are_told() {
    let whole = archive(&[(EntryType::Regular, "./x", "", &[b'x'; 2000])]);
    for length in [600, 1100, 1600, 2500] {
        let cut = Scene::new().extract(&whole[..length]).unwrap_err();
        assert!(matches!(cut, Cause::Unsupported(_)), "{length}: {cut}");
    }
    let mut sizes = whole.clone();
    sizes[512 + 124..512 + 136].copy_from_slice(b"\x80\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff\xff");
    assert!(Scene::new().extract(&sizes).is_err());
    let second = [entry(EntryType::Regular, "a", "", b"a"), archive(&[])].concat();
    assert!(matches!(Scene::new().extract(&second), Err(Cause::Unsupported(_))));
    let device = entry(EntryType::Block, "./", "", b"");
    assert!(matches!(Scene::new().extract(&device), Err(Cause::Unsupported(_))));
    assert!(!Scene::new().extract(b"").unwrap().anything);
    assert_eq!(Scene::new().extract(b"tar: no").unwrap().said, b"tar: no");
}

#[test]
fn limits_hold() {
    let many: Vec<_> = (0..100).map(|_| (EntryType::Fifo, "./x", "", &b""[..])).collect();
    let cause = Scene::new().extract(&archive(&many)).unwrap_err();
    assert!(cause.to_string().contains("100 files"), "{cause}");
    assert!(Scene::new().extract(&archive(&many[1..])).is_ok());
    let cause = Scene::new()
        .extract(&archive(&[(EntryType::Regular, "./x", "", &vec![0; 100_001])]))
        .unwrap_err();
    assert!(cause.to_string().contains("100000 bytes"), "{cause}");
    // Directories that stand in names alone count, too.
    let deep = "d/".repeat(40);
    let names = ["1", "2", "3"].map(|name| format!("{name}/{deep}x"));
    let entries: Vec<_> = names
        .iter()
        .map(|name| (EntryType::Regular, name.as_str(), "", &b""[..]))
        .collect();
    let cause = Scene::new().extract(&archive(&entries)).unwrap_err();
    assert!(cause.to_string().contains("100 files"), "{cause}");
    assert!(Scene::new().extract(&archive(&entries[..2])).is_ok());
    let mut remembered = Remembered::default();
    assert!(remembered.add(ARCHIVE_REMEMBERED_BYTES - 1_000).is_ok() && remembered.add(1_000).is_err());
    let long = vec![b'n'; ARCHIVE_NAME_BYTES as usize + 1];
    let cause = Scene::new()
        .extract(&archive(&[(EntryType::GNULongName, "L", "", &long)]))
        .unwrap_err();
    assert!(cause.to_string().contains("too long"), "{cause}");
    let path = "n/".repeat(OUTPUT_PATH_BYTES);
    let named = archive(&[
        (EntryType::GNULongName, "L", "", path.as_bytes()),
        (EntryType::Regular, "x", "", b""),
    ]);
    assert_eq!(Scene::new().extract(&named).unwrap().left_out.count, 1);
    let target = "n/".repeat(GUEST_PATH_BYTES / 2 + 1);
    let named = archive(&[
        (EntryType::GNULongLink, "K", "", target.as_bytes()),
        (EntryType::Symlink, "x", "", b""),
    ]);
    assert_eq!(Scene::new().extract(&named).unwrap().left_out.count, 1);
}

#[test]
fn long_names_are_read_in_either_form() {
    let scene = Scene::new();
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Directory);
    header.set_size(0);
    header.set_mode(0o755);
    builder.append_data(&mut header, ".", io::empty()).unwrap();
    let long = "n".repeat(150);
    let mut header = Header::new_gnu();
    header.set_size(3);
    header.set_mode(0o644);
    builder
        .append_data(&mut header, format!("./{long}"), &b"gnu"[..])
        .unwrap();
    let mut bytes = builder.into_inner().unwrap();
    bytes.truncate(bytes.len() - 1024);
    let pax = "m".repeat(150);
    let record = format!(" path=./{pax}\n");
    let record = format!("{}{record}", record.len() + 3);
    bytes.extend(entry(EntryType::XHeader, "pax", "", record.as_bytes()));
    bytes.extend(entry(EntryType::Regular, "./short", "", b"pax"));
    bytes.extend([0; 10240]);
    bytes.extend(b"the words of tar");
    assert_eq!(scene.extract(&bytes).unwrap().said, b"the words of tar");
    assert_eq!(std::fs::read(scene.tree().join(long)).unwrap(), b"gnu");
    assert_eq!(std::fs::read(scene.tree().join(pax)).unwrap(), b"pax");
}
