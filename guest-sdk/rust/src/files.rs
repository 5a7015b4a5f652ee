//! Files of a machine, and files that go into it and come out of it.

use crate::bindings::proctor::driver::files;
use crate::cause::here;
use crate::polling::pass_within;
use crate::{Machine, Result};

/// # Files
///
/// What a test may copy to a machine lies below the directories that the run grants with `--allow-read`: an absolute path
/// below one of them, or `NAME/path` below one that is granted by name. What it copies from a machine goes below the
/// output directory. Names may have spaces, quotes and line feeds; files may have any bytes and any size, within the
/// limits of one copy.
impl Machine {
    /// Waits until there is a file of this name on the machine, of whatever kind.
    ///
    /// # Errors
    ///
    /// [`TimedOut`](crate::ErrorKind::TimedOut), which tells how much of the path there is.
    #[track_caller]
    pub fn wait_for_file(&self, path: impl AsRef<str>) -> Result {
        pass_within(self.timeout(), |timeout| {
            files::wait_for_file(self.resource(), path.as_ref(), timeout)
        })
        .map_err(here())
    }

    /// Copies a file or a directory of the host to exactly this path on the machine, with its modes, as root's. The
    /// directories above it are made. Links in a directory are copied as links. A machine needs `head` for files of more
    /// than 16 KiB, and `tar` as well for directories.
    ///
    /// # Errors
    ///
    /// [`Denied`](crate::ErrorKind::Denied) where the source is not granted,
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where it is not there or cannot be copied,
    /// [`CommandFailed`](crate::ErrorKind::CommandFailed) where the machine cannot write it, and
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where it lacks a program.
    #[track_caller]
    pub fn copy_from_host(&self, source: impl AsRef<str>, target: impl AsRef<str>) -> Result {
        pass_within(self.timeout(), |timeout| {
            files::copy_from_host(self.resource(), source.as_ref(), target.as_ref(), timeout)
        })
        .map_err(here())
    }

    /// Copies one file of the host as [`copy_from_host`](Self::copy_from_host) does, over the machine's shell alone: slow, and
    /// without any need of the machine but bash and `base64`.
    ///
    /// # Errors
    ///
    /// See [`copy_from_host`](Self::copy_from_host).
    #[track_caller]
    pub fn copy_from_host_via_shell(&self, source: impl AsRef<str>, target: impl AsRef<str>) -> Result {
        pass_within(self.timeout(), |timeout| {
            files::copy_from_host_via_shell(self.resource(), source.as_ref(), target.as_ref(), timeout)
        })
        .map_err(here())
    }

    /// Copies a file or a directory of the machine into a directory below the output directory, under the source's last
    /// name; the empty text is the output directory itself. Returns the path below the output directory. Modes are kept
    /// but for set-user-id and the like. Devices and pipes, and links that lead out of the copied directory, are left out,
    /// with a warning in the log. The machine needs `tar`.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where there is no such file, where it is too large, and where
    /// the directory is none below the output directory; [`Unsupported`](crate::ErrorKind::Unsupported) where the machine
    /// lacks `tar`; [`HostFailure`](crate::ErrorKind::HostFailure) where the host's disk is full.
    #[track_caller]
    pub fn copy_from_machine(&self, source: impl AsRef<str>, target_directory: impl AsRef<str>) -> Result<String> {
        pass_within(self.timeout(), |timeout| {
            files::copy_from_machine(self.resource(), source.as_ref(), target_directory.as_ref(), timeout)
        })
        .map_err(here())
    }
}
