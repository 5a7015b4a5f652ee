//! A disk that is soon full.

use std::path::Path;
use std::process::Command;

use crate::skip::say_skipped;

/// A small file system of its own, in memory.
#[derive(Debug)]
pub struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// One of so many bytes. Where this user may not mount one, says that the test that asks is skipped, and why.
    pub fn mount(bytes: u64) -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={bytes},mode=755"), "tmpfs"]);
        let mounted = mount.arg(directory.path()).output();
        let why = match mounted {
            Ok(output) if output.status.success() => return Some(Self(directory)),
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
            Err(error) => error.to_string(),
        };
        say_skipped(&format!(
            ": a small file system cannot be mounted here: {why}; run it as root"
        ));
        None
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        let mut filler = std::fs::File::create(self.path().join("filler")).expect("a file");
        let full = std::io::copy(&mut std::io::repeat(0), &mut filler);
        assert!(full.is_err(), "a disk without an end");
    }

    /// The names of what is there.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).expect("a directory");
        let names = entries.map(|entry| entry.expect("a name").file_name().to_string_lossy().into_owned());
        names.collect()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a process that still looks at it shall not keep it.
        let unmounted = Command::new("umount").arg("--lazy").arg(self.path()).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{:?} stays mounted", self.path());
        }
    }
}
