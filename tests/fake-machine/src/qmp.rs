//! The QMP server: one client at a time, its messages, and the ways to misbehave.

use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;

use serde_json::{Map, Value, json};

use crate::gate::lock;
use crate::human_monitor;
use crate::limits;
use crate::machine::{After, Cause, Machine};
use crate::options::Qmp;

const GARBAGE: &[u8] = b"\xff\x00{]\"\r\nHTTP/1.1 400 Bad Request\r\n\r\n";

/// What a command returns, and what follows the answer.
type Outcome = Result<(Value, After), Refusal>;

/// An error answer.
struct Refusal {
    class: &'static str,
    description: String,
}

impl Refusal {
    fn generic(description: impl Into<String>) -> Self {
        Self {
            class: "GenericError",
            description: description.into(),
        }
    }

    fn not_a_command(description: impl Into<String>) -> Self {
        Self {
            class: "CommandNotFound",
            description: description.into(),
        }
    }
}

/// Serves one client after the other.
pub(crate) fn serve(machine: &Machine, listener: &UnixListener, misbehaviour: Option<Qmp>) {
    while let Ok((socket, _)) = listener.accept() {
        // A client that breaks off is no concern of the machine.
        let _ = match misbehaviour {
            Some(Qmp::Close) => Ok(()),
            Some(Qmp::Silent) => answer_all(machine, &socket, b""),
            Some(Qmp::Garbage) => (&socket)
                .write_all(GARBAGE)
                .and_then(|()| answer_all(machine, &socket, GARBAGE)),
            Some(Qmp::Endless) => talk(machine, &socket),
            None | Some(Qmp::Mute | Qmp::Late(_)) => Session {
                machine,
                socket,
                misbehaviour,
            }
            .serve(),
        };
        *lock(&machine.client) = None;
    }
}

/// Sends a message to the client, if there is one, and gives up one that does not read.
pub(crate) fn send(client: &mut Option<UnixStream>, message: &Value) {
    if let Some(socket) = client {
        let sent = socket.write_all(format!("{message}\r\n").as_bytes());
        if sent.is_err() {
            *client = None;
        }
    }
}

fn answer_all(machine: &Machine, mut socket: &UnixStream, answer: &[u8]) -> io::Result<()> {
    let mut buffer = [0; 4096];
    while socket.read(&mut buffer)? > 0 {
        machine.monitors.pass();
        socket.write_all(answer)?;
    }
    Ok(())
}

/// Sends the beginning of a message for as long as the client reads.
fn talk(machine: &Machine, mut socket: &UnixStream) -> io::Result<()> {
    socket.write_all(b"{\"QMP\": \"")?;
    loop {
        machine.monitors.pass();
        socket.write_all(&[b'x'; 4096])?;
    }
}

struct Session<'a> {
    machine: &'a Machine,
    socket: UnixStream,
    misbehaviour: Option<Qmp>,
}

impl Session<'_> {
    fn serve(mut self) -> io::Result<()> {
        let version = json!({"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "fake-machine"});
        self.socket.set_write_timeout(Some(limits::QMP_WRITE))?;
        self.answer(&json!({"QMP": {"version": version, "capabilities": ["oob"]}}))?;
        let mut negotiated = false;
        let mut messages = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let count = self.socket.read(&mut buffer)?;
            self.machine.monitors.pass();
            if count == 0 {
                return Ok(());
            }
            messages.extend_from_slice(buffer.get(..count).unwrap_or_default());
            while let Some(message) = take_message(&mut messages) {
                if negotiated && self.misbehaviour == Some(Qmp::Mute) {
                    continue;
                }
                let mut id = None;
                let outcome = message.and_then(|message| {
                    let (command, arguments) = read_command(message, &mut id)?;
                    if command == "qmp_capabilities" && !negotiated {
                        negotiated = true;
                        return Ok((json!({}), After::Nothing));
                    }
                    if !negotiated {
                        let needed = "Expecting capabilities negotiation with 'qmp_capabilities'";
                        return Err(Refusal::not_a_command(needed));
                    }
                    execute(self.machine, &command, &arguments)
                });
                let (mut answer, after) = match outcome {
                    Ok((value, after)) => (json!({"return": value}), after),
                    Err(Refusal { class, description }) => {
                        (json!({"error": {"class": class, "desc": description}}), After::Nothing)
                    }
                };
                if let (Some(id), Some(answer)) = (id, answer.as_object_mut()) {
                    answer.insert("id".to_owned(), id);
                }
                self.answer(&answer)?;
                if negotiated && lock(&self.machine.client).is_none() {
                    *lock(&self.machine.client) = Some(self.socket.try_clone()?);
                }
                self.machine.finish(after);
            }
        }
    }

    fn answer(&mut self, message: &Value) -> io::Result<()> {
        if let Some(Qmp::Late(time)) = self.misbehaviour {
            thread::sleep(time);
        }
        // Events come from other threads: one message at a time.
        let _events = lock(&self.machine.client);
        self.socket.write_all(format!("{message}\r\n").as_bytes())
    }
}

