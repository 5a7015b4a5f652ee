//! QEMU's machine protocol (QMP): one request at a time, every answer read.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Mutex;

use crate::error::Cause;
use crate::limits::{LimitName, MONITOR_MESSAGE_BYTES, QUOTED_BYTES};
use crate::text;

/// A connection to a running QEMU.
#[derive(Debug)]
pub(crate) struct Monitor {
    connection: Mutex<Connection>,
    answer: Duration,
}

#[derive(Debug)]
struct Connection {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    /// What has come of the next message; kept here so that a request may be given up while one arrives.
    line: Vec<u8>,
    next: u64,
}

/// While QEMU has not bound its socket yet, one look so often.
const CONNECT_PAUSE: Duration = Duration::from_millis(5);

impl Monitor {
    /// Connects, as soon as QEMU listens, and negotiates. Waits as long as it takes: the caller bounds it. `answer` is
    /// how long each later answer may take.
    pub(crate) async fn connect(path: &Path, answer: Duration) -> Result<Self, Cause> {
        let stream = loop {
            match UnixStream::connect(path).await {
                Ok(stream) => break stream,
                Err(_) => tokio::time::sleep(CONNECT_PAUSE).await,
            }
        };
        let (reader, writer) = stream.into_split();
        let mut connection = Connection {
            reader: BufReader::new(reader),
            writer,
            line: Vec::new(),
            next: 0,
        };
        let greeting = connection.receive().await?;
        if !greeting.contains_key("QMP") {
            return Err(Cause::Monitor(format!("greeted with {}", quoted(&greeting))));
        }
        connection.request("qmp_capabilities", json!({})).await?;
        Ok(Self {
            connection: Mutex::new(connection),
            answer,
        })
    }

    /// Sends a command and returns what it answers. Errors: QEMU's own, a passed limit, a closed connection.
    pub(crate) async fn execute(&self, command: &str, arguments: Value) -> Result<Value, Cause> {
        let mut connection = self.connection.lock().await;
        match tokio::time::timeout(self.answer, connection.request(command, arguments)).await {
            Ok(answer) => answer,
            Err(_) => Err(Cause::TimedOut {
                limit: LimitName::MonitorAnswer,
                budget: self.answer,
                last_seen: Some(format!("no answer to {command}")),
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
            other => Err(Cause::Monitor(format!("{line} answered {}", quoted(&other)))),
        }
    }
}

impl Connection {
    async fn request(&mut self, command: &str, arguments: Value) -> Result<Value, Cause> {
        self.next += 1;
        // A request that was given up may still be answered: the number tells the answers apart.
        let id = self.next;
        let mut line = json!({ "execute": command, "arguments": arguments, "id": id }).to_string();
        line.push('\n');
        self.writer.write_all(line.as_bytes()).await.map_err(closed)?;
        loop {
            let mut message = self.receive().await?;
            if message.get("id").and_then(Value::as_u64) != Some(id) {
                continue;
            }
            if let Some(answer) = message.remove("return") {
                return Ok(answer);
            }
            let description = message
                .get("error")
                .and_then(|error| error.get("desc"))
                .and_then(Value::as_str);
            let description = description.map_or_else(|| quoted(&message), |text| clean(text.as_bytes()));
            return Err(Cause::Monitor(format!("{command}: {description}")));
        }
    }

    async fn receive(&mut self) -> Result<Map<String, Value>, Cause> {
        let room = MONITOR_MESSAGE_BYTES.saturating_sub(self.line.len());
        let mut bounded = (&mut self.reader).take(room as u64);
        let count = bounded.read_until(b'\n', &mut self.line).await.map_err(closed)?;
        if count == 0 {
            return Err(Cause::Monitor("the connection was closed".into()));
        }
        let line = std::mem::take(&mut self.line);
        if line.len() >= MONITOR_MESSAGE_BYTES && !line.ends_with(b"\n") {
            let text = format!("a message of more than {MONITOR_MESSAGE_BYTES} bytes: {}", clean(&line));
            return Err(Cause::Monitor(text));
        }
        match serde_json::from_slice(&line) {
            Ok(Value::Object(message)) => Ok(message),
            _ => Err(Cause::Monitor(format!("no message: {}", clean(&line)))),
        }
    }
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
