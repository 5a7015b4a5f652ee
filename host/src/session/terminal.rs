//! The terminal of whoever types, connected to a machine for a while.

use std::io::{self, IsTerminal as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::io::unix::AsyncFd;
use tokio::io::{Interest, Ready};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::alternate_screen::AlternateScreen;
use super::interrupt::Interrupt;
use crate::limits::{OUTPUT_SHOWN, SIZE_SETTLES, TERMINAL_PIECES};
use crate::machine::Notice;

/// What leaves a connection: Ctrl-], as in telnet and in virsh.
const LEAVE: u8 = 0x1d;
/// What is read at a time.
const CHUNK: usize = 4 << 10;
/// No reports of the mouse, a cursor that is seen, no marks around what is pasted, no colours.
const RESET: &[u8] = b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?25h\x1b[?2004l\x1b[0m";
/// The size of a terminal that does not tell its own: rows and columns.
const SIZE: (u16, u16) = (24, 80);

/// In the place of a mode where the alternate screen is not shown.
const NOT_ALTERNATE: u16 = 0;

/// How the terminal was when the process began.
static ORIGINAL: OnceLock<Termios> = OnceLock::new();

/// Sets the terminal as it was when the process began, where a session has changed it.
pub fn restore() {
    if let Some(original) = ORIGINAL.get() {
        // It may be gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, original);
    }
}

/// What a connection carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Every key, for somebody who echoes them. Ctrl-] leaves.
    Keys,
    /// Lines, edited and echoed here. Ctrl-D leaves, and Ctrl-C interrupts what runs there.
    Lines,
}

impl Line {
    /// How whoever types comes back.
    pub fn way_back(self) -> &'static str {
        match self {
            Self::Keys => "Ctrl-]",
            Self::Lines => "Ctrl-D",
        }
    }

    /// What whoever types has to know of it.
    pub fn remark(self) -> &'static str {
        match self {
            Self::Keys => "",
            Self::Lines => ", line by line",
        }
    }
}

/// The terminal of a session, where it has one.
#[derive(Debug, Clone, Default)]
pub struct Terminal {
    connected: Option<Arc<AtomicBool>>,
}

impl Terminal {
    /// There is none.
    pub fn none() -> Self {
        Self::default()
    }

    /// That of this process, where its standard input and output are one. While it is connected to a machine the flag is
    /// set.
    pub fn of_process(connected: &Arc<AtomicBool>) -> Self {
        let input = io::stdin();
        if let Ok(mut settings) = tcgetattr(&input) {
            let _ = ORIGINAL.set(settings.clone());
            // What an interrupt brings begins a line.
            settings.local_modes.remove(LocalModes::ECHOCTL);
            // Without it is a matter of looks.
            let _ = tcsetattr(&input, OptionalActions::Now, &settings);
        }
        let both = input.is_terminal() && io::stdout().is_terminal();
        Self {
            connected: both.then(|| Arc::clone(connected)),
        }
    }

    /// Its size, in rows and columns.
    pub fn size(&self) -> (u16, u16) {
        match tcgetwinsize(io::stdout()) {
            Ok(size) if size.ws_row > 0 && size.ws_col > 0 => (size.ws_row, size.ws_col),
            _ => SIZE,
        }
    }

    /// Connects it until the answer is dropped. `greeting` is shown first. Of lines, interrupts are passed on meanwhile.
    /// Errors: there is none, or it cannot be set.
    pub fn connect(&self, line: Line, greeting: &str, interrupt: &Arc<Interrupt>) -> io::Result<Connection> {
        let connected = self
            .connected
            .clone()
            .ok_or_else(|| io::Error::other("standard input and output are no terminal"))?;
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        // SAFETY: the descriptor is owned, and nobody else has it.
        let input = unsafe { AsyncFd::register_with_interest(input, Interest::READABLE) }?;
        let before = tcgetattr(io::stdin())?;
        let resized = signal(SignalKind::window_change())?;
        let mut out = io::stdout();
        writeln!(out, "{greeting}")?;
        out.flush()?;
        connected.store(true, Ordering::Relaxed);
        let (keys, typed) = mpsc::channel(TERMINAL_PIECES);
        let (output, shown) = mpsc::channel(TERMINAL_PIECES);
        let (drained, all_shown) = oneshot::channel();
        let left = Arc::new(AtomicBool::new(false));
        let hidden = Arc::clone(&left);
        let alternate = Arc::new(AtomicU16::new(NOT_ALTERNATE));
        let seen = Arc::clone(&alternate);
        let (told, notices) = mpsc::channel(1);
        let spawned = std::thread::Builder::new().name("terminal".into()).spawn(move || {
            show(shown, &hidden, &seen);
            // Nobody may wait for it any more.
            let _ = drained.send(());
        });
        // From here on what is changed is undone where anything fails.
        let connection = Connection {
            input: typed,
            output,
            all_shown,
            notices,
            reading: tokio::spawn(read(input, line, keys)),
            resizing: (line == Line::Keys).then(|| tokio::spawn(tell_sizes(resized, self.clone(), told.clone()))),
            before,
            connected,
            left,
            alternate,
            interrupt: Arc::clone(interrupt),
            line,
        };
        spawned?;
        if line == Line::Keys {
            let mut raw = connection.before.clone();
            raw.make_raw();
            tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        } else {
            connection.interrupt.pass_on(Some(told));
        }
        Ok(connection)
    }
}

