//! The guest's first process: starts the shell, starts it again, adopts what is orphaned, and kills it all at the end.
//!
//! It is a process of its own so that the guest also ends when the machine is killed outright.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::{SigHandler, SigSet, SigmaskHow, Signal, kill, signal, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, dup2_stderr, dup2_stdin, dup2_stdout, fork, pipe2, setsid};

use crate::limits;
use crate::options::Handshake;
use crate::process_tree::kill_descendants;
use crate::terminal::{self, Discipline};

const HANDSHAKE: &[u8] = b"Spawning backdoor root shell...\n";
/// Where `--fake-handshake split` cuts: in the middle of words, and before the newline.
const HANDSHAKE_PIECES: [usize; 4] = [1, 12, 31, 32];

/// By these the host and the test suite find what was left behind.
const MARKS: [&str; 2] = ["PROCTOR_RUN", "PROCTOR_TEST_SUITE"];

/// What init needs to know of the machine.
#[derive(Debug)]
pub(crate) struct Guest {
    /// The first console.
    pub(crate) console: PathBuf,
    pub(crate) serial: PathBuf,
    pub(crate) directory: PathBuf,
    /// All of the shell's environment.
    pub(crate) environment: Vec<(&'static str, OsString)>,
    pub(crate) handshake: Option<Handshake>,
    pub(crate) respawn: bool,
}

/// What the machine asks of init. The end of the pipe asks for the end of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Start the shell.
    Boot = b'b' as isize,
    /// Kill everything and start the shell.
    Reset = b'r' as isize,
}

/// The machine's hold on init.
#[derive(Debug)]
pub(crate) struct Init {
    pub(crate) pid: Pid,
    orders: File,
}

impl Init {
    pub(crate) fn order(&self, order: Order) -> io::Result<()> {
        (&self.orders).write_all(&[order as u8])
    }

    /// Ends the guest and waits until all its processes are gone; kills init where it does not answer.
    pub(crate) fn end(self) {
        drop(self.orders);
        // Init has a deadline of its own for what it kills.
        let deadline = Instant::now() + 2 * limits::CLEANUP;
        while matches!(
            waitpid(self.pid, Some(WaitPidFlag::WNOHANG)),
            Ok(WaitStatus::StillAlive)
        ) {
            if Instant::now() > deadline {
                let _ = kill(self.pid, Signal::SIGKILL);
                return;
            }
            thread::sleep(limits::CLEANUP_PAUSE);
        }
    }
}

impl Guest {
    /// Starts init. The process must have a single thread still.
    pub(crate) fn start(self) -> io::Result<Init> {
        let (receiver, sender) = pipe2(OFlag::O_CLOEXEC)?;
        // SAFETY: there is no other thread yet, so no lock is left held in the child.
        match unsafe { fork() }? {
            ForkResult::Parent { child } => Ok(Init {
                pid: child,
                orders: File::from(sender),
            }),
            ForkResult::Child => {
                drop(sender);
                let status = match self.run(receiver) {
                    Ok(()) => 0,
                    Err(error) => {
                        eprintln!("fake-machine: init: {error}");
                        1
                    }
                };
                kill_descendants(&[]);
                std::process::exit(status)
            }
        }
    }

    fn run(self, orders: OwnedFd) -> io::Result<()> {
        setsid()?;
        prctl::set_child_subreaper(true)?;
        let serial = terminal::open_device(&self.serial, Discipline::Serial)?;
        dup2_stdin(File::open("/dev/null")?)?;
        dup2_stdout(&serial)?;
        dup2_stderr(&serial)?;
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGCHLD);
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&signals), None)?;
        let deaths = SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        let mut run = Run {
            guest: self,
            orders: File::from(orders),
            shell: None,
            start_at: None,
        };
        run.main_loop(&deaths)
    }
}

/// The state of init.
struct Run {
    guest: Guest,
    orders: File,
    shell: Option<Pid>,
    /// When to start the shell, where that has been decided.
    start_at: Option<Instant>,
}

impl Run {
    fn main_loop(&mut self, deaths: &SignalFd) -> io::Result<()> {
        loop {
            let wait = self.start_at.map(|time| time.saturating_duration_since(Instant::now()));
            let [ordered, died] = wait_for([self.orders.as_fd(), deaths.as_fd()], wait)?;
            if ordered && !self.obey()? {
                return Ok(());
            }
            if died {
                while let Ok(Some(_)) = deaths.read_signal() {}
                self.reap();
            }
            if self.start_at.is_some_and(|time| time <= Instant::now()) {
                self.start_at = None;
                self.start_shell()?;
            }
        }
    }

