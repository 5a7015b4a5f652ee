//! Names of files that a test thinks of, on a computer where a machine has planted links.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use cap_std::fs::Dir;

use super::assert_harmless;
use crate::grants::{Grants, ReadGrant};
use crate::limits::TEST_NAME_BYTES;
use crate::output_directory::OutputDirectory;

/// Each line is something that is done: a link planted, a file or directory made, a file read, another test begun.
pub fn paths(bytes: &[u8]) {
    let scratch = tempfile::tempdir().expect("a directory for temporary files");
    let out = scratch.path().join("out");
    let data = scratch.path().join("data");
    for directory in [&out, &data] {
        fs::create_dir(directory).expect("an empty directory");
    }
    fs::write(scratch.path().join("outside"), "untouched").expect("a file");
    let mut output = OutputDirectory::open(&out).expect("a directory that is there");
    let root = output.clone();
    let grants = Grants {
        read: vec![ReadGrant {
            name: Some("data".into()),
            directory: data.clone(),
        }],
        ..Grants::default()
    };
    for line in String::from_utf8_lossy(bytes).lines().take(50) {
        let (what, rest) = line.split_once(' ').unwrap_or_default();
        let done = match what {
            "link" => {
                let (target, name) = rest.split_once(' ').unwrap_or_default();
                plant(&out, &data, target, name);
                Ok(())
            }
            "file" => output.write_file(rest, b"x").map(|path| inside(&path)),
            "directory" => output.create_directory(rest).map(|(_, path)| inside(&path)),
            "picture" => output
                .write_file(&crate::machine::fuzzing::picture_name(rest), b"x")
                .map(|path| {
                    inside(&path);
                    let name = path.file_name().expect("a file's name");
                    assert!(!name.to_string_lossy().starts_with(".png"), "{path:?} of {rest:?}");
                }),
            "read" => grants.readable(rest).and_then(|readable| {
                let content = readable.root.read(&readable.path);
                let content = content.map_err(|error| readable.failed("read", Path::new(""), &error))?;
                assert!(content.is_empty(), "{rest:?} was read");
                Ok(())
            }),
            "test" if !rest.is_empty() && rest.len() <= TEST_NAME_BYTES => {
                output = root.of_test(rest);
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(cause) = done {
            assert_harmless(&cause.to_string());
        }
    }
    // Whatever a test is called, it can leave files, unless something stands in the way.
    if Dir::open_ambient_dir(&out, cap_std::ambient_authority()).is_ok_and(|dir| is_empty(&dir)) {
        match output.write_file("result", b"x") {
            Ok(path) => inside(&path),
            Err(cause) => panic!("{cause}"),
        }
    }
    assert_eq!(
        fs::read(scratch.path().join("outside")).ok().as_deref(),
        Some(&b"untouched"[..])
    );
    let mut left: Vec<_> = fs::read_dir(scratch.path()).expect("the directory").flatten().collect();
    left.sort_by_key(fs::DirEntry::file_name);
    let left: Vec<_> = left.iter().map(fs::DirEntry::file_name).collect();
    assert_eq!(left, ["data", "out", "outside"], "something was made elsewhere");
}

/// A link as a machine may have left it: anywhere below a directory, to anywhere at all that is harmless here.
fn plant(out: &Path, data: &Path, target: &str, name: &str) {
    let plain = |name: &str| !name.is_empty() && name.len() < 50 && name.bytes().all(|byte| byte.is_ascii_lowercase());
    if plain(name) && !target.is_empty() && !target.contains('\0') && !target.starts_with('/') {
        // One that stands there already is as good.
        let _ = symlink(target, out.join(name));
        let _ = symlink(target, data.join(name));
    }
}

fn is_empty(directory: &Dir) -> bool {
    directory.entries().is_ok_and(|mut entries| entries.next().is_none())
}

fn inside(path: &Path) {
    let plain = path
        .components()
        .all(|component| matches!(component, std::path::Component::Normal(_)));
    assert!(plain, "{path:?} leads out");
}
