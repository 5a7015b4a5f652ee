//! Pseudo terminals in the place of virtio ports and of the serial port.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::pty;
use nix::sys::termios::{self, LocalFlags, OutputFlags, SetArg};

use crate::gate::lock;
use crate::limits;

/// How the guest's end of a terminal treats what passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Discipline {
    /// Every byte as it is, no echo: virtio consoles and ports.
    Raw,
    /// Newlines get a carriage return: the serial console.
    Serial,
}

/// A special character that there is not: `_POSIX_VDISABLE`.
const DISABLED: u8 = 0;

/// A pseudo terminal; the guest opens it by its path, the machine holds the other end.
#[derive(Debug)]
pub(crate) struct Terminal {
    master: File,
    path: PathBuf,
    discipline: Discipline,
    // Held open so that the settings survive while the guest has it closed.
    slave: Mutex<File>,
}

impl Terminal {
    pub(crate) fn open(discipline: Discipline) -> io::Result<Self> {
        let master = pty::posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC)?;
        pty::grantpt(&master)?;
        pty::unlockpt(&master)?;
        let path = PathBuf::from(pty::ptsname_r(&master)?);
        let slave = Mutex::new(open_device(&path, discipline)?);
        let master = File::from(std::os::fd::OwnedFd::from(master));
        Ok(Self {
            master,
            path,
            discipline,
            slave,
        })
    }

    /// The guest's end.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what the guest has written, at least one byte.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match (&self.master).read(buffer) {
                // The kernel hangs a terminal up when the session ends that it controlled, our own end with it.
                Err(error) if error.raw_os_error() == Some(Errno::EIO as i32) => self.open_again()?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Writes what the guest is to read; blocks while its buffers are full.
    pub(crate) fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        (&self.master).write_all(bytes)
    }

    /// Sets up anew what somebody has changed so that line ends are translated.
    pub(crate) fn keep_settings(&self) -> io::Result<()> {
        let mut settings = termios::tcgetattr(&self.master)?;
        if settings.output_flags.contains(OutputFlags::OPOST) {
            settings.output_flags.remove(OutputFlags::OPOST);
            termios::tcsetattr(&self.master, SetArg::TCSANOW, &settings)?;
        }
        Ok(())
    }

    fn open_again(&self) -> io::Result<()> {
        *lock(&self.slave) = open_device(&self.path, self.discipline)?;
        thread::sleep(limits::TERMINAL_PAUSE);
        Ok(())
    }
}

/// Opens the guest's end of a terminal and sets it up.
pub(crate) fn open_device(path: &Path, discipline: Discipline) -> io::Result<File> {
    let device = open_as_it_is(path)?;
    let mut settings = termios::tcgetattr(&device)?;
    match discipline {
        Discipline::Raw => {
            termios::cfmakeraw(&mut settings);
            // While bash reads a number of bytes it turns signals and other line ends on: a port knows none.
            settings.local_flags.insert(LocalFlags::EXTPROC);
            settings.control_chars.fill(DISABLED);
            settings.control_chars[termios::SpecialCharacterIndices::VMIN as usize] = 1;
        }
        Discipline::Serial => settings.local_flags.remove(LocalFlags::ECHO | LocalFlags::ISIG),
    }
    termios::tcsetattr(&device, SetArg::TCSANOW, &settings)?;
    Ok(device)
}

/// Opens the guest's end of a terminal with the settings that it has. Writes never block: init must stay responsive,
/// and foreign bytes that find no room are dropped as they would be on a real console.
pub(crate) fn open_as_it_is(path: &Path) -> io::Result<File> {
    let flags = (OFlag::O_NOCTTY | OFlag::O_NONBLOCK).bits();
    OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)
}