/// A terminal that is connected. Dropping it sets the terminal as it was.
#[derive(Debug)]
pub struct Connection {
    input: mpsc::Receiver<Vec<u8>>,
    /// What is to be shown, as it is.
    pub output: mpsc::Sender<Vec<u8>>,
    all_shown: oneshot::Receiver<()>,
    notices: mpsc::Receiver<Notice>,
    reading: JoinHandle<()>,
    resizing: Option<JoinHandle<()>>,
    before: Termios,
    connected: Arc<AtomicBool>,
    /// Nothing more is to be shown.
    left: Arc<AtomicBool>,
    /// The mode that shows the terminal's alternate screen.
    alternate: Arc<AtomicU16>,
    interrupt: Arc<Interrupt>,
    line: Line,
}

impl Connection {
    /// What is typed; closed when whoever types leaves. Nothing comes where it was taken before.
    pub fn take_input(&mut self) -> mpsc::Receiver<Vec<u8>> {
        std::mem::replace(&mut self.input, mpsc::channel(1).1)
    }

    /// What the machine is to be told beside that. Nothing comes where it was taken before.
    pub fn take_notices(&mut self) -> mpsc::Receiver<Notice> {
        std::mem::replace(&mut self.notices, mpsc::channel(1).1)
    }

    /// Shows what is left to be shown.
    pub async fn finish(mut self) {
        let (closed, _) = mpsc::channel(1);
        drop(std::mem::replace(&mut self.output, closed));
        // A terminal that takes nothing keeps nobody.
        let _ = tokio::time::timeout(OUTPUT_SHOWN, &mut self.all_shown).await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.reading.abort();
        if let Some(resizing) = &self.resizing {
            resizing.abort();
        }
        self.interrupt.pass_on(None);
        self.left.store(true, Ordering::Relaxed);
        let mut out = io::stdout();
        // What a program on the machine has set and, killed, not set back. The terminal may be gone.
        let mode = self.alternate.load(Ordering::Relaxed);
        if mode != NOT_ALTERNATE {
            // Where it is not shown this would move the cursor.
            let _ = write!(out, "\x1b[?{mode}l");
        }
        if self.line == Line::Keys {
            let _ = out.write_all(RESET);
        }
        let _ = out.flush();
        // It may be gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
        self.connected.store(false, Ordering::Relaxed);
    }
}

fn is_readable(input: &OwnedFd) -> bool {
    let mut asked = [PollFd::new(input.as_fd(), PollFlags::POLLIN)];
    poll(&mut asked, PollTimeout::ZERO).is_ok_and(|count| count > 0)
}

fn show(mut pieces: mpsc::Receiver<Vec<u8>>, left: &AtomicBool, alternate: &AtomicU16) {
    let mut out = io::stdout();
    let mut screen = AlternateScreen::default();
    let mut last = b'\n';
    while let Some(piece) = pieces.blocking_recv() {
        if left.load(Ordering::Relaxed) {
            return;
        }
        alternate.store(screen.see(&piece).unwrap_or(NOT_ALTERNATE), Ordering::Relaxed);
        if out.write_all(&piece).and_then(|()| out.flush()).is_err() {
            return;
        }
        last = piece.last().copied().unwrap_or(last);
    }
    // What follows begins a line. Whoever reads may be gone.
    if last != b'\n' {
        let _ = out.write_all(b"\r\n").and_then(|()| out.flush());
    }
}

/// Tells each size that the terminal takes on.
async fn tell_sizes(mut resized: Signal, terminal: Terminal, told: mpsc::Sender<Notice>) {
    while resized.recv().await.is_some() {
        tokio::time::sleep(SIZE_SETTLES).await;
        let (rows, columns) = terminal.size();
        if told.send(Notice::Size(rows, columns)).await.is_err() {
            return;
        }
    }
}

/// Reads until whoever types leaves. The descriptor blocks, for others share it, so it is read once for each time that it is
/// ready.
async fn read(input: AsyncFd<OwnedFd>, line: Line, keys: mpsc::Sender<Vec<u8>>) {
    let mut chunk = [0; CHUNK];
    loop {
        let Ok(mut ready) = input.readable().await else { return };
        let count = match rustix::io::read(input.get_ref(), &mut chunk) {
            Err(rustix::io::Errno::INTR) => continue,
            Ok(0) | Err(_) => return,
            Ok(count) => count,
        };
        // Of lines one is read at a time, and no more is told of those that wait.
        if !is_readable(input.get_ref()) {
            ready.clear_ready_matching(Ready::READABLE);
        }
        let typed = chunk.get(..count).unwrap_or_default();
        let leave = typed
            .iter()
            .position(|byte| *byte == LEAVE)
            .filter(|_| line == Line::Keys);
        let before = typed.get(..leave.unwrap_or(count)).unwrap_or_default();
        if keys.send(before.to_vec()).await.is_err() || leave.is_some() {
            return;
        }
    }
}
