//! Virtio ports: their device nodes, and the pumps between them and their sockets.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::arguments;
use crate::gate::Gate;
use crate::limits;
use crate::terminal::{Discipline, Terminal};

/// One port with the terminal that stands for it.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) terminal: Arc<Terminal>,
    pub(crate) chardev: String,
    /// The name of the device node.
    pub(crate) node: String,
    /// The name that sysfs shows.
    pub(crate) name: Option<String>,
}

impl Port {
    /// Makes the ports; as in Linux, consoles are numbered among themselves and other ports by their place among all.
    pub(crate) fn open_all(ports: &[arguments::Port]) -> io::Result<Vec<Self>> {
        let mut consoles = 0;
        ports
            .iter()
            .enumerate()
            .map(|(place, port)| {
                let node = if port.name.is_some() {
                    format!("vport0p{place}")
                } else {
                    consoles += 1;
                    format!("hvc{}", consoles - 1)
                };
                let terminal = Arc::new(Terminal::open(Discipline::Raw)?);
                Ok(Self {
                    terminal,
                    chardev: port.chardev.clone(),
                    node,
                    name: port.name.clone(),
                })
            })
            .collect()
    }

    /// Makes the device node, and the name below `/sys` where the port has one.
    pub(crate) fn publish(&self, devices: &Path, system: &Path) -> io::Result<()> {
        if let Some(name) = &self.name {
            let directory = system.join("class/virtio-ports").join(&self.node);
            fs::create_dir_all(&directory)?;
            fs::write(directory.join("name"), format!("{name}\n"))?;
        }
        publish_node(devices, &self.node, self.terminal.path())
    }

    /// Connects the port to its socket. A port has no settings, but bash that is killed while it reads one leaves others
    /// on its terminal: all those of `ports` are put right before the guest gets anything, its next command as well.
    pub(crate) fn pump(&self, socket: &UnixStream, gate: &Arc<Gate>, ports: &Arc<[Arc<Terminal>]>) -> io::Result<()> {
        let (terminal, mut to_host, pass) = (Arc::clone(&self.terminal), socket.try_clone()?, Arc::clone(gate));
        thread::spawn(move || {
            let mut buffer = vec![0; limits::PUMP_BUFFER];
            let mut connected = true;
            while let Ok(count) = terminal.read(&mut buffer) {
                pass.pass();
                // Without a host the bytes are lost, as in QEMU, but the guest must not get stuck.
                connected = connected && to_host.write_all(buffer.get(..count).unwrap_or_default()).is_ok();
            }
        });
        let (terminal, mut from_host, pass) = (Arc::clone(&self.terminal), socket.try_clone()?, Arc::clone(gate));
        let ports = Arc::clone(ports);
        thread::spawn(move || {
            let mut buffer = vec![0; limits::PUMP_BUFFER];
            loop {
                let mut sources = [PollFd::new(from_host.as_fd(), PollFlags::POLLIN)];
                match poll(&mut sources, PollTimeout::NONE) {
                    Ok(_) | Err(Errno::EINTR) => {}
                    Err(_) => return,
                }
                // A machine that stands still leaves the bytes in the socket.
                pass.pass();
                match from_host.read(&mut buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(0) | Err(_) => return,
                    Ok(count) => {
                        if ports.iter().try_for_each(|port| port.keep_settings()).is_err() {
                            return;
                        }
                        if terminal.write_all(buffer.get(..count).unwrap_or_default()).is_err() {
                            return;
                        }
                    }
                }
            }
        });
        Ok(())
    }
}

/// Makes `node` below `devices` a name of the terminal at `path`.
pub(crate) fn publish_node(devices: &Path, node: &str, path: &Path) -> io::Result<()> {
    symlink(path, devices.join(node))
}

/// Removes the nodes of an earlier machine in the same directory, and makes the directories. Removes nothing but what
/// it may have made itself: the directory comes from the environment, and might be the wrong one.
pub(crate) fn prepare(devices: &Path, system: &Path) -> io::Result<()> {
    fs::create_dir_all(devices)?;
    for entry in fs::read_dir(devices)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = ["hvc", "vport", "ttyS"]
            .iter()
            .any(|prefix| name.to_string_lossy().starts_with(prefix));
        if ours && entry.file_type()?.is_symlink() {
            fs::remove_file(entry.path())?;
        }
    }
    let ports = system.join("class/virtio-ports");
    fs::create_dir_all(&ports)?;
    for entry in fs::read_dir(ports)? {
        let entry = entry?.path();
        // The earlier machine may have been killed after it had made the directory, and before it had made the file.
        match fs::remove_file(entry.join("name")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::remove_dir(entry)?,
        }
    }
    Ok(())
}
