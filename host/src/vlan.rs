//! VLANs: one `vde_switch` each.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::{libc, pty};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::unix::pipe;
use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::child::{ChildGroup, merged_output};
use crate::error::{Cause, Error, Result, seconds};
use crate::event::{EventKind, Events, Level, Source, State};
use crate::limits::{LimitName, QUOTED_BYTES, SOCKET_LOOK, STOP_GRACE, VLAN_START};
use crate::marker::Owner;
use crate::run_directory::{RunDirectory, RunDirectoryError};
use crate::text;

/// What the switch's console says when a command has succeeded.
const SUCCESS: &[u8] = b"1000 Success";

/// A running switch. Dropping it kills the switch.
#[derive(Debug)]
pub struct Vlan {
    number: u32,
    up: Arc<AtomicBool>,
    watcher: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
}

impl Vlan {
    /// Starts a switch and waits until its console answers and its socket is there.
    ///
    /// `--hub` lets 802.1Q-tagged frames pass, as the NixOS driver needs it.
    /// Errors: no such program, a switch that dies or does not answer; each quotes what the switch printed.
    pub async fn start(number: u32, run: &RunDirectory, events: &Events) -> Result<Self> {
        let start = Instant::now();
        let fail = |cause| Error {
            machine: None,
            action: format!("start VLAN {number}"),
            elapsed: start.elapsed(),
            cause,
        };
        let directory = run.vlan(number);
        let socket = directory.join("ctl");
        Self::check_socket(number, run).map_err(|error| fail(Cause::Host(error.to_string())))?;
        let mut switch =
            Switch::spawn(number, &directory, run).map_err(|error| fail(Cause::Host(spawn_failure(&error))))?;
        let mut printed = Vec::new();
        let ready = tokio::time::timeout(VLAN_START, switch.ready(&socket, &mut printed)).await;
        let printed = text::quote(&String::from_utf8_lossy(&printed), QUOTED_BYTES);
        match ready {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => {
                return Err(fail(Cause::Host(format!(
                    "vde_switch did not start ({reason}); it printed: {printed}"
                ))));
            }
            Err(_) => {
                let last_seen = Some(format!("vde_switch printed: {printed}"));
                return Err(fail(Cause::TimedOut {
                    limit: LimitName::VlanStart,
                    budget: VLAN_START,
                    last_seen,
                }));
            }
        }
        let detail = format!(
            "vde_switch pid {}, after {}",
            switch.group.id(),
            seconds(start.elapsed())
        );
        events.emit(EventKind::State {
            source: Source::Vlan(number),
            state: State::Ready,
            detail,
        });
        let up = Arc::new(AtomicBool::new(true));
        let (stop, stopped) = oneshot::channel();
        let watcher = tokio::spawn(switch.watch(number, Arc::clone(&up), stopped, events.clone()));
        Ok(Self {
            number,
            up,
            watcher,
            stop: Some(stop),
        })
    }

    /// Checks that the switch's socket can be made. Errors: its path would be too long.
    pub fn check_socket(number: u32, run: &RunDirectory) -> std::result::Result<(), RunDirectoryError> {
        RunDirectory::check_socket(&run.vlan(number).join("ctl"))
    }

    /// The number under which start scripts know it.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Whether the switch runs.
    pub fn is_up(&self) -> bool {
        self.up.load(Ordering::Acquire)
    }

    /// Ends the switch and waits until it is gone.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // The switch may be gone already.
            let _ = stop.send(());
        }
        let _ = (&mut self.watcher).await;
    }
}

impl Drop for Vlan {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

struct Switch {
    group: ChildGroup,
    /// Closing it would end the switch.
    console: File,
    output: pipe::Receiver,
}

impl Switch {
    fn spawn(number: u32, directory: &Path, run: &RunDirectory) -> std::io::Result<Self> {
        // The switch offers its console on a terminal only.
        let (console, terminal) = open_terminal()?;
        let mut command = Command::new("vde_switch");
        command
            .arg("--sock")
            .arg(directory)
            .args(["--dirmode", "0700", "--hub"]);
        command.stdin(Stdio::from(terminal));
        let output = merged_output(&mut command)?;
        let group = ChildGroup::spawn(command, run, Owner::Vlan(number))?;
        Ok(Self { group, console, output })
    }

