//! Foreign bytes on the guest's ports, as a wall message or a confused program writes them.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::thread;

use crate::gate::Gate;
use crate::options::Babble;
use crate::port::Port;
use crate::terminal;

/// A source of bytes that are the same in every run, so that a failure can be repeated.
struct Noise(u64);

impl Noise {
    /// The next bytes, by Marsaglia's xorshift.
    fn burst(&mut self, count: usize) -> Vec<u8> {
        let mut byte = || {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0.to_be_bytes()[0]
        };
        (0..count).map(|_| byte()).collect()
    }
}

/// Writes the first bursts, and goes on in the background where that is wanted. Errors name the option at fault.
pub(crate) fn start(babbles: &[Babble], ports: &[Port], gate: &Arc<Gate>) -> Result<(), String> {
    for babble in babbles {
        let port = ports
            .iter()
            .find(|port| port.node == babble.port || port.name.as_deref() == Some(&babble.port))
            .ok_or_else(|| format!("--fake-babble: there is no port {:?}", babble.port))?;
        let mut device = terminal::open_as_it_is(port.terminal.path())
            .map_err(|error| format!("--fake-babble: cannot open {}: {error}", port.node))?;
        let (count, path, gate) = (babble.bytes, port.terminal.path().to_owned(), Arc::clone(gate));
        let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
        write(&mut device, &noise.burst(count));
        drop(device);
        let Some(every) = babble.every else { continue };
        thread::spawn(move || {
            loop {
                thread::sleep(every);
                gate.pass();
                // Opened anew each time: the end of the session that a terminal controls makes older files useless.
                if let Ok(mut device) = terminal::open_as_it_is(&path) {
                    write(&mut device, &noise.burst(count));
                }
            }
        });
    }
    Ok(())
}

/// Bytes for which there is no room are lost, as with any console.
fn write(device: &mut File, bytes: &[u8]) {
    let _ = device.write_all(bytes);
}
