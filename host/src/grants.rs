//! What a run allows its tests to touch: nothing, unless it is granted.

use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::error::Cause;
use crate::limits::FILE_NAME_BYTES;
use crate::text;

/// The grants of one run. The default grants nothing.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    /// Directories of the host from which files may be copied to machines.
    pub read: Vec<ReadGrant>,
    /// Whether ports of the host's loopback address may be forwarded to machines.
    pub forward_ports: bool,
    /// Whether machines' monitors may be commanded, which is as much as this user may do.
    pub monitor: bool,
    /// Whether machines may be made of free parts, which is as much as this user may do.
    pub create_machine: bool,
}

/// A directory that may be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadGrant {
    /// The name under which tests know it; one without a name is known by its path.
    pub name: Option<String>,
    /// The directory, absolute.
    pub directory: PathBuf,
}

impl std::fmt::Display for ReadGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let directory = text::clean_path(&self.directory, FILE_NAME_BYTES);
        match &self.name {
            Some(name) => write!(f, "\"{directory}\" as `{}`", text::quote(name, FILE_NAME_BYTES)),
            None => write!(f, "\"{directory}\""),
        }
    }
}

/// The flag that grants reading.
pub const ALLOW_READ: &str = "allow-read";
/// The flag that grants forwarded ports.
pub const ALLOW_FORWARD_PORT: &str = "allow-forward-port";
/// The flag that grants monitors.
pub const ALLOW_MONITOR: &str = "allow-monitor";
/// The flag that grants machines of free parts.
pub const ALLOW_CREATE_MACHINE: &str = "allow-create-machine";

/// A place on the host that may be read: beneath the directory, whatever links stand there.
#[derive(Debug)]
pub(crate) struct Readable {
    /// The granted directory.
    pub(crate) root: Dir,
    /// The path below it, `.` for itself.
    pub(crate) path: PathBuf,
    /// As the test has it, for messages.
    pub(crate) shown: String,
}

impl Readable {
    /// The error of something that was done with it or with what is below it.
    pub(crate) fn failed(&self, doing: &str, below: &Path, error: &std::io::Error) -> Cause {
        let shown = if below.as_os_str().is_empty() {
            self.shown.clone()
        } else {
            let below = text::clean_path(below, FILE_NAME_BYTES);
            format!("{}/{below}", self.shown)
        };
        // How cap-std says that a link led out: an error of its own, not the system's.
        if error.kind() == std::io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
            return Cause::Denied {
                capability: ALLOW_READ,
                what: format!("`{shown}` leads out of the directory that the run grants"),
            };
        }
        Cause::InvalidArgument(format!("cannot {doing} `{shown}` on the host: {error}"))
    }
}

impl Grants {
    /// Finds where a test may read a source: an absolute path below a granted directory, or `NAME/path`.
    /// Errors: it is below none, or leads out by `..`; a granted directory that cannot be opened.
    pub(crate) fn readable(&self, source: &str) -> Result<Readable, Cause> {
        let shown = text::quote(source, FILE_NAME_BYTES);
        let path = Path::new(source);
        let denied = |why: &str| Cause::Denied {
            capability: ALLOW_READ,
            what: format!("`{shown}` {why}; {}", self.describe_read()),
        };
        if source.contains('\0') {
            return Err(Cause::InvalidArgument("a path cannot contain a NUL byte".into()));
        }
        if path.components().any(|component| component == Component::ParentDir) {
            return Err(denied("has `..` in it, which no grant allows"));
        }
        // The innermost, where one is granted below another.
        let beneath = self.read.iter().filter_map(|grant| {
            let by_name = grant.name.as_ref().and_then(|name| path.strip_prefix(name).ok());
            let rest = by_name.or_else(|| path.strip_prefix(&grant.directory).ok())?;
            Some((grant, rest))
        });
        let Some((grant, rest)) = beneath.min_by_key(|(_, rest)| rest.components().count()) else {
            return Err(denied("is in no directory that the run grants"));
        };
        let root = Dir::open_ambient_dir(&grant.directory, ambient_authority());
        let root = root.map_err(|error| Cause::Host(format!("cannot open {:?}: {error}", grant.directory)))?;
        let path = if rest.as_os_str().is_empty() {
            Path::new(".")
        } else {
            rest
        };
        Ok(Readable {
            root,
            path: path.into(),
            shown,
        })
    }

