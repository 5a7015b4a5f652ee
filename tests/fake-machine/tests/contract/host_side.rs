//! What a host does to a machine: listens, starts it, and speaks on the sockets, with a deadline everywhere.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything takes that works, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// How long to look that something does not happen.
pub(crate) const A_WHILE: Duration = Duration::from_millis(150);

pub(crate) const HANDSHAKE: &[u8] = b"Spawning backdoor root shell...\n";
const BULK_PORTS: usize = 4;

/// A machine that has been started, with the host's ends of everything.
pub(crate) struct HostSide {
    pub(crate) state: TempDir,
    pub(crate) child: Child,
    listeners: Vec<(String, UnixListener)>,
    serial: mpsc::Receiver<Vec<u8>>,
}

impl HostSide {
    /// Listens and starts the machine with options of its own and more of QEMU's.
    pub(crate) fn start(options: &[&str], qemu: &[&str]) -> Self {
        Self::start_in(TempDir::with_prefix("fm").unwrap(), options, qemu)
    }

    pub(crate) fn start_in(state: TempDir, options: &[&str], qemu: &[&str]) -> Self {
        let path = |name: &str| state.path().join(name);
        let mut listeners = Vec::new();
        let mut listen = |name: String| {
            let _ = fs::remove_file(path(&name));
            listeners.push((name.clone(), UnixListener::bind(path(&name)).unwrap()));
            path(&name).display().to_string()
        };
        let mut arguments = vec![format!("-qmp unix:{},server=on,wait=off", path("qmp").display())];
        arguments.push(format!("-monitor unix:{}", listen("monitor".into())));
        arguments.push(format!("-chardev socket,id=shell,path={}", listen("shell".into())));
        arguments.push("-device virtio-serial -device virtconsole,chardev=shell".into());
        arguments.push(format!(
            "-chardev socket,id=proctor-worker,path={}",
            listen("worker".into())
        ));
        arguments.push("-device virtconsole,chardev=proctor-worker".into());
        for n in 0..BULK_PORTS {
            arguments.push(format!(
                "-chardev socket,id=proctor-bulk-{n},path={}",
                listen(format!("bulk{n}"))
            ));
            arguments.push(format!(
                "-device virtserialport,chardev=proctor-bulk-{n},name=proctor.bulk.{n}"
            ));
        }
        arguments.push("-device virtio-rng-pci -serial stdio -nographic -name node".into());
        let mut child = command(state.path(), options)
            .args(arguments.iter().flat_map(|words| words.split(' ')))
            .args(qemu)
            .spawn()
            .unwrap();
        let (sender, serial) = mpsc::channel();
        read_all(child.stdout.take().unwrap(), sender.clone());
        read_all(child.stderr.take().unwrap(), sender);
        Self {
            state,
            child,
            listeners,
            serial,
        }
    }

    /// Takes the connection of the machine to one of the sockets.
    pub(crate) fn accept(&self, name: &str) -> UnixStream {
        let (_, listener) = self.listeners.iter().find(|(listening, _)| listening == name).unwrap();
        listener.set_nonblocking(true).unwrap();
        let socket = eventually(|| listener.accept().ok()).0;
        socket.set_nonblocking(false).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        socket
    }

    /// The shell, after its handshake.
    pub(crate) fn shell(&self) -> Shell {
        let mut shell = Shell(self.accept("shell"));
        shell.expect_handshake();
        shell
    }

    pub(crate) fn connect_qmp(&self) -> UnixStream {
        let path = self.path("qmp");
        let socket = eventually(|| UnixStream::connect(&path).ok());
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket
    }

