//! QEMU's command line, as far as it concerns sockets, virtio ports and the machine's name.

use std::collections::HashMap;
use std::path::PathBuf;

/// A socket of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Socket {
    /// `-qmp unix:PATH`: the machine listens.
    Qmp(PathBuf),
    /// `-monitor unix:PATH`: the machine connects.
    Monitor(PathBuf),
    /// `-chardev socket,id=ID,path=PATH`: the machine connects.
    Chardev {
        /// What devices call it.
        id: String,
        path: PathBuf,
    },
}

/// A socket, and the words of the command line that ask for it, which error messages quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SocketArgument {
    pub(crate) socket: Socket,
    pub(crate) words: String,
}

/// A port of the virtio serial device; its number is its place among all ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) chardev: String,
    /// The name of a `virtserialport`; a `virtconsole` has none.
    pub(crate) name: Option<String>,
}

/// What the fake machine takes from QEMU's command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// In their order on the command line, which is the order in which QEMU opens them.
    pub(crate) sockets: Vec<SocketArgument>,
    pub(crate) ports: Vec<Port>,
    /// `-name`.
    pub(crate) name: Option<String>,
    /// `-no-reboot`: a reset ends the machine.
    pub(crate) no_reboot: bool,
}

impl Arguments {
    /// Reads the command line. Unknown options are passed over. Errors read like QEMU's.
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let mut arguments = Self::default();
        let mut has_serial_bus = false;
        let mut words = words.iter();
        while let Some(option) = words.next() {
            match option.as_str() {
                "-no-reboot" => arguments.no_reboot = true,
                "-qmp" | "-monitor" | "-chardev" | "-device" | "-name" => {
                    let value = words.next().ok_or_else(|| format!("{option}: requires an argument"))?;
                    arguments
                        .option(option, value, &mut has_serial_bus)
                        .map_err(|error| format!("{option} {value}: {error}"))?;
                }
                _ => {}
            }
        }
        for port in &arguments.ports {
            let known = |argument: &SocketArgument| matches!(&argument.socket, Socket::Chardev { id, .. } if *id == port.chardev);
            if !arguments.sockets.iter().any(known) {
                let device = if port.name.is_some() {
                    "virtserialport"
                } else {
                    "virtconsole"
                };
                return Err(format!(
                    "-device {device},chardev={0}: Property '{device}.chardev' can't find value '{0}'",
                    port.chardev
                ));
            }
        }
        Ok(arguments)
    }

    fn option(&mut self, option: &str, value: &str, has_serial_bus: &mut bool) -> Result<(), String> {
        let (kind, properties) = split(value);
        let property = |name: &str| properties.get(name).cloned();
        let words = format!("{option} {value}");
        let unix = || kind.strip_prefix("unix:").map(PathBuf::from);
        match (option, kind.as_str()) {
            ("-qmp", _) => {
                let path = unix().ok_or("only unix: sockets are supported")?;
                self.sockets.push(SocketArgument {
                    socket: Socket::Qmp(path),
                    words,
                });
            }
            ("-monitor", "none" | "stdio" | "vc") => {}
            ("-monitor", _) => {
                let path = unix().ok_or("only unix: sockets are supported")?;
                self.sockets.push(SocketArgument {
                    socket: Socket::Monitor(path),
                    words,
                });
            }
            ("-chardev", "socket") => {
                let id = property("id").ok_or("Parameter 'id' is missing")?;
                let path = property("path")
                    .ok_or("only unix sockets are supported: path is missing")?
                    .into();
                self.sockets.push(SocketArgument {
                    socket: Socket::Chardev { id, path },
                    words,
                });
            }
            ("-device", "virtio-serial" | "virtio-serial-pci" | "virtio-serial-device") => *has_serial_bus = true,
            ("-device", device @ ("virtconsole" | "virtserialport")) => {
                if !*has_serial_bus {
                    return Err(format!("No 'virtio-serial-bus' bus found for device '{device}'"));
                }
                let chardev = property("chardev").unwrap_or_default();
                let name = (device == "virtserialport").then(|| property("name").unwrap_or_default());
                self.ports.push(Port { chardev, name });
            }
            ("-name", _) => self.name = Some(property("guest").unwrap_or(kind)),
            _ => {}
        }
        Ok(())
    }
}

/// Splits `kind,key=value,...`, where a doubled comma stands for one.
fn split(value: &str) -> (String, HashMap<String, String>) {
    let mut parts = vec![String::new()];
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        if character == ',' && characters.next_if_eq(&',').is_none() {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    let mut parts = parts.into_iter();
    let kind = parts.next().unwrap_or_default();
    let properties = parts.filter_map(|part| {
        part.split_once('=')
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
    });
    (kind, properties.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn ports_find_their_sockets_in_any_order() {
        let arguments = parse(
            "-m 64 -device virtio-serial -device virtconsole,chardev=shell -qmp unix:/s/qmp,server=on,wait=off \
             -chardev socket,id=shell,path=/s/a,,b -device virtserialport,name=n.0,chardev=shell -foo bar -no-reboot",
        )
        .unwrap();
        assert_eq!(arguments.sockets[0].socket, Socket::Qmp("/s/qmp".into()));
        assert_eq!(
            arguments.sockets[1].socket,
            Socket::Chardev {
                id: "shell".into(),
                path: "/s/a,b".into()
            }
        );
        assert_eq!(
            arguments.ports[0],
            Port {
                chardev: "shell".into(),
                name: None
            }
        );
        assert_eq!(
            arguments.ports[1],
            Port {
                chardev: "shell".into(),
                name: Some("n.0".into())
            }
        );
        assert!(arguments.no_reboot);
    }

    #[test]
    fn what_qemu_refuses_is_refused() {
        let unknown = parse("-device virtio-serial -device virtconsole,chardev=x").unwrap_err();
        assert_eq!(
            unknown,
            "-device virtconsole,chardev=x: Property 'virtconsole.chardev' can't find value 'x'"
        );
        let no_bus = parse("-chardev socket,id=x,path=/x -device virtconsole,chardev=x").unwrap_err();
        assert!(
            no_bus.ends_with("No 'virtio-serial-bus' bus found for device 'virtconsole'"),
            "{no_bus}"
        );
        assert_eq!(parse("-qmp").unwrap_err(), "-qmp: requires an argument");
    }
}
