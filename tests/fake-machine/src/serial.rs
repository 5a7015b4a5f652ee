//! The serial console: standard output and standard input of the machine.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::gate::{Gate, lock};
use crate::limits;
use crate::options::SerialNoise;
use crate::terminal::Terminal;

const BOOT_MESSAGES: &str = "SeaBIOS (version 1.16.2-debian-1.16.2-1)\r\n\
    Booting from ROM...\r\n\
    [    0.000000] Linux version 6.1.0-fake (fake-machine) #1 SMP\r\n\
    [    0.000000] Command line: console=ttyS0 console=tty0 panic=1\r\n\
    [    0.004000] Run /init as init process\r\n";

/// The output side, shared by all who print.
#[derive(Debug)]
pub(crate) struct Serial {
    output: Mutex<File>,
}

impl Serial {
    pub(crate) fn new() -> io::Result<Self> {
        // A file of its own, because standard output keeps what has no newline yet.
        let output = File::from(std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?);
        Ok(Self {
            output: Mutex::new(output),
        })
    }

    /// Prints; fails when nobody reads any more.
    pub(crate) fn print(&self, bytes: &[u8]) -> io::Result<()> {
        lock(&self.output).write_all(bytes)
    }

    /// Prints what every boot prints.
    pub(crate) fn print_boot_messages(&self) -> io::Result<()> {
        self.print(BOOT_MESSAGES.as_bytes())
    }

    /// Prints what the options ask for.
    pub(crate) fn make_noise(&self, noise: &[SerialNoise]) -> io::Result<()> {
        for noise in noise {
            match noise {
                SerialNoise::Lines(count) => {
                    for number in 0..*count {
                        self.print(format!("flood line {number:09}\r\n").as_bytes())?;
                    }
                }
                SerialNoise::LongLine => {
                    let mut line = vec![b'x'; limits::LONG_LINE];
                    line.extend(b"\r\n");
                    self.print(&line)?;
                }
                SerialNoise::InvalidUtf8 => self.print(b"invalid \xff\xfe \xc3( \xed\xa0\x80 \x00 bytes\r\n")?,
                SerialNoise::Escapes => self.print(
                    b"\x1b[2J\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1bc \x9b5n \x08\x08 a\rb \xe2\x80\xaetfel\r\n",
                )?,
                SerialNoise::NoNewline => self.print(b"login: ")?,
            }
        }
        Ok(())
    }
}

/// Passes on what the guest writes to its serial port, and prints what comes from standard input.
pub(crate) fn connect(serial: &Arc<Serial>, port: Arc<Terminal>, gate: &Arc<Gate>) {
    let (output, output_gate) = (Arc::clone(serial), Arc::clone(gate));
    thread::spawn(move || {
        let mut buffer = vec![0; limits::PUMP_BUFFER];
        while let Ok(count) = port.read(&mut buffer) {
            output_gate.pass();
            // Like a port that nothing is connected to, the console takes what nobody reads.
            let _ = output.print(buffer.get(..count).unwrap_or_default());
        }
    });
    let (output, input_gate) = (Arc::clone(serial), Arc::clone(gate));
    thread::spawn(move || {
        let mut buffer = vec![0; limits::PUMP_BUFFER];
        loop {
            input_gate.pass();
            match io::stdin().lock().read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => return,
                Ok(count) => {
                    for line in buffer
                        .get(..count)
                        .unwrap_or_default()
                        .split_inclusive(|byte| *byte == b'\n')
                    {
                        let line = line.strip_suffix(b"\n").unwrap_or(line).escape_ascii();
                        let _ = output.print(format!("serial input: {line}\r\n").as_bytes());
                    }
                }
            }
        }
    });
}