    /// Takes one order; false says that the machine is gone.
    fn obey(&mut self) -> io::Result<bool> {
        let mut order = [0];
        if self.orders.read(&mut order)? == 0 {
            return Ok(false);
        }
        if order[0] == Order::Reset as u8 {
            self.shell = None;
            kill_descendants(&[]);
        }
        let late = match self.guest.handshake {
            Some(Handshake::Late(time)) => time,
            _ => Duration::ZERO,
        };
        self.start_at = Some(Instant::now() + late);
        Ok(true)
    }

    fn reap(&mut self) {
        while let Ok(status) = waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            let how = match status {
                WaitStatus::Exited(_, status) => format!("with status {status}"),
                WaitStatus::Signaled(_, signal, _) => format!("by {signal}"),
                WaitStatus::StillAlive => return,
                _ => continue,
            };
            if status.pid() == self.shell {
                self.shell = None;
                let next = if self.guest.respawn { ", starting it again" } else { "" };
                eprintln!("the backdoor shell ended {how}{next}");
                if self.guest.respawn {
                    self.start_at = Some(Instant::now() + limits::RESPAWN_PAUSE);
                }
            }
        }
    }

    fn start_shell(&mut self) -> io::Result<()> {
        if !self.announce_shell()? {
            return Ok(());
        }
        let open = |path: &Path| {
            OpenOptions::new()
                .read(true)
                .write(true)
                .custom_flags(OFlag::O_NOCTTY.bits())
                .open(path)
        };
        let mut bash = Command::new("bash");
        bash.arg("--norc")
            .arg(&self.guest.console)
            .current_dir(&self.guest.directory);
        bash.env_clear()
            .envs(self.guest.environment.iter().map(|(name, value)| (name, value)))
            // What runs in a real guest dies with it: here it must be found where the machine was killed.
            .envs(MARKS.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        let console = &self.guest.console;
        // Init's own end of the serial console never blocks; a guest's programs are not used to that.
        bash.stdin(open(console)?)
            .stdout(open(console)?)
            .stderr(open(&self.guest.serial)?);
        // SAFETY: all calls are safe between fork and exec. The console becomes the controlling terminal when bash
        // opens it as its script, as in a real guest. There no signal is ignored, whatever whoever runs the tests ignores.
        unsafe {
            bash.pre_exec(|| {
                setsid()?;
                prctl::set_pdeathsig(Signal::SIGKILL)?;
                for ignored in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT] {
                    signal(ignored, SigHandler::SigDfl)?;
                }
                Ok(())
            });
        }
        match bash.spawn() {
            Ok(child) => self.shell = i32::try_from(child.id()).ok().map(Pid::from_raw),
            Err(error) => eprintln!("cannot start bash: {error}"),
        }
        Ok(())
    }

    /// Writes the handshake; false says that an order has come meanwhile, which goes first.
    fn announce_shell(&mut self) -> io::Result<bool> {
        let mut console = terminal::open_device(&self.guest.console, Discipline::Raw)?;
        match self.guest.handshake {
            Some(Handshake::Never) => {}
            Some(Handshake::Split(pause)) => {
                let mut start = 0;
                for end in HANDSHAKE_PIECES {
                    if start > 0 && wait_for([self.orders.as_fd()], Some(pause))? == [true] {
                        self.start_at = Some(Instant::now());
                        return Ok(false);
                    }
                    say(&mut console, HANDSHAKE.get(start..end).unwrap_or_default())?;
                    start = end;
                }
            }
            _ => say(&mut console, HANDSHAKE)?,
        }
        Ok(true)
    }
}

/// Writes to a console that does not block; what finds no room is lost.
fn say(console: &mut File, bytes: &[u8]) -> io::Result<()> {
    match console.write_all(bytes) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        result => result,
    }
}

/// Waits until something can be read, or for `time`, and says from which.
fn wait_for<const N: usize>(sources: [std::os::fd::BorrowedFd; N], time: Option<Duration>) -> io::Result<[bool; N]> {
    let mut sources = sources.map(|source| PollFd::new(source, PollFlags::POLLIN));
    // A fraction of a millisecond counts as one, so that the caller does not spin.
    let milliseconds = time.map(|time| time.as_micros().div_ceil(1000));
    let timeout = match milliseconds {
        None => PollTimeout::NONE,
        Some(time) => PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX),
    };
    match poll(&mut sources, timeout) {
        Ok(_) | Err(Errno::EINTR) => Ok(sources.each_ref().map(|source| source.any().unwrap_or(false))),
        Err(error) => Err(error.into()),
    }
}
