//! Archives for the kernel's initial file system ("newc" format). Written here because an archive can hold device
//! nodes, and owners, that only root could put into a directory.

/// Names the end of an archive.
const TRAILER: &str = "TRAILER!!!";
const TYPE_DIRECTORY: u32 = 0o040_000;
const TYPE_FILE: u32 = 0o100_000;
const TYPE_LINK: u32 = 0o120_000;
const TYPE_CHARACTER_DEVICE: u32 = 0o020_000;
/// Permissions of a symbolic link, which nobody looks at.
const LINK_MODE: u32 = 0o777;

/// An archive being written. Everything belongs to root and has no time, so equal content makes equal archives.
#[derive(Default)]
pub(super) struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

impl Archive {
    /// Adds a directory. The directories above it must have been added before; so for the other kinds.
    pub(super) fn directory(&mut self, path: &str, mode: u32) {
        self.entry(path, TYPE_DIRECTORY | mode, (0, 0), &[]);
    }

    /// Adds a regular file.
    pub(super) fn file(&mut self, path: &str, mode: u32, content: &[u8]) {
        self.entry(path, TYPE_FILE | mode, (0, 0), content);
    }

    /// Adds a symbolic link.
    pub(super) fn link(&mut self, path: &str, target: &str) {
        self.entry(path, TYPE_LINK | LINK_MODE, (0, 0), target.as_bytes());
    }

    /// Adds a character device.
    pub(super) fn character_device(&mut self, path: &str, mode: u32, major: u32, minor: u32) {
        self.entry(path, TYPE_CHARACTER_DEVICE | mode, (major, minor), &[]);
    }

    /// Ends the archive.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.entry(TRAILER, 0, (0, 0), &[]);
        self.bytes
    }

    fn entry(&mut self, path: &str, mode: u32, device: (u32, u32), content: &[u8]) {
        self.entries += 1;
        let name = path.trim_start_matches('/');
        // Magic, then: inode, mode, user, group, links, time, size, device (2), device of the node (2), name, check.
        let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let (major, minor) = device;
        let fields = [
            self.entries,
            mode,
            0,
            0,
            1,
            0,
            length(content.len()),
            0,
            0,
            major,
            minor,
            length(name.len() + 1),
            0,
        ];
        self.bytes.extend_from_slice(b"070701");
        for field in fields {
            self.bytes.extend_from_slice(format!("{field:08x}").as_bytes());
        }
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend_from_slice(content);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::process::filter;

    fn sample() -> Vec<u8> {
        let mut archive = Archive::default();
        archive.directory("/dev", 0o755);
        archive.character_device("/dev/console", 0o600, 5, 1);
        archive.file("/init", 0o755, b"#!/bin/sh\n");
        archive.link("/bin", "usr/bin");
        archive.finish()
    }

    #[test]
    fn headers_are_as_the_kernel_reads_them() {
        let bytes = sample();
        assert_eq!(bytes.len() % 4, 0);
        let console = &bytes[bytes.windows(12).position(|window| window == b"dev/console\0").unwrap() - 110..];
        let field = |index: usize| {
            u32::from_str_radix(
                std::str::from_utf8(&console[6 + 8 * index..14 + 8 * index]).unwrap(),
                16,
            )
            .unwrap()
        };
        assert_eq!(&console[..6], b"070701");
        assert_eq!(
            [field(1), field(6), field(9), field(10), field(11)],
            [0o020_600, 0, 5, 1, 12]
        );
        assert!(bytes.windows(11).any(|window| window == b"TRAILER!!!\0"));
    }

    #[test]
    fn cpio_itself_lists_it() {
        let mut cpio = Command::new("cpio");
        match filter(
            cpio.args(["--list", "--verbose", "--numeric-uid-gid", "--quiet"]),
            &sample(),
        ) {
            Ok(listing) => {
                let listing = String::from_utf8(listing).unwrap();
                let lines: Vec<_> = listing.lines().collect();
                assert!(
                    lines[0].starts_with("drwxr-xr-x") && lines[0].ends_with("dev"),
                    "{listing}"
                );
                assert!(
                    lines[1].starts_with("crw-------") && lines[1].contains("5,   1"),
                    "{listing}"
                );
                assert!(
                    lines[2].starts_with("-rwxr-xr-x") && lines[2].contains(" 10 "),
                    "{listing}"
                );
                assert!(lines[3].ends_with("bin -> usr/bin"), "{listing}");
            }
            // The program is no requirement of the project; the other test looks at the bytes.
            Err(crate::error::Error::Start { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
