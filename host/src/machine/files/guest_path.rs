//! Paths on a machine, fit for its shell.

use crate::error::Cause;
use crate::limits::GUEST_PATH_BYTES;
use crate::text;

/// A path on a machine.
#[derive(Debug, Clone)]
pub(super) struct GuestPath(String);

impl GuestPath {
    /// Errors: it cannot be one.
    pub(super) fn new(path: &str) -> Result<Self, Cause> {
        let refused = |text: &str| Err(Cause::InvalidArgument(text.into()));
        let too_long = || refused(&format!("a path of more than {GUEST_PATH_BYTES} bytes"));
        match path {
            "" => refused("an empty path"),
            path if path.contains('\0') => refused("a path cannot contain a NUL byte"),
            path if path.len() > GUEST_PATH_BYTES => too_long(),
            // So that none is taken for an option.
            path if !path.starts_with('/') => Ok(Self(format!("./{path}"))),
            path => Ok(Self(path.into())),
        }
    }

    /// Without the slashes at its end.
    pub(super) fn without_end(&self) -> Self {
        let end = self.0.trim_end_matches('/');
        Self(if end.is_empty() { "/".into() } else { end.into() })
    }

    /// The directory that it is in and its last name. `None`: it has none, or one that is no name.
    pub(super) fn split(&self) -> Option<(Self, &str)> {
        let (directory, name) = self.0.rsplit_once('/')?;
        let directory = if directory.is_empty() { "/" } else { directory };
        (!matches!(name, "" | "." | "..")).then(|| (Self(directory.into()), name))
    }

    /// As one word of a command.
    pub(super) fn quoted(&self) -> String {
        text::shell_quote(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_words_and_no_options() {
        let word = |path: &str| GuestPath::new(path).unwrap().quoted();
        assert_eq!(word("/a b"), "'/a b'");
        assert_eq!(word("-rf"), "'./-rf'");
        assert_eq!(word("it's $x"), r"'./it'\''s $x'");
        for path in ["", "a\0b", &"x".repeat(4096)] {
            assert!(matches!(GuestPath::new(path), Err(Cause::InvalidArgument(_))));
        }
    }

    #[test]
    fn the_last_name_is_a_name() {
        let split = |path: &str| {
            let path = GuestPath::new(path).unwrap().without_end();
            path.split()
                .map(|(directory, name)| (directory.0.clone(), name.to_owned()))
        };
        let some = |directory: &str, name: &str| Some((directory.to_owned(), name.to_owned()));
        assert_eq!(split("/etc/os-release"), some("/etc", "os-release"));
        assert_eq!(split("/etc//"), some("/", "etc"));
        assert_eq!(split("x"), some(".", "x"));
        for path in ["/", "//", "..", "/a/..", "."] {
            assert_eq!(split(path), None, "{path}");
        }
    }
}
