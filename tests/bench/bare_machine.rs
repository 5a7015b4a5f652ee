//! A machine that nobody drives but plain sockets: the floor.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use proctor_tests::path_from_environment;

use crate::limits::{CHUNK, PATIENCE, PAUSE};

/// As long as the measured machine's.
const NAME: &str = "standard";
/// The line with which the guest's first shell announces itself.
const HANDSHAKE: &[u8] = b"Spawning backdoor root shell...\n";
/// The bulk port that is used, by its socket and by its name in the guest.
const PORT: (&str, &str) = ("bulk0", "proctor.bulk.0");

/// A running machine.
pub(crate) struct BareMachine {
    qemu: Child,
    shell: UnixStream,
    port: UnixStream,
    /// The port's device in the guest.
    port_device: String,
    serial: mpsc::Receiver<(Vec<u8>, Instant)>,
    commands: usize,
    /// The sockets that are connected and not used.
    _others: Vec<UnixStream>,
    _directory: tempfile::TempDir,
}

impl BareMachine {
    /// Boots a machine with another's arguments, in a directory of its own. Panics where it does not come up.
    pub(crate) fn boot((arguments, state): &(Vec<String>, PathBuf)) -> Self {
        let directory = tempfile::tempdir().expect("a directory for the bare machine");
        let (old, new) = (state.to_string_lossy(), directory.path().to_string_lossy());
        let listeners = listen(arguments, &old, directory.path());
        let boot = path_from_environment("PROCTOR_MINI").join("boot");
        let (output, writer) = std::io::pipe().expect("a pipe");
        let mut command = Command::new("setpriv");
        // QEMU shall not outlive the measurement, however that ends.
        command
            .args(["--pdeathsig", "KILL", "--"])
            .arg(boot)
            .args(["--name", NAME, "--"]);
        command.args(arguments.iter().map(|argument| argument.replace(&*old, &new)));
        command
            .env("TMPDIR", directory.path())
            .env("SHARED_DIR", directory.path());
        command
            .stdin(Stdio::piped())
            .stdout(writer.try_clone().expect("a pipe"))
            .stderr(writer);
        let mut qemu = command.spawn().expect("setpriv");
        // It holds the pipe's other end.
        drop(command);
        let serial = read_serial(output);

        let (mut shell, mut port, mut others) = (None, None, Vec::new());
        for (name, listener) in listeners {
            let stream = accept(&listener, &mut qemu);
            match name.as_str() {
                "shell" => shell = Some(stream),
                name if name == PORT.0 => port = Some(stream),
                _ => others.push(stream),
            }
        }
        let mut machine = Self {
            qemu,
            shell: shell.expect("a socket for the shell"),
            port: port.expect("a socket for a bulk port"),
            port_device: String::new(),
            serial,
            commands: 0,
            _others: others,
            _directory: directory,
        };
        machine.read_until(HANDSHAKE);
        let search = format!("cd /sys/class/virtio-ports; grep -lx {} */name; cd /tmp", PORT.1);
        let found = machine.ask(&search);
        let port = found.trim().strip_suffix("/name").expect("the guest has the bulk port");
        machine.port_device = format!("/dev/{port}");
        machine
    }

    /// Types a command at the guest's first shell and waits until it is done. Returns what it printed.
    pub(crate) fn ask(&mut self, command: &str) -> String {
        self.commands += 1;
        let marker = format!("done-{}\n", self.commands);
        // In two words, so that it is not the line itself that is found.
        let line = format!("{command}; printf 'done-%s\\n' {}\n", self.commands);
        self.shell
            .write_all(line.as_bytes())
            .expect("the guest's shell takes a command");
        let output = self.read_until(marker.as_bytes());
        String::from_utf8_lossy(&output).into_owned()
    }