    /// Waits for an answer on the console and for the socket, whichever comes first. The last that the switch printed is
    /// in `printed`. Errors: how the switch ended instead.
    async fn ready(&mut self, socket: &Path, printed: &mut Vec<u8>) -> std::result::Result<(), String> {
        // A few bytes fit the terminal's buffer: this does not block.
        self.console
            .write_all(b"showinfo\n")
            .map_err(|error| error.to_string())?;
        let mut chunk = [0; 1024];
        let mut has_answered = false;
        loop {
            if has_answered && socket.exists() {
                return Ok(());
            }
            let count = tokio::select! {
                count = self.output.read(&mut chunk) => count.unwrap_or(0),
                () = tokio::time::sleep(SOCKET_LOOK), if has_answered => continue,
            };
            if count == 0 {
                let status = self.group.wait().await;
                return Err(status.map_or_else(|error| error.to_string(), |status| status.to_string()));
            }
            printed.extend_from_slice(chunk.get(..count).unwrap_or_default());
            has_answered = has_answered || memchr::memmem::find(printed, SUCCESS).is_some();
            // What stays is more than half an answer, so that one in two pieces is found.
            printed.drain(..printed.len().saturating_sub(QUOTED_BYTES));
        }
    }

    /// Reads what the switch prints, so that it never blocks, until it ends or is told to.
    async fn watch(self, number: u32, up: Arc<AtomicBool>, stopped: oneshot::Receiver<()>, events: Events) {
        let Self {
            mut group,
            console,
            output,
        } = self;
        let source = Source::Vlan(number);
        let reading = async {
            let mut output = BufReader::new(output);
            let mut line = Vec::new();
            while (&mut output)
                .take(QUOTED_BYTES as u64)
                .read_until(b'\n', &mut line)
                .await
                .is_ok_and(|count| count > 0)
            {
                events.message(
                    Level::Debug,
                    source.clone(),
                    text::clean(line.trim_ascii_end(), QUOTED_BYTES),
                );
                line.clear();
            }
            // A switch that closed its output is not a switch that ended.
            std::future::pending::<()>().await;
        };
        let (status, asked) = tokio::select! {
            () = reading => return,
            status = group.wait() => (status, false),
            _ = stopped => (group.stop(STOP_GRACE).await, true),
        };
        drop(console);
        up.store(false, Ordering::Release);
        let detail = status.map_or_else(|error| error.to_string(), |status| status.to_string());
        if !asked {
            let text = format!("vde_switch ended by itself ({detail}): the machines on this VLAN are cut off");
            events.message(Level::Error, source.clone(), text);
        }
        events.emit(EventKind::State {
            source,
            state: State::Down,
            detail,
        });
    }
}

/// Opens a pseudo terminal: our end and the other. No child inherits either unless it is given it, not even one that is
/// started at the same time, which `openpty` cannot promise.
fn open_terminal() -> std::io::Result<(File, OwnedFd)> {
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let master = pty::posix_openpt(flags)?;
    pty::grantpt(&master)?;
    pty::unlockpt(&master)?;
    // By the master and not by its path, which in a container can be another terminal's.
    // SAFETY: the call takes flags and no pointer, and the descriptor that it returns is nobody else's.
    let slave = unsafe {
        let slave = Errno::result(libc::ioctl(master.as_raw_fd(), libc::TIOCGPTPEER, flags.bits()))?;
        OwnedFd::from_raw_fd(slave)
    };
    Ok((File::from(OwnedFd::from(master)), slave))
}

fn spawn_failure(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::NotFound {
        "vde_switch is not installed; on Debian: apt-get install vde2".into()
    } else {
        format!("cannot run vde_switch: {error}")
    }
}
