//! The connection: one reader, which hands answers to those who asked and keeps events.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::events::EventLog;
use crate::error::Cause;
use crate::limits::{LimitName, MONITOR_MESSAGE_BYTES, QUOTED_BYTES, SOCKET_LOOK};
use crate::text;

/// What is told of a call that passed its timeout while the monitor had it.
pub(crate) const NO_ANSWER: &str = "no answer of the monitor";

/// A connection to a running QEMU.
#[derive(Debug)]
pub(crate) struct Monitor {
    writer: tokio::sync::Mutex<Writer>,
    shared: Arc<Shared>,
    next: AtomicU64,
    answer: Duration,
    reader: JoinHandle<()>,
}

/// The way to QEMU. Whoever asks may give up in the middle of a line: the next has to send the rest of it first.
#[derive(Debug)]
struct Writer {
    stream: OwnedWriteHalf,
    rest: VecDeque<u8>,
}

impl Writer {
    async fn send(&mut self, line: String) -> std::io::Result<()> {
        self.stream.write_all_buf(&mut self.rest).await?;
        self.rest = line.into_bytes().into();
        self.stream.write_all_buf(&mut self.rest).await
    }
}

/// What the reader and those who ask share.
#[derive(Debug, Default)]
struct Shared {
    asked: Mutex<Asked>,
    events: EventLog,
}

#[derive(Debug, Default)]
struct Asked {
    waiting: HashMap<u64, oneshot::Sender<Result<Value, Cause>>>,
    /// Why nothing is answered any more.
    closed: Option<Cause>,
}

impl Monitor {
    /// Connects, as soon as QEMU listens, and negotiates. Waits as long as it takes: the caller bounds it. `answer` is
    /// how long each later answer may take.
    pub(crate) async fn connect(path: &Path, answer: Duration) -> Result<Self, Cause> {
        let stream = loop {
            match UnixStream::connect(path).await {
                Ok(stream) => break stream,
                Err(_) => tokio::time::sleep(SOCKET_LOOK).await,
            }
        };
        let (reader, writer) = stream.into_split();
        let mut reader = BufReader::new(reader);
        let greeting = receive(&mut reader).await?;
        if !greeting.contains_key("QMP") {
            return Err(Cause::Monitor(format!("greeted with {}", quoted(&greeting))));
        }
        let shared = Arc::<Shared>::default();
        let monitor = Self {
            writer: tokio::sync::Mutex::new(Writer {
                stream: writer,
                rest: VecDeque::new(),
            }),
            reader: tokio::spawn(read(reader, Arc::clone(&shared))),
            shared,
            next: AtomicU64::new(1),
            answer,
        };
        monitor.request("qmp_capabilities", json!({})).await?;
        Ok(monitor)
    }

    /// Sends a command and returns what it answers. Errors: QEMU's own, a passed limit, a closed connection.
    pub(crate) async fn execute(&self, command: &str, arguments: Value) -> Result<Value, Cause> {
        match tokio::time::timeout(self.answer, self.request(command, arguments)).await {
            Ok(answer) => answer,
            Err(_) => Err(Cause::TimedOut {
                limit: LimitName::MonitorAnswer,
                budget: self.answer,
                last_seen: Some(format!("no answer to {}", text::quote(command, QUOTED_BYTES))),
            }),
        }
    }

    /// Sends a command of the text monitor and returns what it prints.
    pub(crate) async fn human(&self, line: &str) -> Result<String, Cause> {
        match self
            .execute("human-monitor-command", json!({ "command-line": line }))
            .await?
        {
            Value::String(text) => Ok(text),
            other => {
                let line = text::quote(line, QUOTED_BYTES);
                Err(Cause::Monitor(format!("{line} answered {}", quoted(&other))))
            }
        }
    }

    /// What QEMU told without being asked.
    pub(crate) fn events(&self) -> &EventLog {
        &self.shared.events
    }

    async fn request(&self, command: &str, arguments: Value) -> Result<Value, Cause> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        {
            let mut asked = lock(&self.shared.asked);
            if let Some(cause) = &asked.closed {
                return Err(cause.clone());
            }
            // Those that were given up are answered by nobody's waiting.
            asked.waiting.retain(|_, sender| !sender.is_closed());
            asked.waiting.insert(id, sender);
        }
        let mut line = json!({ "execute": command, "arguments": arguments, "id": id }).to_string();
        line.push('\n');
        let written = self.writer.lock().await.send(line).await;
        written.map_err(closed)?;
        match answer.await {
            Ok(Err(Cause::Monitor(description))) => {
                let command = text::quote(command, QUOTED_BYTES);
                Err(Cause::Monitor(format!("{command}: {description}")))
            }
            Ok(answer) => answer,
            Err(_) => Err(Cause::Monitor("the connection was closed".into())),
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads until the connection ends, which all that wait are told.
async fn read(mut reader: impl AsyncBufRead + Unpin, shared: Arc<Shared>) {
    let cause = loop {
        let mut message = match receive(&mut reader).await {
            Ok(message) => message,
            Err(cause) => break cause,
        };
        if message.contains_key("event") {
            shared.events.add(message);
            continue;
        }
        let id = message.get("id").and_then(Value::as_u64);
        let Some(waiting) = id.and_then(|id| lock(&shared.asked).waiting.remove(&id)) else {
            continue;
        };
        let answer = message
            .remove("return")
            .ok_or_else(|| Cause::Monitor(refusal(&message)));
        // Whoever asked may have given up.
        let _ = waiting.send(answer);
    };
    let mut asked = lock(&shared.asked);
    asked.closed = Some(cause.clone());
    for (_, waiting) in asked.waiting.drain() {
        let _ = waiting.send(Err(cause.clone()));
    }
    drop(asked);
    shared.events.close(cause);
}

pub(super) async fn receive(reader: &mut (impl AsyncBufRead + Unpin)) -> Result<Map<String, Value>, Cause> {
    let mut line = Vec::new();
    let mut bounded = reader.take(MONITOR_MESSAGE_BYTES as u64);
    let count = bounded.read_until(b'\n', &mut line).await.map_err(closed)?;
    if count == 0 {
        return Err(Cause::Monitor("the connection was closed".into()));
    }
    if line.len() >= MONITOR_MESSAGE_BYTES && !line.ends_with(b"\n") {
        let text = format!("a message of more than {MONITOR_MESSAGE_BYTES} bytes: {}", clean(&line));
        return Err(Cause::Monitor(text));
    }
    match serde_json::from_slice(&line) {
        Ok(Value::Object(message)) => Ok(message),
        _ => Err(Cause::Monitor(format!("no message: {}", clean(&line)))),
    }
}

/// Why a command was refused.
pub(super) fn refusal(message: &Map<String, Value>) -> String {
    let description = message
        .get("error")
        .and_then(|error| error.get("desc"))
        .and_then(Value::as_str);
    description.map_or_else(|| quoted(message), |text| clean(text.as_bytes()))
}

fn closed(error: std::io::Error) -> Cause {
    Cause::Monitor(format!("the connection broke: {error}"))
}

fn clean(bytes: &[u8]) -> String {
    text::clean(bytes.trim_ascii_end(), QUOTED_BYTES)
}

fn quoted(value: &(impl serde::Serialize + ?Sized)) -> String {
    clean(serde_json::to_string(value).unwrap_or_default().as_bytes())
}