/// Takes the next whole message from what has arrived.
fn take_message(arrived: &mut Vec<u8>) -> Option<Result<Value, Refusal>> {
    let mut stream = serde_json::Deserializer::from_slice(arrived).into_iter();
    let (taken, message) = match stream.next()? {
        Ok(message) => (stream.byte_offset(), Ok(message)),
        Err(error) if error.is_eof() && arrived.len() <= limits::QMP_MESSAGE => return None,
        Err(error) => {
            let end = arrived
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(arrived.len(), |newline| newline + 1);
            (end, Err(Refusal::generic(format!("JSON parse error, {error}"))))
        }
    };
    arrived.drain(..taken);
    Some(message)
}

/// Reads `execute` and `arguments` of a message, and its `id` even where the rest is wrong.
fn read_command(message: Value, id: &mut Option<Value>) -> Result<(String, Map<String, Value>), Refusal> {
    let Value::Object(mut message) = message else {
        return Err(Refusal::generic("QMP input must be a JSON object"));
    };
    *id = message.remove("id");
    let command = match message.remove("execute") {
        Some(Value::String(command)) => command,
        Some(_) => return Err(Refusal::generic("QMP input member 'execute' must be a string")),
        None => return Err(Refusal::generic("QMP input lacks member 'execute'")),
    };
    let arguments = match message.remove("arguments") {
        Some(Value::Object(arguments)) => arguments,
        Some(_) => return Err(Refusal::generic("QMP input member 'arguments' must be an object")),
        None => Map::new(),
    };
    match message.keys().next() {
        Some(member) => Err(Refusal::generic(format!("QMP input member '{member}' is unexpected"))),
        None => Ok((command, arguments)),
    }
}

fn execute(machine: &Machine, command: &str, arguments: &Map<String, Value>) -> Outcome {
    let mut after = After::Nothing;
    let value = match command {
        "query-status" => {
            let paused = machine.ports.is_shut();
            json!({"status": if paused { "paused" } else { "running" }, "singlestep": false, "running": !paused})
        }
        "query-name" => machine.name.as_ref().map_or(json!({}), |name| json!({"name": name})),
        "set_link" => {
            let name = string(arguments, "name")?;
            let up = match arguments.get("up") {
                Some(Value::Bool(up)) => *up,
                None => return Err(Refusal::generic("Parameter 'up' is missing")),
                Some(_) => return Err(Refusal::generic("Invalid parameter type for 'up', expected: boolean")),
            };
            human_monitor::set_link(machine, name, up).map_err(|error| Refusal {
                class: error.class,
                description: error.description,
            })?;
            json!({})
        }
        "send-key" => {
            let pressed = machine.keyboard.press(arguments).map_err(Refusal::generic)?;
            after = machine.react_to(&pressed);
            json!({})
        }
        "screendump" => {
            let file = string(arguments, "filename")?;
            let Some(screen) = &machine.screen else {
                return Err(Refusal::generic("There is no console to take a screendump from"));
            };
            std::fs::copy(screen, file)
                .map_err(|error| Refusal::generic(format!("failed to open file '{file}': {error}")))?;
            json!({})
        }
        "human-monitor-command" => {
            let (text, then) = human_monitor::run(machine, string(arguments, "command-line")?);
            after = then;
            json!(text)
        }
        "stop" | "cont" => {
            machine.set_paused(command == "stop");
            json!({})
        }
        "system_powerdown" => {
            after = machine.press_power_button();
            json!({})
        }
        "system_reset" => {
            after = After::Reset;
            json!({})
        }
        "quit" => {
            machine.announce_shutdown(Cause::QUIT);
            after = After::Exit;
            json!({})
        }
        "qmp_capabilities" => {
            return Err(Refusal::not_a_command(
                "Capabilities negotiation is already complete, command ignored",
            ));
        }
        _ => {
            return Err(Refusal::not_a_command(format!(
                "The command {command} has not been found"
            )));
        }
    };
    Ok((value, after))
}

fn string<'a>(arguments: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    match arguments.get(name) {
        Some(Value::String(text)) => Ok(text),
        None => Err(Refusal::generic(format!("Parameter '{name}' is missing"))),
        Some(_) => Err(Refusal::generic(format!(
            "Invalid parameter type for '{name}', expected: string"
        ))),
    }
}
