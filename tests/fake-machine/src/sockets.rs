//! Opening the sockets of the command line, in its order and with QEMU's messages.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use nix::errno::Errno;

use crate::arguments::{Socket, SocketArgument};

/// The machine's ends of the sockets.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    pub(crate) qmp: Option<(PathBuf, UnixListener)>,
    pub(crate) monitors: Vec<UnixStream>,
    /// By the id of the chardev.
    pub(crate) chardevs: HashMap<String, UnixStream>,
}

/// Why the sockets are not open.
#[derive(Debug)]
pub(crate) enum SocketError {
    /// The socket with this id is the one before which the machine is to die.
    Forbidden,
    /// As QEMU would say it.
    Failed(String),
}

impl Sockets {
    /// Opens the sockets up to the one called `last` (`monitor`, `qmp` or the id of a chardev), which is not opened.
    pub(crate) fn open(arguments: &[SocketArgument], last: Option<&str>) -> Result<Self, SocketError> {
        let mut sockets = Self::default();
        for SocketArgument { socket, words } in arguments {
            let id = match socket {
                Socket::Qmp(_) => "qmp",
                Socket::Monitor(_) => "monitor",
                Socket::Chardev { id, .. } => id,
            };
            if last == Some(id) {
                return Err(SocketError::Forbidden);
            }
            let connect = |path: &Path| UnixStream::connect(path).map_err(failure(words, "Failed to connect to", path));
            match socket {
                Socket::Qmp(path) => {
                    if let Err(error) = fs::remove_file(path)
                        && error.kind() != io::ErrorKind::NotFound
                    {
                        return Err(failure(words, "Failed to unlink socket", path)(error));
                    }
                    let listener =
                        UnixListener::bind(path).map_err(failure(words, "Failed to bind socket to", path))?;
                    sockets.qmp = Some((path.clone(), listener));
                }
                Socket::Monitor(path) => sockets.monitors.push(connect(path)?),
                Socket::Chardev { id, path } => {
                    sockets.chardevs.insert(id.clone(), connect(path)?);
                }
            }
        }
        Ok(sockets)
    }
}

fn failure(words: &str, what: &str, path: &Path) -> impl FnOnce(io::Error) -> SocketError {
    let (words, what, path) = (words.to_owned(), what.to_owned(), path.display().to_string());
    move |error| {
        let reason = error
            .raw_os_error()
            .map_or_else(|| error.to_string(), |raw| Errno::from_raw(raw).desc().to_owned());
        SocketError::Failed(format!("{words}: {what} '{path}': {reason}"))
    }
}
