//! QMP and the text monitor.

use std::io::{Read, Write};
use std::process::Command;

use serde_json::json;

use super::host_side::{A_WHILE, HostSide, is_silent};

#[test]
fn commands_before_negotiation_are_refused() {
    let machine = HostSide::start(&[], &[]);
    let socket = machine.connect_qmp();
    let mut qmp = super::host_side::Qmp {
        socket,
        events: Vec::new(),
    };
    assert_eq!(qmp.read()["QMP"]["capabilities"], json!(["oob"]));
    let answer = qmp.call(r#"{"execute":"query-status","id":7}"#);
    assert_eq!(answer["error"]["class"], "CommandNotFound");
    assert_eq!(answer["id"], 7);
    qmp.call(r#"{"execute":"qmp_capabilities"}"#);
    assert_eq!(
        qmp.call(r#"{"execute":"qmp_capabilities"}"#)["error"]["class"],
        "CommandNotFound"
    );
}

#[test]
fn messages_are_answered_with_their_ids_however_they_are_cut() {
    let machine = HostSide::start(&[], &[]);
    let mut qmp = machine.qmp();
    qmp.socket.write_all(br#"{"execute":"query-sta"#).unwrap();
    assert!(is_silent(&mut qmp.socket));
    let status = qmp.call(r#"tus","id":"a"}{"execute":"query-name","id":[1]}"#);
    assert_eq!(
        status,
        json!({"return": {"status": "running", "singlestep": false, "running": true}, "id": "a"})
    );
    assert_eq!(qmp.read(), json!({"return": {"name": "node"}, "id": [1]}));
    assert_eq!(
        qmp.call(r#"{"execute":"foo"}"#)["error"],
        json!({"class": "CommandNotFound", "desc": "The command foo has not been found"})
    );
    assert_eq!(qmp.call("]\n")["error"]["class"], "GenericError");
    assert_eq!(qmp.call("[1]")["error"]["desc"], "QMP input must be a JSON object");
    assert_eq!(qmp.call(r#"{"execute":"stop"}"#)["return"], json!({}));
}

#[test]
fn a_second_client_is_served_after_the_first() {
    let machine = HostSide::start(&[], &[]);
    drop(machine.qmp());
    machine.qmp();
}

#[test]
fn links_are_set_and_recorded() {
    let machine = HostSide::start(&["--fake-vlan", "3", "--fake-vlan", "1"], &[]);
    let mut qmp = machine.qmp();
    for (name, up) in [
        ("virtio-net-pci.1", false),
        ("virtio-net-pci.2", false),
        ("virtio-net-pci.1", true),
    ] {
        let answer = qmp.call(&format!(
            r#"{{"execute":"set_link","arguments":{{"name":"{name}","up":{up}}}}}"#
        ));
        assert_eq!(answer["return"], json!({}));
    }
    assert_eq!(
        machine.read("links"),
        "virtio-net-pci.1 off\nvirtio-net-pci.2 off\nvirtio-net-pci.1 on\n"
    );
    let unknown = qmp.call(r#"{"execute":"set_link","arguments":{"name":"virtio-net-pci.3","up":true}}"#);
    assert_eq!(
        unknown["error"],
        json!({"class": "DeviceNotFound", "desc": "Device 'virtio-net-pci.3' not found"})
    );
    let missing = qmp.call(r#"{"execute":"set_link","arguments":{"name":"user.0"}}"#);
    assert_eq!(missing["error"]["desc"], "Parameter 'up' is missing");
}

#[test]
fn the_network_is_described_as_by_qemu() {
    let machine = HostSide::start(&["--fake-vlan", "2", "--fake-node", "10"], &[]);
    let answer = machine
        .qmp()
        .call(r#"{"execute":"human-monitor-command","arguments":{"command-line":"info network"}}"#);
    assert_eq!(
        answer["return"],
        "virtio-net-pci.0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:34:56\r\n \
         \\ user.0: index=0,type=user,net=10.0.2.0,restrict=off\r\n\
         virtio-net-pci.1: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:12:02:0a\r\n \
         \\ vlan2: index=0,type=vde,sock=vde2.ctl,fd=9\r\n"
    );
}

#[test]
fn a_paused_machine_does_nothing() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    let mut qmp = machine.qmp();
    qmp.call(r#"{"execute":"stop"}"#);
    shell.send("echo late");
    assert!(shell.is_silent());
    assert_eq!(qmp.call(r#"{"execute":"query-status"}"#)["return"]["status"], "paused");
    qmp.call(r#"{"execute":"cont"}"#);
    shell.expect(b"late\n");
    let events: Vec<_> = qmp
        .events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["STOP", "RESUME"]);
    assert!(qmp.events[0]["timestamp"]["seconds"].as_u64().unwrap() > 1_600_000_000);
}

#[test]
fn quit_announces_the_end_and_exits() {
    let mut machine = HostSide::start(&[], &[]);
    let mut qmp = machine.qmp();
    assert_eq!(qmp.call(r#"{"execute":"quit","id":1}"#), json!({"return": {}, "id": 1}));
    assert_eq!(qmp.events[0]["event"], "SHUTDOWN");
    assert_eq!(
        qmp.events[0]["data"],
        json!({"guest": false, "reason": "host-qmp-quit"})
    );
    assert_eq!(machine.wait().code(), Some(0));
    assert!(!machine.path("qmp").exists());
}

#[test]
fn the_power_button_powers_off_where_the_guest_heeds_it() {
    let mut machine = HostSide::start(&[], &[]);
    machine.shell();
    let mut qmp = machine.qmp();
    assert_eq!(qmp.call(r#"{"execute":"system_powerdown"}"#)["return"], json!({}));
    assert_eq!(qmp.events[0]["event"], "POWERDOWN");
    let end = qmp.read();
    assert_eq!(end["data"], json!({"guest": true, "reason": "guest-shutdown"}));
    assert!(machine.wait().success());

    let mut deaf = HostSide::start(&["--fake-ignore-powerdown"], &[]);
    deaf.qmp().call(r#"{"execute":"system_powerdown"}"#);
    std::thread::sleep(A_WHILE);
    assert!(deaf.is_running());
}

#[test]
fn the_text_monitor_echoes_and_answers() {
    let mut machine = HostSide::start(&[], &[]);
    let mut monitor = machine.accept("monitor");
    let mut expect = |command: &[u8], wanted: &str| {
        monitor.write_all(command).unwrap();
        let mut seen = vec![0; wanted.len()];
        monitor.read_exact(&mut seen).unwrap();
        assert_eq!(String::from_utf8_lossy(&seen), wanted);
    };
    expect(b"", "QEMU 7.2.22 monitor - type 'help' for more information\r\n(qemu) ");
    expect(
        b"foo\n",
        "f\x1b[K\x1b[Dfo\x1b[K\x1b[D\x1b[Dfoo\x1b[K\r\nunknown command: 'foo'\r\n(qemu) ",
    );
    expect(b"\n", "\r\n(qemu) ");
    expect(b"c", "c\x1b[K");
    monitor.write_all(b"ont\ninfo status\n").unwrap();
    read_until(&mut monitor, "VM status: running\r\n(qemu) ");
    monitor.write_all(b"set_link eth7 off\n").unwrap();
    read_until(&mut monitor, "Error: Device 'eth7' not found\r\n(qemu) ");
    monitor.write_all(b"quit\n").unwrap();
    let mut rest = String::new();
    monitor.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("quit\x1b[K\r\n"), "{rest:?}");
    assert!(machine.wait().success());
}

fn read_until(monitor: &mut impl Read, wanted: &str) {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(wanted.as_bytes()) {
        monitor.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
}

#[test]
fn the_options_explain_themselves() {
    let help = Command::new(env!("CARGO_BIN_EXE_fake-machine"))
        .arg("--help")
        .output()
        .unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    for option in [
        "--fake-die",
        "--fake-handshake",
        "--fake-babble",
        "--fake-qmp",
        "--fake-serial",
        "--fake-stray",
    ] {
        assert!(text.contains(option), "{text}");
    }
}

#[test]
fn pressed_keys_are_recorded_and_unknown_ones_refused() {
    let machine = HostSide::start(&[], &[]);
    let mut qmp = machine.qmp();
    let press = |keys: &str| format!(r#"{{"execute":"send-key","arguments":{{"keys":[{keys}]}}}}"#);
    let [shift, code, unknown] = [
        r#"{"type":"qcode","data":"shift"}"#,
        r#"{"type":"number","data":30}"#,
        r#"{"type":"qcode","data":"foo"}"#,
    ];
    assert_eq!(qmp.call(&press(&format!("{shift},{code}"))), json!({"return": {}}));
    let answer = qmp.call(&press(&format!("{shift},{unknown}")));
    assert_eq!(answer["error"]["desc"], "Parameter 'data' does not accept value 'foo'");
    let held = r#"{"execute":"send-key","arguments":{"keys":[{"type":"qcode","data":"f1"}],"hold-time":7}}"#;
    assert_eq!(qmp.call(held), json!({"return": {}}));
    let record = std::fs::read_to_string(machine.path("keys")).unwrap();
    assert_eq!(record, "shift+30 100\nf1 7\n");
}

#[test]
fn a_picture_of_the_screen_is_what_its_file_holds() {
    let scratch = tempfile::tempdir().unwrap();
    let (screen, picture) = (scratch.path().join("screen"), scratch.path().join("picture"));
    let dump = json!({"execute": "screendump", "arguments": {"filename": picture}}).to_string();
    let machine = HostSide::start(&[], &[]);
    let answer = machine.qmp().call(&dump);
    assert_eq!(answer["error"]["desc"], "There is no console to take a screendump from");
    let machine = HostSide::start(&["--fake-screen", screen.to_str().unwrap()], &[]);
    let mut qmp = machine.qmp();
    assert_eq!(qmp.call(&dump)["error"]["class"], "GenericError");
    for text in ["one", "two"] {
        std::fs::write(&screen, text).unwrap();
        assert_eq!(qmp.call(&dump), json!({"return": {}}));
        assert_eq!(std::fs::read_to_string(&picture).unwrap(), text);
    }
}
