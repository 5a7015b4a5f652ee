//! The sockets to a guest's shells, and what comes from them.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use super::frame::{FrameScanner, Item};
use super::port::{Expected, PortItem, PortScanner};
use crate::limits::{CONSOLE_WRITE, FRAME_BYTES, STRAY_BYTES, STRAY_PAUSE, WAITING_INPUTS};

/// Which console something came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Console {
    /// The first shell's.
    Control,
    /// The worker's.
    Worker,
}

/// Something that came from the guest.
#[derive(Debug)]
pub(crate) enum Input {
    /// From a console.
    Console(Console, Item),
    /// From the bulk port of this number.
    Port(usize, PortItem),
}

/// The host's way into a bulk port. Never closed while the machine runs: QEMU would not take another connection.
pub(crate) type PortWriter = Arc<Mutex<OwnedWriteHalf>>;

/// What has come on a port, shared with who reads it.
type Scanner = Arc<std::sync::Mutex<PortScanner>>;

/// All connections to one guest's shells. Dropping it ends its tasks.
#[derive(Debug)]
pub(crate) struct Connection {
    control: OwnedWriteHalf,
    worker: OwnedWriteHalf,
    ports: Vec<PortWriter>,
    scanners: Vec<Scanner>,
    inputs: mpsc::Receiver<Input>,
    /// What is expected on the ports.
    pub(crate) expected: Expected,
    _readers: JoinSet<()>,
}

/// What is read at a time from a console, and at least from a port: a pipe's capacity.
const CHUNK: usize = 64 << 10;
/// The longest frame on a console: the largest output in base64, with line ends.
const fn longest_frame(most_output: usize) -> usize {
    most_output / 3 * 4 + most_output / 32 + FRAME_BYTES
}

impl Connection {
    /// Starts to read.
    pub(crate) fn new(control: UnixStream, worker: UnixStream, ports: Vec<UnixStream>, most_output: usize) -> Self {
        let (sender, inputs) = mpsc::channel(WAITING_INPUTS);
        let mut readers = JoinSet::new();
        let (control_reader, control) = control.into_split();
        let (worker_reader, worker) = worker.into_split();
        let most = longest_frame(most_output);
        readers.spawn(read_console(control_reader, Console::Control, most, sender.clone()));
        readers.spawn(read_console(worker_reader, Console::Worker, most, sender.clone()));
        let expected = Expected::default();
        let (mut writers, mut scanners) = (Vec::new(), Vec::new());
        for (number, port) in ports.into_iter().enumerate() {
            let (reader, writer) = port.into_split();
            let scanner: Scanner = Arc::new(PortScanner::new(expected.clone()).into());
            let reading = (reader, Arc::clone(&scanner));
            readers.spawn(read_port(number, reading, expected.clone(), sender.clone()));
            scanners.push(scanner);
            writers.push(Arc::new(Mutex::new(writer)));
        }
        Self {
            control,
            worker,
            ports: writers,
            scanners,
            inputs,
            expected,
            _readers: readers,
        }
    }

    /// What came next. `None`: the machine is gone.
    pub(crate) async fn receive(&mut self) -> Option<Input> {
        self.inputs.recv().await
    }

    /// What a command has printed that is given up.
    pub(crate) fn give_up(&self, number: u64) -> Vec<u8> {
        let mut outputs = self.scanners.iter().map(|scanner| lock(scanner).give_up(number));
        outputs.find(|output| !output.is_empty()).unwrap_or_default()
    }

    /// The way into a port.
    pub(crate) fn port(&self, number: usize) -> Option<PortWriter> {
        self.ports.get(number).cloned()
    }

    /// Writes to a console. Errors: nobody takes it.
    pub(crate) async fn send(&mut self, console: Console, bytes: &[u8]) -> Result<(), String> {
        let writer = match console {
            Console::Control => &mut self.control,
            Console::Worker => &mut self.worker,
        };
        match tokio::time::timeout(CONSOLE_WRITE, writer.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!("the guest's console cannot be written to: {error}")),
            Err(_) => Err("the guest's console takes no input".into()),
        }
    }
}

/// A virtual console drops what the guest writes while nobody reads: so this reads at once, whatever happens.
async fn read_console(mut stream: OwnedReadHalf, console: Console, most: usize, inputs: mpsc::Sender<Input>) {
    let mut scanner = FrameScanner::new(most, FRAME_BYTES);
    let mut items = Vec::new();
    let mut chunk = vec![0; CHUNK];
    while let Ok(count @ 1..) = stream.read(&mut chunk).await {
        scanner.push(chunk.get(..count).unwrap_or_default(), &mut items);
        for item in items.drain(..) {
            if inputs.send(Input::Console(console, item)).await.is_err() {
                return;
            }
        }
        // A flood does not hold the others up.
        tokio::task::yield_now().await;
    }
}

fn lock(scanner: &Scanner) -> std::sync::MutexGuard<'_, PortScanner> {
    scanner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

async fn read_port(
    number: usize,
    (mut stream, scanner): (OwnedReadHalf, Scanner),
    expected: Expected,
    inputs: mpsc::Sender<Input>,
) {
    let mut items = Vec::new();
    let mut chunk = vec![0; CHUNK];
    while let Ok(count @ 1..) = stream.read(&mut chunk).await {
        lock(&scanner).push(chunk.get(..count).unwrap_or_default(), &mut items);
        let mut stray = 0;
        for item in items.drain(..) {
            let item = match item {
                PortItem::Output(bytes) => {
                    if let Some(sink) = expected.sink() {
                        // Who took it may have had enough, and then kills the command.
                        let _ = sink.send(bytes).await;
                    }
                    continue;
                }
                PortItem::Stray(bytes) => {
                    stray += bytes.len();
                    PortItem::Stray(bytes)
                }
                item => item,
            };
            if inputs.send(Input::Port(number, item)).await.is_err() {
                return;
            }
        }
        if stray > STRAY_BYTES {
            tokio::time::sleep(STRAY_PAUSE).await;
        }
    }
}
