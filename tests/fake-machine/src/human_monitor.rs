//! The text monitor, and its commands, which QMP can run too.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use crate::forwarding;
use crate::limits;
use crate::machine::{After, Cause, Machine};

const BANNER: &str = "QEMU 7.2.22 monitor - type 'help' for more information\r\n";
const PROMPT: &str = "(qemu) ";

/// Runs one command; returns what it prints.
pub(crate) fn run(machine: &Machine, line: &str) -> (String, After) {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let text = match words[..] {
        [] => String::new(),
        ["info", "network"] => machine.network.describe(),
        ["info", "status"] => {
            format!(
                "VM status: {}\r\n",
                if machine.ports.is_shut() { "paused" } else { "running" }
            )
        }
        ["info", "name"] => machine.name.iter().map(|name| format!("{name}\r\n")).collect(),
        ["set_link", name, state @ ("on" | "off")] => match set_link(machine, name, state == "on") {
            Ok(()) => String::new(),
            Err(error) => format!("Error: {}\r\n", error.description),
        },
        ["hostfwd_add", rule] => match forwarding::add(rule) {
            Ok(()) => String::new(),
            Err(error) => format!("{error}\r\n"),
        },
        // As it refuses a drive without a file, and what it says first is none of it.
        ["drive_add", _, option] if !option.contains('=') => format!(
            "warning: short-form boolean option '{option}' deprecated\r\nPlease use {option}=on instead\r\n\
             Must specify either driver or file\r\n"
        ),
        ["stop" | "s"] => {
            machine.set_paused(true);
            String::new()
        }
        ["cont" | "c"] => {
            machine.set_paused(false);
            String::new()
        }
        ["system_powerdown"] => return (String::new(), machine.press_power_button()),
        ["system_reset"] => return (String::new(), After::Reset),
        ["quit" | "q"] => {
            machine.announce_shutdown(Cause::QUIT);
            return (String::new(), After::Exit);
        }
        ["info", ..] => format!("unknown command: '{}'\r\n", line.trim()),
        [command, ..] => format!("unknown command: '{command}'\r\n"),
    };
    (text, After::Nothing)
}

/// Why a link could not be set.
#[derive(Debug)]
pub(crate) struct LinkError {
    /// The class of the error in QMP.
    pub(crate) class: &'static str,
    pub(crate) description: String,
}

/// Sets the link of a NIC.
pub(crate) fn set_link(machine: &Machine, name: &str, up: bool) -> Result<(), LinkError> {
    if let Some(error) = &machine.set_link_error {
        return Err(LinkError {
            class: "GenericError",
            description: error.clone(),
        });
    }
    if !machine.network.knows(name) {
        return Err(LinkError {
            class: "DeviceNotFound",
            description: format!("Device '{name}' not found"),
        });
    }
    let failed = |error| LinkError {
        class: "GenericError",
        description: format!("cannot record the link: {error}"),
    };
    machine.network.set_link(name, up).map_err(failed)
}

/// Serves the text monitor on a connected socket, until the other side closes it.
pub(crate) fn serve(machine: &Machine, mut socket: UnixStream) -> io::Result<()> {
    socket.write_all(format!("{BANNER}{PROMPT}").as_bytes())?;
    let mut line = String::new();
    let mut buffer = [0; 4096];
    loop {
        let count = socket.read(&mut buffer)?;
        machine.monitors.pass();
        if count == 0 {
            return Ok(());
        }
        for byte in buffer.get(..count).unwrap_or_default() {
            match byte {
                b'\r' | b'\n' => {
                    let (text, after) = run(machine, &line);
                    line.clear();
                    socket.write_all(format!("\r\n{text}").as_bytes())?;
                    if after != After::Exit {
                        socket.write_all(PROMPT.as_bytes())?;
                    }
                    machine.finish(after);
                }
                b' '..=b'~' if line.len() < limits::MONITOR_LINE => {
                    // QEMU's line editor goes back to the beginning and writes the line again for each character.
                    let back = "\x1b[D".repeat(line.len());
                    line.push(char::from(*byte));
                    socket.write_all(format!("{back}{line}\x1b[K").as_bytes())?;
                }
                _ => {}
            }
        }
    }
}
