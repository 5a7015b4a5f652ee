//! The one temporary directory of a run, and the promise that nothing outlives it.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use crate::guard::Guard;
use crate::limits::{KEPT_CLEANUP, KEPT_LOOK, SOCKET_PATH_BYTES};
use crate::marker::{Marker, Owner, RunId};
use crate::orphans;
use crate::removal::remove_tree;

/// In the directory of kept state: locked by the host that has it, not by its guard.
const HOST_LOCK: &str = "host";

/// The directory in which all paths and sockets of a run lie. Dropping the last handle removes it.
#[derive(Debug, Clone)]
pub struct RunDirectory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: RunId,
    path: PathBuf,
    kept: Option<Kept>,
    guard: Option<Guard>,
}

/// The hold on kept state.
#[derive(Debug)]
struct Kept {
    /// Only this process has it: it tells a host that runs from one that was killed. Let go first.
    _host: Flock<fs::File>,
    /// On the directory itself. The guard has it, too: should this process be killed, it ends with the guard.
    directory: Flock<fs::File>,
}

/// Why there is no run directory.
#[derive(Debug, thiserror::Error)]
pub enum RunDirectoryError {
    /// No temporary directory can be written to.
    #[error("cannot make a run directory in {parent:?}: {source}; set TMPDIR to a directory that can be written to")]
    Create {
        /// Where it was tried.
        parent: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// Kept state belongs to somebody else.
    #[error("the kept state in {0:?} is not a directory of this user's own, mode 0700; remove it")]
    NotOurs(PathBuf),
    /// Kept state is in use.
    #[error("the kept state in {0:?} is in use by another run; wait for its end, or run without --keep-vm-state")]
    Busy(PathBuf),
    /// A socket's path would be too long for the system.
    #[error(
        "socket path {path:?} has {length} bytes, and the system allows {SOCKET_PATH_BYTES}; set TMPDIR to a shorter directory or shorten the machine's name"
    )]
    PathTooLong {
        /// The path.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
    },
    /// The run cannot be told from others.
    #[error("cannot read random numbers from /dev/urandom: {0}")]
    Random(std::io::Error),
    /// The guard, which cleans up after a killed host, does not start.
    #[error("cannot start the guard process: {0}")]
    Guard(std::io::Error),
}

impl RunDirectory {
    /// Makes the directory, mode 0700, in `$XDG_RUNTIME_DIR`, `$TMPDIR` or `/tmp`, whichever comes first and can be
    /// written to. With `keep`, it is one directory per user that stays, with the machines' state in it, and only
    /// one run at a time has it.
    ///
    /// `guard` is the program that cleans up should this process be killed: `proctor` itself. Where it is given, this
    /// process is taken for the host of runs and nothing else: unless it has children already, it becomes a child
    /// subreaper, and kills what orphans come to it.
    pub fn create(keep: bool, guard: Option<&Path>) -> Result<Self, RunDirectoryError> {
        let id = RunId::random().map_err(RunDirectoryError::Random)?;
        let (path, kept) = if keep {
            let parent = Self::parents()
                .find(|path| path.is_dir())
                .unwrap_or_else(|| PathBuf::from("/tmp"));
            let (path, kept) = Self::open_kept(&parent)?;
            (path, Some(kept))
        } else {
            (Self::make_temporary()?, None)
        };
        if guard.is_some() {
            orphans::adopt();
        }
        let lock = kept.as_ref().map(|kept| &*kept.directory);
        let guard = guard.map(|program| Guard::start(program, &id, &path, lock)).transpose();
        let guard = guard.map_err(|source| {
            if kept.is_none() {
                // Nothing is in it yet.
                let _ = fs::remove_dir(&path);
            }
            RunDirectoryError::Guard(source)
        })?;
        Ok(Self(Arc::new(Inner { id, path, kept, guard })))
    }

    fn parents() -> impl Iterator<Item = PathBuf> {
        ["XDG_RUNTIME_DIR", "TMPDIR"]
            .into_iter()
            .filter_map(std::env::var_os)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .chain([PathBuf::from("/tmp")])
    }

    fn make_temporary() -> Result<PathBuf, RunDirectoryError> {
        let mut first_error = None;
        for parent in Self::parents() {
            match tempfile::Builder::new()
                .prefix("proctor-")
                .permissions(fs::Permissions::from_mode(0o700))
                .tempdir_in(&parent)
            {
                Ok(directory) => return Ok(directory.keep()),
                Err(source) => {
                    first_error.get_or_insert(RunDirectoryError::Create { parent, source });
                }
            }
        }
        Err(first_error.unwrap_or(RunDirectoryError::NotOurs(PathBuf::new())))
    }

