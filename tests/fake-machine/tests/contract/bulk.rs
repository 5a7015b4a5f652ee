//! The bulk ports.

use std::io::{Read, Write};
use std::thread;

use super::bytes::bytes;
use super::host_side::HostSide;

/// The node of a bulk port, found as a guest finds it.
const FIND: &str = r#"port() { for n in $PROCTOR_SYS/class/virtio-ports/*/name; do [ "$(<$n)" != "$1" ] || \
basename ${n%/name}; done; }"#;

#[test]
fn ports_are_found_by_their_names() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    shell.send(FIND);
    assert_eq!(shell.ask("port proctor.bulk.0"), "vport0p2");
    assert_eq!(shell.ask("port proctor.bulk.3"), "vport0p5");
    let mut bulk = machine.accept("bulk3");
    shell.send("echo over there >$PROCTOR_DEV/$(port proctor.bulk.3)");
    let mut answer = [0; 11];
    bulk.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"over there\n");
}

#[test]
fn bytes_out_of_the_guest_are_not_lost_when_the_host_pauses() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    let mut bulk = machine.accept("bulk0");
    let data = bytes(3 << 20);
    std::fs::write(machine.path("tmp/data"), &data).unwrap();
    shell.send("cat data >$PROCTOR_DEV/vport0p2; echo sent");
    assert!(shell.is_silent(), "three megabytes fit nowhere: cat must wait");
    let mut seen = vec![0; data.len()];
    bulk.read_exact(&mut seen).unwrap();
    assert!(seen == data);
    shell.expect(b"sent\n");
}

#[test]
fn bytes_into_the_guest_wait_for_a_reader() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    let mut bulk = machine.accept("bulk1");
    let data = bytes(2 << 20);
    let sender = thread::spawn({
        let data = data.clone();
        move || bulk.write_all(&data).unwrap()
    });
    assert!(shell.is_silent());
    assert_eq!(
        shell.ask(&format!("head -c {} <$PROCTOR_DEV/vport0p3 >got; echo $?", data.len())),
        "0"
    );
    sender.join().unwrap();
    assert!(std::fs::read(machine.path("tmp/got")).unwrap() == data);
}

#[test]
fn a_host_that_closes_a_port_does_not_block_the_guest() {
    let machine = HostSide::start(&[], &[]);
    let mut shell = machine.shell();
    drop(machine.accept("bulk0"));
    assert_eq!(
        shell.ask("head -c 1000000 /dev/zero >$PROCTOR_DEV/vport0p2; echo $?"),
        "0"
    );
}
