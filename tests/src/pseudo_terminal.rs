//! A program in a terminal, with somebody who types.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{Termios, tcgetattr};
use nix::unistd::Pid;

use crate::PATIENCE;

/// What a program may take to end.
const LOOK: Duration = Duration::from_millis(10);

/// A program in a terminal of 40 rows and 100 columns. Dropping this kills it.
#[derive(Debug)]
pub struct PseudoTerminal {
    child: Child,
    keyboard: File,
    terminal: OwnedFd,
    shown: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    /// Up to where it was looked for.
    position: usize,
}

impl PseudoTerminal {
    /// Starts a program in a session of its own whose terminal this is. Panics where it cannot.
    pub fn start(command: &Command) -> Self {
        let size = Winsize {
            ws_row: 40,
            ws_col: 100,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pair = openpty(&size, None).expect("a pseudo terminal");
        let stdio = || Stdio::from(pair.slave.try_clone().expect("a descriptor"));
        let mut within = Command::new("setsid");
        within
            .args(["--ctty", "--"])
            .arg(command.get_program())
            .args(command.get_args());
        if let Some(directory) = command.get_current_dir() {
            within.current_dir(directory);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => within.env(name, value),
                None => within.env_remove(name),
            };
        }
        within
            .env("TERM", "xterm")
            .stdin(stdio())
            .stdout(stdio())
            .stderr(stdio());
        let child = within.spawn().unwrap_or_else(|error| panic!("{within:?}: {error}"));
        let keyboard = File::from(pair.master);
        let mut screen = keyboard.try_clone().expect("a descriptor");
        let (sender, shown) = channel();
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut chunk) {
                if sender.send(chunk[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            keyboard,
            terminal: pair.slave,
            shown,
            seen: Vec::new(),
            position: 0,
        }
    }

    /// Types. A line feed is the Enter key.
    pub fn types(&mut self, text: &str) {
        let keys = text.replace('\n', "\r");
        self.keyboard
            .write_all(keys.as_bytes())
            .expect("a terminal that takes keys");
    }

    /// Waits until a text is shown behind what was seen last, and returns what stands between them. Panics where it is not
    /// shown in time.
    pub fn sees(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let rest = &self.seen[self.position..];
            if let Some(at) = rest.windows(text.len()).position(|window| window == text.as_bytes()) {
                let between = String::from_utf8_lossy(&rest[..at]).into_owned();
                self.position += at + text.len();
                return between;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.shown.recv_timeout(left) {
                Ok(bytes) => self.seen.extend_from_slice(&bytes),
                Err(_) => panic!("{text:?} is not shown: {:?}", String::from_utf8_lossy(rest)),
            }
        }
    }

    /// Gives the terminal so many rows and columns, of which the program is told.
    pub fn resize(&self, rows: u16, columns: u16) {
        let size = rustix::termios::Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        rustix::termios::tcsetwinsize(&self.terminal, size).expect("a terminal");
    }

    /// How the terminal is set.
    pub fn settings(&self) -> Termios {
        tcgetattr(self.terminal.as_fd()).expect("a terminal")
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).expect("a program that runs");
    }

    /// Waits until the program has ended. Panics where it does not in time.
    pub fn ends(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            std::thread::sleep(LOOK);
        }
        panic!("it does not end: {:?}", String::from_utf8_lossy(&self.seen));
    }
}

impl Drop for PseudoTerminal {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
