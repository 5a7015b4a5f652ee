//! The options before `--`: what the machine is, and how it misbehaves.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::limits;

const ABOUT: &str = "Stands in for QEMU: connects the sockets that its arguments name and serves a real bash.

A start script run-NAME-vm says: exec fake-machine [OPTIONS] -- \"$@\"

Below $TMPDIR it makes dev/ (hvc<n>, vport0p<m>, ttyS0), sys/class/virtio-ports/, home/, tmp/, bin/ (poweroff, reboot, tar), \
links (one line for each set_link) and keys (one line for each send-key: the keys and how long each is held). The shell \
finds dev/ and sys/ in $PROCTOR_DEV and $PROCTOR_SYS, and in $PROCTOR_X11 where X servers have their sockets. The serial \
console is standard output; what arrives on standard input is printed there.";

/// What stands before `--` on the command line, and after it QEMU's own arguments.
#[derive(Debug, Parser)]
#[command(version, about = ABOUT, long_about = ABOUT)]
pub(crate) struct Options {
    /// A NIC on VLAN N, beside one for each `QEMU_VDE_SOCKET_<n>` of the environment.
    #[arg(long = "fake-vlan", value_name = "N")]
    pub(crate) vlans: Vec<u8>,
    /// The machine's number in the hardware addresses of its NICs.
    #[arg(long = "fake-node", value_name = "N", default_value_t = 1)]
    pub(crate) node: u8,

    /// Die: `start` (before anything else), `before=ID` (instead of connecting `monitor` or the chardev ID),
    /// `after=MS` (that long after the sockets are connected).
    #[arg(long = "fake-die", value_name = "WHEN")]
    pub(crate) die: Option<Death>,
    /// The exit status of --fake-die.
    #[arg(long = "fake-die-status", value_name = "STATUS", default_value_t = 1)]
    pub(crate) die_status: u8,
    /// What --fake-die prints on standard error.
    #[arg(long = "fake-die-text", value_name = "TEXT")]
    pub(crate) die_text: Option<String>,

    /// The shell's handshake: `never`, `late=MS`, `split=MS` (in several writes, that far apart),
    /// `eof` (the shell's socket is closed instead).
    #[arg(long = "fake-handshake", value_name = "HOW")]
    pub(crate) handshake: Option<Handshake>,
    /// The guest's locale, as LC_ALL and as LANG.
    #[arg(long = "fake-locale", value_name = "NAME")]
    pub(crate) locale: Option<String>,
    /// Do not start the shell again when it has ended.
    #[arg(long = "fake-no-respawn")]
    pub(crate) no_respawn: bool,
    /// Random bytes on PORT (`hvc0`, `hvc1`, or a port's name such as `proctor.bulk.0`) before the handshake, and then
    /// every MS milliseconds where given.
    #[arg(long = "fake-babble", value_name = "PORT[,every=MS][,bytes=N]")]
    pub(crate) babble: Vec<Babble>,
    /// Publish no port but the first console.
    #[arg(long = "fake-one-console")]
    pub(crate) one_console: bool,
    /// What is in the second console's place.
    #[arg(long = "fake-second-console", value_name = "WHAT")]
    pub(crate) second_console: Option<SecondConsole>,
    /// Publish the ports, but for the first console, only MS milliseconds after the start.
    #[arg(long = "fake-nodes-late", value_name = "MS", value_parser = milliseconds)]
    pub(crate) nodes_late: Option<Duration>,
    /// Hang after MS milliseconds: read no socket any more, answer nothing, pass nothing on.
    #[arg(long = "fake-hang-after", value_name = "MS", value_parser = milliseconds)]
    pub(crate) hang_after: Option<Duration>,

    /// QMP: `silent` (not even a greeting), `mute` (nothing after qmp_capabilities), `garbage`, `close`, `endless` (one
    /// message without end), `late=MS` (each message).
    #[arg(long = "fake-qmp", value_name = "HOW")]
    pub(crate) qmp: Option<Qmp>,
    /// Answer set_link with this error.
    #[arg(long = "fake-set-link-error", value_name = "TEXT")]
    pub(crate) set_link_error: Option<String>,

    /// What the screen shows: a portable pixmap, read anew for each picture that is taken. Without it the machine has no
    /// screen.
    #[arg(long = "fake-screen", value_name = "FILE")]
    pub(crate) screen: Option<PathBuf>,

    /// After the boot messages print on the serial console: `lines=N` (numbered), `endless` (numbered), `long-line`
    /// (1 MiB), `invalid-utf8`, `escapes`, `no-newline`.
    #[arg(long = "fake-serial", value_name = "WHAT")]
    pub(crate) serial: Vec<SerialNoise>,

    /// Take no notice of SIGTERM, SIGINT and SIGHUP.
    #[arg(long = "fake-ignore-sigterm")]
    pub(crate) ignore_sigterm: bool,
    /// Do not power off when the power button is pressed.
    #[arg(long = "fake-ignore-powerdown")]
    pub(crate) ignore_powerdown: bool,
    /// Leave a process behind that ignores SIGTERM, SIGINT and SIGHUP and holds standard output open, in the process
    /// group of the machine or in a session of its own; its id is in $TMPDIR/stray.
    #[arg(long = "fake-stray", value_name = "WHERE")]
    pub(crate) stray: Option<Stray>,

