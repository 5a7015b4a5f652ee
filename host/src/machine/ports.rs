//! What listens on a machine: TCP ports and UNIX sockets.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::command::{Attempt, action, describe_output};
use super::guest_loop;
use super::handle::Machine;
use super::wait::Wait;
use crate::error::{Cause, Result};
use crate::limits::{ADDRESS_BYTES, CONNECT_ATTEMPT, GATHERING, LISTENERS_TOLD};
use crate::text;

/// What a UNIX socket carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnixSocketKind {
    /// A stream of bytes.
    Stream,
    /// Messages.
    Datagram,
}

/// What came of a connection.
enum Connection {
    Made,
    /// Nobody is there to accept it.
    Refused(String),
    /// It could not be tried.
    Failed(String),
    /// The wait's time was over before anything came of it.
    CutOff,
}

/// What nobody accepts ends with one of these: the words of the C locale.
const REFUSALS: [&str; 5] = [
    "Connection refused",
    "Connection timed out",
    "Connection reset by peer",
    "No route to host",
    "Network is unreachable",
];

/// One function applied to a port, for messages.
pub(crate) fn port_action(function: &str, port: u16, address: Option<&str>) -> String {
    match address {
        None => format!("{function}({port})"),
        Some(address) => format!("{function}({port}, \"{}\")", text::quote(address, ADDRESS_BYTES)),
    }
}

impl Machine {
    /// Waits until something accepts TCP connections on a port of an address, as seen from the machine; `localhost`
    /// where none is given. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::execute`]; no address; a passed timeout, with the ports that are listened on.
    pub async fn wait_for_open_port(&self, port: u16, address: Option<&str>, timeout: Option<Duration>) -> Result {
        let work = self.await_port(port, address, timeout, true);
        self.call(port_action("wait-for-open-port", port, address), work).await
    }

    /// Waits until nothing accepts TCP connections there. Otherwise as [`Machine::wait_for_open_port`].
    pub async fn wait_for_closed_port(&self, port: u16, address: Option<&str>, timeout: Option<Duration>) -> Result {
        let work = self.await_port(port, address, timeout, false);
        self.call(port_action("wait-for-closed-port", port, address), work)
            .await
    }

    /// Waits until something listens on a UNIX socket. Default timeout: [`crate::limits::Limits::call`].
    /// Errors: as [`Machine::execute`]; a passed timeout.
    pub async fn wait_for_open_unix_socket(
        &self,
        path: &str,
        kind: UnixSocketKind,
        timeout: Option<Duration>,
    ) -> Result {
        let work = async {
            let command = unix_socket_look(path, kind);
            self.connected().await?;
            let mut wait = self.wait_from_now(timeout);
            loop {
                let attempt = self.attempt(&command, wait.left()).await?;
                if attempt.result.status == 0 && !attempt.timed_out {
                    return Ok(());
                }
                if attempt.timed_out {
                    wait.cut_off("a look that was still running".into()).await?;
                } else {
                    let seen = String::from_utf8_lossy(&attempt.result.stdout);
                    wait.not_yet(text::quote(seen.trim_end(), ADDRESS_BYTES)).await?;
                }
            }
        };
        self.call(action("wait-for-open-unix-socket", path), work).await
    }

    async fn await_port(
        &self,
        port: u16,
        address: Option<&str>,
        timeout: Option<Duration>,
        open: bool,
    ) -> Result<(), Cause> {
        let address = address.unwrap_or("localhost");
        check_address(address)?;
        self.connected().await?;
        let mut wait = self.wait_from_now(timeout);
        loop {
            if wait.begins_gathering() {
                let listeners = self.listeners(wait.left()).await.unwrap_or_default();
                wait.add_note(&listeners);
            }
            let seen = match self.connection(port, address, open, &wait).await? {
                Connection::Made if open => return Ok(()),
                Connection::Refused(_) if !open => return Ok(()),
                Connection::Made => "it is open".into(),
                Connection::Refused(seen) | Connection::Failed(seen) => seen,
                Connection::CutOff => {
                    wait.cut_off(format!("{address}:{port}: no answer yet")).await?;
                    continue;
                }
            };
            wait.guest_saw(format!("{address}:{port}: {seen}")).await?;
        }
    }

    /// Connects again and again for some time, in one command, until that is as wanted.
    async fn connection(&self, port: u16, address: &str, open: bool, wait: &Wait) -> Result<Connection, Cause> {
        let (left, time) = (wait.left(), wait.guest_looks());
        let limit = left.min(time + CONNECT_ATTEMPT);
        let attempt = self.attempt(&connect(port, address, open, time), limit).await?;
        if attempt.timed_out {
            return Ok(if left > limit {
                Connection::Refused("no answer".into())
            } else {
                Connection::CutOff
            });
        }
        if attempt.result.status == 0 {
            return Ok(Connection::Made);
        }
        let seen = describe(&attempt);
        Ok(if REFUSALS.iter().any(|refusal| seen.ends_with(refusal)) {
            Connection::Refused(seen)
        } else {
            Connection::Failed(seen)
        })
    }

    /// The addresses and ports that are listened on, for a message; none where they cannot be had in time.
    async fn listeners(&self, time: Duration) -> Option<String> {
        let command = "cat /proc/net/tcp /proc/net/tcp6 2> /dev/null || true";
        let attempt = self.attempt(command, time.min(GATHERING)).await.ok()?;
        let found = listeners(&String::from_utf8_lossy(&attempt.result.stdout));
        if attempt.timed_out {
            return None;
        }
        Some(if found.is_empty() {
            "; nothing listens on the machine".into()
        } else {
            format!("; the machine listens on {}", found.join(", "))
        })
    }
}

