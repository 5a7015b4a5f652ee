//! The words of QEMU's own text monitor: what refuses, and what only answers.

use proctor::error::Cause;
use proctor::grants::Grants;
use proctor_tests::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_errors_and_answers_are_not() {
    let bench = Bench::mini();
    let machine = &bench.machine;
    let grants = Grants {
        monitor: true,
        ..Grants::default()
    };
    machine.connect(None).await.unwrap();
    let node = r#"{"driver": "null-co", "node-name": "fixed", "read-only": true}"#;
    let added = machine
        .send_qmp_command(&grants, "blockdev-add", Some(node), None)
        .await;
    added.unwrap_or_else(|error| panic!("{error}"));

    for command in [
        "frobnicate",
        "info frobnicate",
        "help nosuch",
        "hostfwd_add garbage",
        "hostfwd_add nosuch tcp:127.0.0.1:0-:80",
        "hostfwd_remove tcp:127.0.0.1:1",
        "sendkey nokey",
        "sendkey",
        "print $nosuch",
        "print 1/0",
        "x /zz",
        "drive_add x y",
        "drive_add 0 if=none,file=/nonexistent",
        "drive_del nosuch",
        "gdbserver foo",
        "boot_set q",
        "memsave 0 0",
        "memsave 0 0 \"/nonexistent/x\"",
        "change vnc foo",
        "change nosuch foo",
        "qemu-io fixed \"write 0 512\"",
        "set_link nothing on",
        "trace-event nosuch on",
        "gpa2hva 0xffffffffff",
        "cpu 99",
        "mouse_set 99",
        "netdev_add user,id=user.0",
        "stop now",
    ] {
        match machine.send_monitor_command(&grants, command, None).await {
            Err(error) => assert!(matches!(error.cause, Cause::Monitor(_)), "{command}: {error}"),
            Ok(printed) => panic!("{command} is refused with {printed:?}"),
        }
    }

    for command in [
        "info snapshots",
        "info network",
        "info usernet",
        "info registers",
        "info qtree",
        "info mtree",
        "info lapic 99",
        "info balloon",
        "info block nosuch",
        "help",
        "help sendkey",
        "log help",
        "device_add ?",
        "device_add virtio-rng-pci,help",
        "print 1+1",
        "x /4x 0xfffffff0",
        "xp /8i 0xfffffff0",
        "i /w 0x3f8",
        "sum 0 10",
        "qom-list /machine",
        "qom-get /machine type",
        "boot_set c",
        "sendkey ctrl-a",
        "drive_add 0 if=none,id=added,driver=null-co",
        "drive_del added",
        "hostfwd_add tcp:127.0.0.1:0-:80",
        "chardev-add ringbuf,id=ring",
        "ringbuf_read ring 80",
        "stop",
        "cont",
    ] {
        let printed = machine.send_monitor_command(&grants, command, None).await;
        printed.unwrap_or_else(|error| panic!("{command}: {error}"));
    }
}
