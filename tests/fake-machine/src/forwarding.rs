//! Ports of the host that lead to the guest, whose own network is the host's.

use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;

/// Adds a forwarding, as QEMU's `hostfwd_add` does: `tcp:127.0.0.1:HOST-:GUEST`. Errors: QEMU's words.
pub(crate) fn add(rule: &str) -> Result<(), String> {
    let (host, guest) = read(rule).ok_or_else(|| format!("Invalid host forwarding rule '{rule}'"))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, host))
        .map_err(|_| format!("Could not set up host forwarding rule '{rule}'"))?;
    thread::spawn(move || {
        for connection in listener.incoming() {
            // A guest that does not listen closes the connection.
            if let (Ok(ours), Ok(theirs)) = (connection, TcpStream::connect((Ipv4Addr::LOCALHOST, guest))) {
                let _ = carry(&ours, &theirs).and_then(|()| carry(&theirs, &ours));
            }
        }
    });
    Ok(())
}

fn read(rule: &str) -> Option<(u16, u16)> {
    let (host, guest) = rule.strip_prefix("tcp:127.0.0.1:")?.split_once("-:")?;
    Some((host.parse().ok()?, guest.parse().ok()?))
}

/// Carries bytes until there are no more, in a thread.
fn carry(from: &TcpStream, to: &TcpStream) -> io::Result<()> {
    let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_as_qemu_reads_them() {
        assert_eq!(read("tcp:127.0.0.1:8080-:80"), Some((8080, 80)));
        for wrong in [
            "tcp::8080-:80",
            "udp:127.0.0.1:1-:2",
            "tcp:127.0.0.1:1",
            "tcp:127.0.0.1:x-:1",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