    /// Prints a file of the guest to a bulk port and reads it until it has come whole.
    pub(crate) fn read_file(&mut self, path: &str, length: usize) -> Vec<u8> {
        let mut content = vec![0; length];
        let line = format!("cat {path} > {}\n", self.port_device);
        self.shell
            .write_all(line.as_bytes())
            .expect("the guest's shell takes a command");
        self.port
            .read_exact(&mut content)
            .expect("the bulk port delivers the file");
        content
    }

    /// Writes a file of the guest's from a bulk port and waits until it is there whole.
    pub(crate) fn write_file(&mut self, path: &str, content: &[u8]) {
        self.commands += 1;
        let (length, number) = (content.len(), self.commands);
        let line = format!(
            "head -c {length} < {} > {path}; printf 'done-%s\\n' {number}\n",
            self.port_device
        );
        self.shell
            .write_all(line.as_bytes())
            .expect("the guest's shell takes a command");
        self.port.write_all(content).expect("the bulk port takes the file");
        self.read_until(format!("done-{number}\n").as_bytes());
    }

    /// Begins a command and returns QEMU's standard output until a text has come, and the time since the beginning.
    pub(crate) fn read_serial(&mut self, command: &str, last: &[u8]) -> (Vec<u8>, Duration) {
        // What was said before is not part of it.
        while self.serial.try_recv().is_ok() {}
        let start = Instant::now();
        self.shell
            .write_all(format!("{command}\n").as_bytes())
            .expect("the guest's shell takes a command");
        let mut output = Vec::new();
        loop {
            let (bytes, at) = self
                .serial
                .recv_timeout(PATIENCE)
                .expect("the bare machine's serial console goes on");
            let from = output.len().saturating_sub(last.len());
            output.extend_from_slice(&bytes);
            if find(&output[from..], last).is_some() {
                return (output, at - start);
            }
        }
    }

    fn read_until(&mut self, end: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let count = self.shell.read(&mut chunk).expect("the bare machine's shell answers");
            assert!(count > 0, "the bare machine's shell is gone");
            bytes.extend_from_slice(&chunk[..count]);
            if let Some(at) = find(&bytes, end) {
                bytes.truncate(at);
                return bytes;
            }
        }
    }
}

impl Drop for BareMachine {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Listens on every socket that QEMU is told to connect to. On that of its monitor for programs it listens itself.
fn listen(arguments: &[String], state: &str, directory: &Path) -> Vec<(String, UnixListener)> {
    let sockets = arguments.iter().filter(|argument| !argument.contains("server=on"));
    let names = sockets.filter_map(|argument| {
        let (_, tail) = argument.split_once(&format!("{state}/"))?;
        Some(tail.split(',').next().unwrap_or(tail).to_owned())
    });
    names
        .map(|name| {
            let listener = UnixListener::bind(directory.join(&name));
            let listener = listener.unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, listener)
        })
        .collect()
}

/// Waits for QEMU's connection. Panics where QEMU ends or does not connect.
fn accept(listener: &UnixListener, qemu: &mut Child) -> UnixStream {
    let start = Instant::now();
    listener.set_nonblocking(true).expect("a listener that does not block");
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).expect("a stream that blocks");
                stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
                return stream;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => panic!("a connection from QEMU: {error}"),
        }
        if let Some(status) = qemu.try_wait().expect("QEMU's status") {
            panic!("the bare machine's QEMU ended with {status}");
        }
        assert!(start.elapsed() < PATIENCE, "the bare machine's QEMU does not connect");
        std::thread::sleep(PAUSE);
    }
}

/// Reads QEMU's standard output at once, on a thread.
fn read_serial(mut output: std::io::PipeReader) -> mpsc::Receiver<(Vec<u8>, Instant)> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut chunk = vec![0; CHUNK];
        while let Ok(count @ 1..) = output.read(&mut chunk) {
            if sender.send((chunk[..count].to_vec(), Instant::now())).is_err() {
                return;
            }
        }
    });
    receiver
}
