//! Every way to misbehave does what its option says.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::host_side::{A_WHILE, HANDSHAKE, HostSide, Qmp, Shell, command, eventually, find, is_silent};

#[test]
fn sockets_that_nobody_listens_on_are_an_error_as_in_qemu() {
    let state = tempfile::tempdir().unwrap();
    let missing = state.path().join("shell");
    let chardev = format!("socket,id=shell,path={}", missing.display());
    let output = command(state.path(), &[])
        .args([
            "-chardev",
            &chardev,
            "-device",
            "virtio-serial",
            "-device",
            "virtconsole,chardev=shell",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!(
            "qemu-system-x86_64: -chardev {chardev}: Failed to connect to '{}': No such file or directory\n",
            missing.display()
        )
    );
}

#[test]
fn it_dies_when_it_is_told() {
    let death = ["--fake-die-status", "7", "--fake-die-text", "no more"];
    for when in ["start", "before=monitor", "before=shell", "after=30"] {
        let began = Instant::now();
        let mut machine = HostSide::start(&[&["--fake-die", when], &death[..]].concat(), &[]);
        assert_eq!(machine.wait().code(), Some(7), "{when}");
        assert!(find(&machine.console_to_end(), b"no more\n").is_some(), "{when}");
        match when {
            "before=shell" => drop(machine.accept("monitor")),
            "after=30" => assert!(began.elapsed() >= Duration::from_millis(30)),
            _ => {}
        }
    }
}

#[test]
fn the_handshake_does_not_come() {
    let machine = HostSide::start(&["--fake-handshake", "never"], &[]);
    let mut shell = Shell(machine.accept("shell"));
    assert!(shell.is_silent());
    assert_eq!(shell.ask("echo but it lives"), "but it lives");
}

#[test]
fn the_handshake_comes_late_or_in_pieces() {
    let began = Instant::now();
    let machine = HostSide::start(&["--fake-handshake", "late=100"], &[]);
    assert_eq!(machine.shell().ask("echo up"), "up");
    assert!(began.elapsed() >= Duration::from_millis(100));

    let machine = HostSide::start(&["--fake-handshake", "split=100"], &[]);
    let mut shell = Shell(machine.accept("shell"));
    let (mut seen, mut reads, mut buffer) = (Vec::new(), 0, [0; 64]);
    while seen.len() < HANDSHAKE.len() {
        let count = shell.0.read(&mut buffer).unwrap();
        seen.extend_from_slice(&buffer[..count]);
        reads += 1;
    }
    assert_eq!(seen, HANDSHAKE);
    assert!(reads > 1, "it came in one piece");
    assert_eq!(shell.ask("echo up"), "up");
}

#[test]
fn a_late_handshake_does_not_delay_the_end() {
    let mut machine = HostSide::start(&["--fake-handshake", "late=1000000"], &[]);
    machine.qmp().call(r#"{"execute":"quit"}"#);
    assert!(machine.wait().success());
}

#[test]
fn the_shell_closes_instead() {
    let mut machine = HostSide::start(&["--fake-handshake", "eof"], &[]);
    let mut shell = machine.accept("shell");
    assert_eq!(shell.read(&mut [0; 1]).unwrap(), 0);
    assert!(machine.is_running());
}

#[test]
fn a_killed_shell_stays_dead() {
    let machine = HostSide::start(&["--fake-no-respawn"], &[]);
    let mut shell = machine.shell();
    shell.send("kill -9 $$");
    machine.console_until("the backdoor shell ended by SIGKILL\r\n");
    assert!(shell.is_silent());
}

#[test]
fn ports_babble_before_the_handshake_and_after() {
    let babble = [
        "--fake-babble",
        "hvc0,every=10,bytes=5",
        "--fake-babble",
        "proctor.bulk.1,bytes=9",
    ];
    let machine = HostSide::start(&babble, &[]);
    let mut shell = Shell(machine.accept("shell"));
    let (mut seen, mut byte) = (Vec::new(), [0]);
    while !seen.ends_with(HANDSHAKE) {
        shell.0.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
    // A slow machine babbles more than once before its shell has started.
    let before = seen.len() - HANDSHAKE.len();
    assert!(before >= 5 && before.is_multiple_of(5), "{}", seen.escape_ascii());
    shell.0.read_exact(&mut [0; 10]).unwrap();
    let mut bulk = machine.accept("bulk1");
    let mut noise = [0; 9];
    bulk.read_exact(&mut noise).unwrap();
    assert_eq!(noise[..5], seen[..5], "the noise is the same in every run");
    assert!(is_silent(&mut bulk));
}

#[test]
fn unknown_ports_cannot_babble() {
    let mut machine = HostSide::start(&["--fake-babble", "hvc9"], &[]);
    assert_eq!(machine.wait().code(), Some(2));
    machine.console_until("--fake-babble: there is no port \"hvc9\"");
}

#[test]
fn ports_appear_late_or_never() {
    let began = Instant::now();
    let machine = HostSide::start(&["--fake-nodes-late", "500"], &[]);
    let mut shell = machine.shell();
    assert_eq!(shell.ask("ls $PROCTOR_DEV | tr '\\n' ' '; echo"), "hvc0 ttyS0 ");
    eventually(|| machine.path("dev/vport0p5").exists().then_some(()));
    assert!(began.elapsed() >= Duration::from_millis(500));
    assert_eq!(
        shell.ask("cat $PROCTOR_SYS/class/virtio-ports/vport0p2/name"),
        "proctor.bulk.0"
    );

    let machine = HostSide::start(&["--fake-one-console"], &[]);
    assert_eq!(
        machine.shell().ask("ls $PROCTOR_DEV | tr '\\n' ' '; echo"),
        "hvc0 ttyS0 "
    );
    machine.accept("worker");
}

#[test]
fn a_hung_machine_answers_nothing() {
    let mut machine = HostSide::start(&["--fake-hang-after", "600"], &[]);
    let mut shell = machine.shell();
    let mut qmp = machine.qmp();
    assert_eq!(shell.ask("echo not yet"), "not yet");
    std::thread::sleep(Duration::from_millis(650));
    shell.send("echo anyone");
    assert!(shell.is_silent());
    qmp.socket.write_all(br#"{"execute":"query-status"}"#).unwrap();
    assert!(is_silent(&mut qmp.socket));
    assert!(machine.is_running());
}

#[test]
fn qmp_misbehaves() {
    let machine = HostSide::start(&["--fake-qmp", "silent"], &[]);
    assert!(is_silent(&mut machine.connect_qmp()));

    let machine = HostSide::start(&["--fake-qmp", "mute"], &[]);
    let mut qmp = machine.qmp();
    qmp.socket.write_all(br#"{"execute":"query-status"}"#).unwrap();
    assert!(is_silent(&mut qmp.socket));

    let machine = HostSide::start(&["--fake-qmp", "garbage"], &[]);
    let mut first = [0; 4];
    machine.connect_qmp().read_exact(&mut first).unwrap();
    assert_eq!(first, *b"\xff\x00{]");

    let machine = HostSide::start(&["--fake-qmp", "close"], &[]);
    assert_eq!(machine.connect_qmp().read(&mut first).unwrap(), 0);

    let machine = HostSide::start(&["--fake-qmp", "late=50"], &[]);
    let began = Instant::now();
    machine.qmp();
    assert!(began.elapsed() >= Duration::from_millis(100));
}

#[test]
fn links_fail_with_the_text_of_the_option() {
    let machine = HostSide::start(&["--fake-set-link-error", "cable is glued in"], &[]);
    let mut qmp: Qmp = machine.qmp();
    let answer = qmp.call(r#"{"execute":"set_link","arguments":{"name":"virtio-net-pci.0","up":false}}"#);
    assert_eq!(
        answer["error"],
        serde_json::json!({"class": "GenericError", "desc": "cable is glued in"})
    );
    assert!(!machine.path("links").exists());
}

#[test]
fn the_serial_console_floods() {
    let noise = [
        "--fake-serial",
        "lines=20000",
        "--fake-serial",
        "long-line",
        "--fake-serial",
        "invalid-utf8",
    ];
    let more = ["--fake-serial", "escapes", "--fake-serial", "no-newline"];
    let machine = HostSide::start(&[&noise[..], &more[..]].concat(), &[]);
    machine.shell();
    let console = machine.console_until("login: ");
    assert!(console.ends_with(b"login: "));
    let lines = console
        .split(|byte| *byte == b'\n')
        .filter(|line| line.starts_with(b"flood line "))
        .count();
    assert_eq!(lines, 20_000);
    assert!(find(&console, b"flood line 000019999\r\nxxxx").is_some());
    assert!(console.split(|byte| *byte == b'\n').any(|line| line.len() > 1 << 20));
    assert!(find(&console, b"\xff\xfe").is_some() && find(&console, b"\x1b[2J").is_some());
}

#[test]
fn an_endless_flood_that_nobody_reads_ends_with_the_machine() {
    let state = tempfile::tempdir().unwrap();
    let shell = state.path().join("shell");
    let listener = std::os::unix::net::UnixListener::bind(&shell).unwrap();
    let chardev = format!("socket,id=shell,path={}", shell.display());
    let mut machine = command(state.path(), &["--fake-serial", "endless"])
        .args([
            "-chardev",
            &chardev,
            "-device",
            "virtio-serial",
            "-device",
            "virtconsole,chardev=shell",
        ])
        .spawn()
        .unwrap();
    let mut shell = Shell(listener.accept().unwrap().0);
    shell.expect_handshake();
    std::thread::sleep(A_WHILE);
    assert_eq!(shell.ask("echo not blocked"), "not blocked");
    shell.send("poweroff");
    assert!(eventually(|| machine.try_wait().unwrap()).success());
}