    /// QMP, after greeting and negotiation.
    pub(crate) fn qmp(&self) -> Qmp {
        let mut qmp = Qmp {
            socket: self.connect_qmp(),
            events: Vec::new(),
        };
        assert!(qmp.read()["QMP"]["version"]["qemu"].is_object());
        assert_eq!(
            qmp.call(r#"{"execute":"qmp_capabilities"}"#)["return"],
            serde_json::json!({})
        );
        qmp
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.state.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Reads the serial console and standard error until `wanted` has come.
    pub(crate) fn console_until(&self, wanted: &str) -> Vec<u8> {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        let mut searched = 0;
        // A flood comes in many pieces: look only where the text can be new.
        while find(&seen[searched..], wanted.as_bytes()).is_none() {
            searched = seen.len().saturating_sub(wanted.len());
            let left = deadline.saturating_duration_since(Instant::now());
            match self.serial.recv_timeout(left) {
                Ok(bytes) => seen.extend(bytes),
                Err(error) => panic!(
                    "{wanted:?} has not come ({error}), but {:?}",
                    String::from_utf8_lossy(&seen)
                ),
            }
        }
        seen
    }

    /// Reads the console to its end, which must come.
    pub(crate) fn console_to_end(&self) -> Vec<u8> {
        let mut seen = Vec::new();
        loop {
            match self.serial.recv_timeout(PATIENCE) {
                Ok(bytes) => seen.extend(bytes),
                Err(mpsc::RecvTimeoutError::Disconnected) => return seen,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("the console has not ended"),
            }
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(pid(&self.child), signal).unwrap();
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        let child = &mut self.child;
        eventually(|| child.try_wait().unwrap())
    }
}

impl Drop for HostSide {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The variables by which a host and the test suite find what was left behind. The suite's is the suite's own.
pub(crate) fn marks() -> [(&'static str, String); 2] {
    let suite = std::env::var("PROCTOR_TEST_SUITE");
    [
        ("PROCTOR_RUN", "a run".into()),
        ("PROCTOR_TEST_SUITE", suite.unwrap_or_else(|_| "no suite".into())),
    ]
}

/// The machine's command, up to the dashes.
pub(crate) fn command(state: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-machine"));
    command.args(options).arg("--").env("TMPDIR", state).current_dir(state);
    for (name, value) in marks() {
        command.env(name, value);
    }
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().unwrap())
}

fn read_all(mut source: impl Read + Send + 'static, sink: mpsc::Sender<Vec<u8>>) {
    thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(count @ 1..) = source.read(&mut buffer) {
            if sink.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
}

/// The host's end of a console.
pub(crate) struct Shell(pub(crate) UnixStream);

impl Shell {
    pub(crate) fn expect_handshake(&mut self) {
        self.expect(HANDSHAKE);
    }

    /// Reads exactly these bytes.
    pub(crate) fn expect(&mut self, wanted: &[u8]) {
        let mut seen = vec![0; wanted.len()];
        self.0.read_exact(&mut seen).unwrap();
        assert_eq!(String::from_utf8_lossy(&seen), String::from_utf8_lossy(wanted));
    }

    pub(crate) fn send(&mut self, line: &str) {
        self.0.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Runs a command that prints one line.
    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.send(line);
        let mut answer = Vec::new();
        let mut byte = [0];
        while self.0.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
            answer.push(byte[0]);
        }
        String::from_utf8(answer).unwrap()
    }

    /// Whether nothing comes for a while.
    pub(crate) fn is_silent(&mut self) -> bool {
        is_silent(&mut self.0)
    }
}

pub(crate) fn is_silent(socket: &mut UnixStream) -> bool {
    socket.set_read_timeout(Some(A_WHILE)).unwrap();
    let result = socket.read(&mut [0; 1]);
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    matches!(result, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

/// A QMP client.
pub(crate) struct Qmp {
    pub(crate) socket: UnixStream,
    /// What came between the answers.
    pub(crate) events: Vec<Value>,
}

impl Qmp {
    pub(crate) fn read(&mut self) -> Value {
        let mut line = Vec::new();
        let mut byte = [0];
        while byte[0] != b'\n' {
            self.socket.read_exact(&mut byte).unwrap();
            line.push(byte[0]);
        }
        serde_json::from_slice(&line).unwrap()
    }

    pub(crate) fn call(&mut self, message: &str) -> Value {
        self.socket.write_all(message.as_bytes()).unwrap();
        loop {
            let answer = self.read();
            if answer.get("event").is_none() {
                return answer;
            }
            self.events.push(answer);
        }
    }
}

/// The place of `wanted` in `bytes`.
pub(crate) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Waits until there is an answer.
pub(crate) fn eventually<T>(mut question: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = question() {
            return answer;
        }
        assert!(Instant::now() < deadline, "it has not happened in {PATIENCE:?}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Whether a process is alive; one that nobody has reaped is not.
pub(crate) fn is_alive(pid: &str) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    status
        .rsplit(')')
        .next()
        .and_then(|fields| fields.split_ascii_whitespace().next())
        != Some("Z")
}
