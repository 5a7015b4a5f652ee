//! Refusals of the text monitor, which has no other sign of one than its words.

/// How the lines of refusals begin: those of QEMU 5 to 9.
const BEGINNINGS: [&str; 27] = [
    "Error: ",
    "Error ",
    "Bad ",
    "Block node is read-only",
    "Can't ",
    "Cannot ",
    "Could not ",
    "Duplicate ID ",
    "Expected ",
    "Failed to ",
    "Invalid ",
    "Missing ",
    "Must specify ",
    "No memory is mapped ",
    "No such ",
    "Parameter '",
    "Unable to ",
    "Unknown ",
    "Unsupported ",
    "bad ",
    "division by zero",
    "failed to ",
    "invalid ",
    "replay must be enabled ",
    "unexpected ",
    "unknown ",
    "unrecognized ",
];
/// How they end, where their beginnings name what is meant.
const ENDINGS: [&str; 5] = [
    " not found",
    " is not supported",
    ": No such file or directory",
    ": Permission denied",
    " is allowed only in play mode",
];
/// What is said of a command with wrong arguments, after the reason where there is one.
const HINT: &str = "Try \"help ";
/// What is said of a command that there is not.
const UNKNOWN: &str = "unknown command: '";
/// Commands that print what they are asked for, which may be worded like anything: only their first line can refuse.
const REPORTS: [&str; 5] = ["help", "?", "qom-get", "qom-list", "ringbuf_read"];

/// Whether what the monitor printed is a refusal of the command.
pub(super) fn is_refusal(command: &str, printed: &str) -> bool {
    let mut lines = printed.lines().map(str::trim_end);
    let first = lines.next().unwrap_or_default();
    let last = lines.next_back().unwrap_or(first);
    let misunderstood = first.starts_with(UNKNOWN) || last.starts_with(HINT);
    let name = command.split_whitespace().next().unwrap_or_default();
    misunderstood
        || match name {
            // Whatever it tells, it has told what it was asked for.
            "info" => false,
            name if REPORTS.contains(&name) => first.starts_with("Error: "),
            _ => printed.lines().any(|line| refuses(line.trim_end())),
        }
}

fn refuses(line: &str) -> bool {
    BEGINNINGS.iter().any(|beginning| line.starts_with(beginning))
        || ENDINGS.iter().any(|ending| line.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_recognised() {
        for (command, printed) in [
            ("frobnicate", "unknown command: 'frobnicate'\r\n"),
            ("info frobnicate", "unknown command: 'info frobnicate'\r\n"),
            ("help nosuch", "unknown command: 'nosuch'\r\n"),
            (
                "info cpus -x",
                "cpus: extraneous characters at the end of line\r\nTry \"help info cpus\" for more information\r\n",
            ),
            (
                "netdev_add user,id=n0",
                "Try \"help netdev_add\" for more information\r\n",
            ),
            ("set_link nothing on", "Error: Device 'nothing' not found\r\n"),
            ("qom-get nosuch x", "Error: Device 'nosuch' not found\r\n"),
            (
                "logfile /no/f",
                "Error opening logfile /no/f: No such file or directory\r\n",
            ),
            (
                "hostfwd_add x",
                "Invalid host forwarding rule 'x' (No : separators)\r\n",
            ),
            ("hostfwd_add n tcp::1-:2", "unrecognized netdev id 'n'\r\n"),
            (
                "hostfwd_remove tcp:127.0.0.1:1",
                "host forwarding rule for tcp:127.0.0.1:1 not found\r\n",
            ),
            ("sendkey nokey", "invalid parameter: nokey\r\n"),
            (
                "print $nosuch",
                "unknown register\r\nTry \"help print\" for more information\r\n",
            ),
            (
                "drive_add x y",
                "warning: short-form boolean option 'y' deprecated\r\nPlease use y=on instead\r\n\
                 Must specify either driver or file\r\n",
            ),
            ("drive_add 0 id=z,if=virtio", "Can't hot-add drive to type 7\r\n"),
            (
                "gdbserver foo",
                "'foo' is not a valid char driver\r\nCould not open gdbserver on device 'foo'\r\n",
            ),
            ("boot_set q", "Invalid boot device 'q'\r\n"),
            ("change vnc foo", "Expected 'password' after 'vnc'\r\n"),
            ("qemu-io ro \"write 0 512\"", "Block node is read-only\r\n"),
            ("commit nosuch", "Device 'nosuch' not found\r\n"),
            ("trace-event nosuch on", "unknown event \"nosuch\"\r\n"),
            (
                "gpa2hva 0xffffffffff",
                "No memory is mapped at address 0xffffffffff\r\n",
            ),
            ("cpu 99", "invalid CPU index\r\n"),
            ("singlestep maybe", "unexpected option maybe\r\n"),
            ("mouse_set 99", "Mouse at index '99' not found\r\n"),
        ] {
            assert!(is_refusal(command, printed), "{command}: {printed}");
        }
    }

    #[test]
    fn answers_are_no_refusals() {
        for (command, printed) in [
            ("stop", ""),
            ("info name", "Error: not found\r\n"),
            ("info snapshots", "no block device can store vmstate for snapshot\r\n"),
            ("  info  usernet", "Invalid \r\nunknown \r\n"),
            ("help", "invalid -- not found\r\nCannot \r\n"),
            (
                "ringbuf_read c 80",
                "login:\r\nError: the guest says so\r\nunknown command: 'x'\r\n",
            ),
            ("qom-get /machine x", "\"Invalid \"\r\n"),
            (
                "hostfwd_remove tcp:127.0.0.1:5599",
                "host forwarding rule for tcp:127.0.0.1:5599 removed\r\n",
            ),
            ("print 1+1", "2\r\n"),
            ("x /2x 0", "0000000000000000: 0x00000000 0x00000000\r\n"),
            (
                "log help",
                "Log items (comma separated):\r\nunimp           log unimplemented functionality\r\n",
            ),
            ("drive_add 0 if=none", "OK\r\n"),
            ("gdbserver tcp::1", "Waiting for gdb connection on device 'tcp::1'\r\n"),
            (
                "device_add virtio-rng-pci,x=y",
                "warning: short-form boolean option is deprecated\r\n",
            ),
        ] {
            assert!(!is_refusal(command, printed), "{command}: {printed}");
        }
    }
}