    /// QEMU's arguments.
    #[arg(last = true, value_name = "QEMU ARGUMENTS")]
    pub(crate) qemu: Vec<String>,
}

/// When the machine dies by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Death {
    Start,
    Before(String),
    After(Duration),
}

impl FromStr for Death {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            None if text == "start" => Ok(Self::Start),
            Some(("before", id)) => Ok(Self::Before(id.to_owned())),
            Some(("after", time)) => Ok(Self::After(milliseconds(time)?)),
            _ => Err("expected start, before=ID or after=MS".to_owned()),
        }
    }
}

/// What is wrong with the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handshake {
    Never,
    Late(Duration),
    Split(Duration),
    EndOfFile,
}

impl FromStr for Handshake {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            None if text == "never" => Ok(Self::Never),
            None if text == "eof" => Ok(Self::EndOfFile),
            Some(("late", time)) => Ok(Self::Late(milliseconds(time)?)),
            Some(("split", time)) => Ok(Self::Split(milliseconds(time)?)),
            _ => Err("expected never, eof, late=MS or split=MS".to_owned()),
        }
    }
}

/// Foreign bytes on a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Babble {
    pub(crate) port: String,
    pub(crate) every: Option<Duration>,
    pub(crate) bytes: usize,
}

impl FromStr for Babble {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let port = parts.next().unwrap_or_default().to_owned();
        let mut babble = Self {
            port,
            every: None,
            bytes: limits::BABBLE,
        };
        for part in parts {
            match part.split_once('=') {
                Some(("every", time)) => babble.every = Some(milliseconds(time)?),
                Some(("bytes", count)) => {
                    babble.bytes = count.parse().map_err(|_| format!("{count:?} is no number of bytes"))?;
                    if babble.bytes > limits::BABBLE_MOST {
                        return Err(format!("a burst has at most {} bytes", limits::BABBLE_MOST));
                    }
                }
                _ => return Err("expected every=MS or bytes=N after the port".to_owned()),
            }
        }
        Ok(babble)
    }
}

/// What the guest finds in the second console's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SecondConsole {
    /// `/dev/null`: shells on it end at once.
    Null,
    /// A pipe of the guest's own: shells on it live, and nobody hears them.
    Deaf,
}

/// What is wrong with QMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Qmp {
    Silent,
    Mute,
    Garbage,
    Close,
    Endless,
    Late(Duration),
}

impl FromStr for Qmp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            None if text == "silent" => Ok(Self::Silent),
            None if text == "mute" => Ok(Self::Mute),
            None if text == "garbage" => Ok(Self::Garbage),
            None if text == "close" => Ok(Self::Close),
            None if text == "endless" => Ok(Self::Endless),
            Some(("late", time)) => Ok(Self::Late(milliseconds(time)?)),
            _ => Err("expected silent, mute, garbage, close, endless or late=MS".to_owned()),
        }
    }
}

/// What the serial console prints beside the boot messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SerialNoise {
    Lines(u64),
    LongLine,
    InvalidUtf8,
    Escapes,
    NoNewline,
}

impl FromStr for SerialNoise {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            None if text == "endless" => Ok(Self::Lines(u64::MAX)),
            None if text == "long-line" => Ok(Self::LongLine),
            None if text == "invalid-utf8" => Ok(Self::InvalidUtf8),
            None if text == "escapes" => Ok(Self::Escapes),
            None if text == "no-newline" => Ok(Self::NoNewline),
            Some(("lines", count)) => Ok(Self::Lines(
                count.parse().map_err(|_| format!("{count:?} is no number of lines"))?,
            )),
            _ => Err("expected lines=N, endless, long-line, invalid-utf8, escapes or no-newline".to_owned()),
        }
    }
}

/// Where the process lives that the machine leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stray {
    /// In the machine's own process group.
    Group,
    /// In a session of its own.
    Session,
}

fn milliseconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .map(Duration::from_millis)
        .map_err(|_| format!("{text:?} is no number of milliseconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Options::command().debug_assert();
    }

    #[test]
    fn babble_has_a_port_and_two_settings() {
        let babble: Babble = "hvc1,every=20,bytes=7".parse().unwrap();
        assert_eq!(
            babble,
            Babble {
                port: "hvc1".into(),
                every: Some(Duration::from_millis(20)),
                bytes: 7
            }
        );
        assert!("hvc1,often".parse::<Babble>().is_err());
        assert!("hvc1,bytes=100000".parse::<Babble>().is_err());
    }

    #[test]
    fn qemu_arguments_stand_after_the_dashes() {
        let options = Options::parse_from(["fake-machine", "--fake-die", "before=shell", "--", "-no-reboot", "--x"]);
        assert_eq!(options.die, Some(Death::Before("shell".into())));
        assert_eq!(options.qemu, ["-no-reboot", "--x"]);
    }
}