    /// What tests may do, each in some words.
    pub fn summary(&self) -> Vec<String> {
        let all = [
            (self.forward_ports, "forward ports of this computer"),
            (self.monitor, "command monitors, and so this computer"),
            (
                self.create_machine,
                "make machines of free parts, and so command this computer",
            ),
        ];
        let read = self.read.iter().map(|grant| format!("read {grant}"));
        let others = all.iter().filter(|(granted, _)| *granted);
        read.chain(others.map(|(_, what)| (*what).to_owned())).collect()
    }

    fn describe_read(&self) -> String {
        if self.read.is_empty() {
            return "it grants none".into();
        }
        let grants: Vec<String> = self.read.iter().map(ReadGrant::to_string).collect();
        format!("it grants {}", grants.join(", "))
    }

    /// Errors: ports may not be forwarded.
    pub(crate) fn check_forward_port(&self, what: impl FnOnce() -> String) -> Result<(), Cause> {
        check(self.forward_ports, ALLOW_FORWARD_PORT, what)
    }

    /// Errors: monitors may not be commanded.
    pub(crate) fn check_monitor(&self, what: impl FnOnce() -> String) -> Result<(), Cause> {
        check(self.monitor, ALLOW_MONITOR, what)
    }

    /// Errors: machines may not be made.
    pub(crate) fn check_create_machine(&self, what: impl FnOnce() -> String) -> Result<(), Cause> {
        check(self.create_machine, ALLOW_CREATE_MACHINE, what)
    }
}

fn check(granted: bool, capability: &'static str, what: impl FnOnce() -> String) -> Result<(), Cause> {
    if granted {
        Ok(())
    } else {
        Err(Cause::Denied {
            capability,
            what: what(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn scene() -> (tempfile::TempDir, Grants) {
        let scratch = tempfile::tempdir().unwrap();
        for (name, content) in [
            ("data/a b", "in"),
            ("data/sub/x", "deep"),
            ("secret", "out"),
            ("data-2", "out"),
        ] {
            let path = scratch.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        symlink("../secret", scratch.path().join("data/up")).unwrap();
        symlink(scratch.path().join("secret"), scratch.path().join("data/away")).unwrap();
        symlink("sub/x", scratch.path().join("data/inside")).unwrap();
        let directory = scratch.path().join("data");
        let (by_path, by_name) = (None, Some("fixtures".to_owned()));
        let read = [by_path, by_name].map(|name| ReadGrant {
            name,
            directory: directory.clone(),
        });
        let read = read.into();
        (
            scratch,
            Grants {
                read,
                ..Grants::default()
            },
        )
    }

    fn read(grants: &Grants, source: &str) -> Result<String, Cause> {
        let readable = grants.readable(source)?;
        let content = readable.root.read_to_string(&readable.path);
        content.map_err(|error| readable.failed("read", Path::new(""), &error))
    }

    #[test]
    fn what_is_granted_is_read_by_its_path_or_name() {
        let (scratch, grants) = scene();
        let absolute = scratch.path().join("data/a b");
        assert_eq!(read(&grants, absolute.to_str().unwrap()).unwrap(), "in");
        assert_eq!(read(&grants, "fixtures/sub/./x").unwrap(), "deep");
        assert_eq!(read(&grants, "fixtures/inside").unwrap(), "deep");
        assert!(grants.readable("fixtures").unwrap().path == Path::new("."));
    }

    #[test]
    fn nothing_else_is_read_and_what_is_granted_is_said() {
        let (scratch, grants) = scene();
        let root = scratch.path().to_str().unwrap();
        for source in [
            "",
            "/",
            "/etc/passwd",
            "data/a b",
            "fixtures2/x",
            "fixtures/../secret",
            "fixtures/sub/../a b",
            "fixtures/up",
            "fixtures/away",
            &format!("{root}/secret"),
            &format!("{root}/data-2"),
            &format!("{root}/data/../secret"),
        ] {
            let cause = read(&grants, source).unwrap_err();
            assert!(
                matches!(
                    cause,
                    Cause::Denied {
                        capability: ALLOW_READ,
                        ..
                    }
                ),
                "{source}: {cause}"
            );
        }
        let text = grants.readable("/etc/passwd").unwrap_err().to_string();
        assert!(
            text.contains("as `fixtures`") && text.contains("--allow-read"),
            "{text}"
        );
        assert!(matches!(read(&grants, "fixtures/a\0b"), Err(Cause::InvalidArgument(_))));
        assert!(matches!(read(&grants, "fixtures/none"), Err(Cause::InvalidArgument(_))));
        let text = Grants::default().readable("/etc/passwd").unwrap_err().to_string();
        assert!(text.contains("grants none"), "{text}");
    }
}