    /// Waits where a killed host's guard still cleans up.
    fn open_kept(parent: &Path) -> Result<(PathBuf, Kept), RunDirectoryError> {
        let user = nix::unistd::getuid().as_raw();
        let path = parent.join(format!("proctor-kept-{user}"));
        let create = |source| RunDirectoryError::Create {
            parent: parent.to_owned(),
            source,
        };
        match fs::DirBuilder::new().mode(0o700).create(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::AlreadyExists => return Err(create(source)),
            _ => {}
        }
        let found = fs::symlink_metadata(&path).map_err(create)?;
        if !found.is_dir() || found.uid() != user || found.permissions().mode() & 0o077 != 0 {
            return Err(RunDirectoryError::NotOurs(path));
        }
        let start = Instant::now();
        let host_lock = path.join(HOST_LOCK);
        let directory = loop {
            let file = fs::File::open(&path).map_err(create)?;
            match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Ok(lock) => break lock,
                Err((_, Errno::EWOULDBLOCK)) if !is_locked(&host_lock) && start.elapsed() < KEPT_CLEANUP => {
                    std::thread::sleep(KEPT_LOOK);
                }
                Err((_, Errno::EWOULDBLOCK)) => return Err(RunDirectoryError::Busy(path)),
                Err((_, error)) => return Err(create(error.into())),
            }
        };
        let file = fs::File::create(host_lock).map_err(create)?;
        // Others lock it for as long as it takes to see that they can.
        let host = Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| create(error.into()))?;
        Ok((path, Kept { _host: host, directory }))
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Whether the machines' state outlives the run.
    pub fn keeps_state(&self) -> bool {
        self.0.kept.is_some()
    }

    /// The guard, where there is one.
    pub(crate) fn guard(&self) -> Option<&Guard> {
        self.0.guard.as_ref()
    }

    /// The state directory of a machine.
    pub fn machine(&self, name: &str) -> PathBuf {
        self.0.path.join(format!("vm-state-{name}"))
    }

    /// The directory that all machines share with the host.
    pub fn shared(&self) -> PathBuf {
        self.0.path.join("shared-xchg")
    }

    /// The socket directory of a VLAN's switch.
    pub fn vlan(&self, number: u32) -> PathBuf {
        self.0.path.join(format!("vde{number}.ctl"))
    }

    /// The mark of the children of one owner.
    pub(crate) fn marker(&self, owner: Owner<'_>) -> Marker {
        Marker::of_owner(&self.0.id, owner, &self.0.path)
    }

    /// Checks that a socket of that path can be made.
    pub fn check_socket(path: &Path) -> Result<(), RunDirectoryError> {
        let length = path.as_os_str().len();
        if length > SOCKET_PATH_BYTES {
            return Err(RunDirectoryError::PathTooLong {
                path: path.into(),
                length,
            });
        }
        Ok(())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        remove(&self.path, self.kept.is_some());
        if let Some(guard) = self.guard.take() {
            guard.dismiss();
        }
    }
}

/// Whether somebody holds a lock on a file. One that is not there has nobody.
fn is_locked(path: &Path) -> bool {
    fs::File::open(path).is_ok_and(|file| {
        let lock = Flock::lock(file, FlockArg::LockExclusiveNonblock);
        matches!(lock, Err((_, Errno::EWOULDBLOCK)))
    })
}

/// Removes the run's directory or, where state is kept, everything in it but the state, and the sockets in that.
pub(crate) fn remove(path: &Path, keep: bool) {
    if !keep {
        // What cannot be removed has been reported by whoever wrote it; there is nobody left to tell.
        let _ = remove_tree(path);
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let is_state = entry.file_name().as_encoded_bytes().starts_with(b"vm-state-");
        if is_state {
            remove_sockets(&entry.path());
        } else {
            let _ = remove_tree(&entry.path());
        }
    }
}

fn remove_sockets(state: &Path) {
    use std::os::unix::fs::FileTypeExt as _;
    for entry in fs::read_dir(state).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_socket()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_run_directory_vanishes_with_its_last_handle() {
        let directory = RunDirectory::create(false, None).unwrap();
        let path = directory.path().to_owned();
        let other = directory.clone();
        fs::create_dir(directory.machine("m")).unwrap();
        drop(directory);
        assert!(path.is_dir());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        drop(other);
        assert!(!path.exists());
    }

    #[test]
    fn a_socket_path_that_is_too_long_is_named() {
        let path = PathBuf::from(format!("/tmp/{}", "x".repeat(103)));
        let error = RunDirectory::check_socket(&path).unwrap_err().to_string();
        assert!(error.contains("108 bytes") && error.contains("TMPDIR"), "{error}");
        assert!(RunDirectory::check_socket(&PathBuf::from(format!("/tmp/{}", "x".repeat(102)))).is_ok());
    }

    #[test]
    fn kept_state_that_a_host_has_is_refused_at_once() {
        let scratch = tempfile::tempdir().unwrap();
        let start = Instant::now();
        let (_, _kept) = RunDirectory::open_kept(scratch.path()).unwrap();
        let error = RunDirectory::open_kept(scratch.path()).unwrap_err();
        assert!(matches!(error, RunDirectoryError::Busy(_)), "{error}");
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }

    #[test]
    fn kept_state_that_only_a_guard_has_is_waited_for() {
        let scratch = tempfile::tempdir().unwrap();
        let (path, Kept { _host, directory }) = RunDirectory::open_kept(scratch.path()).unwrap();
        drop(_host);
        std::thread::scope(|scope| {
            let released = scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(300));
                drop(directory);
                Instant::now()
            });
            let (again, _kept) = RunDirectory::open_kept(scratch.path()).unwrap();
            let opened = Instant::now();
            assert_eq!(again, path);
            assert!(opened >= released.join().unwrap(), "it was had before it was let go");
        });
    }

    #[test]
    fn sockets_go_and_state_stays_where_it_is_kept() {
        let scratch = tempfile::tempdir().unwrap();
        let state = scratch.path().join("vm-state-m");
        fs::create_dir(&state).unwrap();
        fs::write(state.join("disk"), "kept").unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(state.join("qmp")).unwrap();
        fs::create_dir(scratch.path().join("vde1.ctl")).unwrap();
        remove(scratch.path(), true);
        assert!(state.join("disk").exists());
        assert!(!state.join("qmp").exists());
        assert!(!scratch.path().join("vde1.ctl").exists());
    }
}