/// Connects at least once, in bash itself: no process is started for it. Ends as soon as that is as wanted; its status is
/// that of the last connection.
fn connect(port: u16, address: &str, open: bool, time: Duration) -> String {
    let (name, wanted) = (text::shell_quote(address), if open { "==" } else { "!=" });
    let look = format!(
        ": 3<>\"/dev/tcp/$address/{port}\"; (($? {wanted} 0)) && exit {}",
        u8::from(!open)
    );
    let looks = guest_loop::repeat(&look, time);
    format!("exec 2>&1; LC_ALL=C address={name}; {looks}; exit {}", u8::from(open))
}

pub(super) fn check_address(address: &str) -> Result<(), Cause> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-._:%".contains(character);
    if address.is_empty() || address.len() > ADDRESS_BYTES || !address.chars().all(plain) {
        let address = text::quote(address, ADDRESS_BYTES);
        return Err(Cause::InvalidArgument(format!(
            "`{address}` is no host name and no address"
        )));
    }
    Ok(())
}

/// The reason at the end of the last line that bash or nc printed.
fn describe(attempt: &Attempt) -> String {
    let printed = String::from_utf8_lossy(&attempt.result.stdout);
    let mut lines = printed.trim_end().rsplit('\n');
    // Of a name that it does not know bash says that first.
    let unknown = |line: &&str| !line.ends_with(": Invalid argument");
    let line = lines.find(unknown).unwrap_or_default();
    match line.rsplit(": ").next() {
        Some(reason) if !reason.is_empty() => text::quote(reason, ADDRESS_BYTES),
        _ => describe_output(&attempt.result.stdout),
    }
}

/// The command that looks at a UNIX socket. The kernel's list tells what is listened on without a process being started;
/// it holds the path as it was bound, so where that is another name of the same file `nc` has to try.
pub(super) fn unix_socket_look(path: &str, kind: UnixSocketKind) -> String {
    let (listens, number, option) = match kind {
        UnixSocketKind::Stream => ("00010000", "0001", "-zU"),
        UnixSocketKind::Datagram => ("00000000", "0002", "-zuU"),
    };
    let path = text::shell_quote(path);
    format!(
        "path={path}; [ -e \"$path\" ] || {{ echo \"there is no $path\"; exit 1; }}\n\
         [ -S \"$path\" ] || {{ echo \"$path is no socket\"; exit 1; }}\n\
         real=${{path##*/}} directory=${{path%/*}}; [ \"$directory\" != \"$path\" ] || directory=.\n\
         if cd -P -- \"${{directory:-/}}\"; then real=${{PWD%/}}/$real; fi\n\
         while read -r _ _ _ flags type _ _ name; do\n\
         if [ \"$flags\" = {listens} ] && [ \"$type\" = {number} ]; then\n\
         case $name in \"$path\" | \"$real\") exit 0 ;; esac\n\
         fi\n\
         done < /proc/net/unix\n\
         if command -v nc > /dev/null && nc {option} \"$path\" 2> /dev/null; then exit 0; fi\n\
         echo \"nothing listens on $path\"; exit 1"
    )
}

/// The state of a socket that listens, in `/proc/net/tcp`.
const LISTENING: &str = "0A";

/// What is listened on, from `/proc/net/tcp` and `/proc/net/tcp6`.
pub(super) fn listeners(table: &str) -> Vec<String> {
    let mut found: Vec<String> = table
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let (local, state) = (words.next()?, words.nth(1)?);
            let (address, port) = local.split_once(':')?;
            let port = u16::from_str_radix(port, 16).ok()?;
            (state == LISTENING).then(|| listener(address, port))?
        })
        .collect();
    found.sort();
    found.dedup();
    let more = found.len().saturating_sub(LISTENERS_TOLD);
    found.truncate(LISTENERS_TOLD);
    if more > 0 {
        found.push(format!("{more} more"));
    }
    found
}

fn listener(address: &str, port: u16) -> Option<String> {
    // Words of 32 bits in the byte order of the machine, which is little-endian where QEMU emulates a PC.
    let words = address
        .as_bytes()
        .chunks(8)
        .map(|word| u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok());
    let bytes: Vec<u8> = words
        .collect::<Option<Vec<u32>>>()?
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .collect();
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes.as_slice()) {
        return Some(format!("{}:{port}", Ipv4Addr::from(bytes)));
    }
    let bytes = <[u8; 16]>::try_from(bytes.as_slice()).ok()?;
    Some(format!("[{}]:{port}", Ipv6Addr::from(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_table_is_read() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1\n\
            1: 0100007F:1F91 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 1 1\n\
            0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 1\n\
            x: zz:0050 a 0A\n";
        assert_eq!(listeners(table), ["127.0.0.1:8080", "[::1]:80"]);
    }

    #[test]
    fn an_address_is_no_path() {
        for wrong in ["", "a/b", "a b", "$(x)", "a\0", &"a".repeat(ADDRESS_BYTES + 1)] {
            assert!(check_address(wrong).is_err(), "{wrong:?}");
        }
        for right in ["localhost", "192.168.1.2", "fe80::1%eth0", "a-b.example"] {
            assert!(check_address(right).is_ok(), "{right:?}");
        }
    }
}
