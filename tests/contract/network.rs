//! Blocking and unblocking a machine's VLANs.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::grants::Grants;
use proctor::limits::{LimitName, Limits};
use proctor_tests::{Bench, LATE, fake_script, timed_out_by};

fn on_vlans(vlans: &[u32], options: &str) -> Bench {
    let script = |directory: &Path| -> PathBuf { fake_script(directory, "machine", options) };
    Bench::new(&Limits::default(), vlans, script)
}

fn links(bench: &Bench) -> Vec<String> {
    let text = std::fs::read_to_string(bench.state().join("links")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn every_vlan_interface_is_blocked_and_unblocked() {
    let bench = on_vlans(&[1, 2, 7], "");
    bench.machine.start(false, None).await.unwrap();
    bench.machine.block(None).await.unwrap();
    let interfaces = ["virtio-net-pci.1", "virtio-net-pci.2", "virtio-net-pci.3"];
    assert_eq!(links(&bench), interfaces.map(|name| format!("{name} off")));
    bench.machine.unblock(None).await.unwrap();
    bench.machine.unblock(None).await.unwrap();
    let on = interfaces.map(|name| format!("{name} on"));
    assert_eq!(links(&bench)[3..], [on.clone(), on].concat());
    bench.check_usable().await;
}

#[tokio::test]
async fn a_machine_without_a_vlan_cannot_be_blocked() {
    let bench = Bench::fake("");
    bench.machine.start(false, None).await.unwrap();
    for error in [
        bench.machine.block(None).await.unwrap_err(),
        bench.machine.unblock(None).await.unwrap_err(),
    ] {
        assert!(matches!(error.cause, Cause::Unsupported(_)), "{error}");
        assert!(error.to_string().contains("no interface on a VLAN"), "{error}");
    }
    assert!(links(&bench).is_empty());
}

#[tokio::test]
async fn the_monitors_error_is_told() {
    let bench = on_vlans(&[1], "--fake-set-link-error \"the link is stuck\"");
    bench.machine.start(false, None).await.unwrap();
    let error = bench.machine.block(None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Monitor(_)), "{error}");
    assert!(error.to_string().contains("the link is stuck"), "{error}");
}

#[tokio::test]
async fn a_machine_that_is_down_cannot_be_blocked() {
    let bench = on_vlans(&[1], "");
    let error = bench.machine.block(None).await.unwrap_err();
    assert!(error.to_string().contains("machine is down (not started)"), "{error}");
    bench.machine.start(false, None).await.unwrap();
    bench.machine.crash(None).await.unwrap();
    let error = bench.machine.unblock(None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
}

#[tokio::test]
async fn a_monitor_that_falls_silent_is_a_passed_limit() {
    let limits = Limits {
        monitor_answer: Duration::from_secs(1),
        ..Limits::default()
    };
    let script = |directory: &Path| fake_script(directory, "machine", "--fake-qmp mute");
    let bench = Bench::new(&limits, &[1], script);
    bench.machine.start(false, None).await.unwrap();
    let start = Instant::now();
    let error = bench.machine.block(None).await.unwrap_err();
    assert!(timed_out_by(&error, LimitName::MonitorAnswer), "{error}");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    // The shell does not need it, nor does the end.
    bench.check_usable().await;
    bench.machine.crash(None).await.unwrap();
}

fn granted() -> Grants {
    Grants {
        forward_ports: true,
        ..Grants::default()
    }
}

/// What a connection to a port of the host gets.
async fn fetch(port: u16) -> String {
    let read = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.write_all(b"hello ").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    });
    read.await.unwrap()
}

#[tokio::test]
async fn a_port_of_the_host_leads_to_the_machine() {
    let bench = Bench::fake("");
    bench.machine.start(false, None).await.unwrap();
    let guest = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let guest_port = guest.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in guest.incoming() {
            let mut stream = stream.unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            stream.write_all(format!("{text}back").as_bytes()).unwrap();
        }
    });
    let port = bench
        .machine
        .forward_port(&granted(), 0, guest_port, None)
        .await
        .unwrap();
    assert_ne!(port, 0);
    assert_eq!(fetch(port).await, "hello back");
    // That one is taken now, and the machine has no port 0.
    let error = bench
        .machine
        .forward_port(&granted(), port, guest_port, None)
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::Monitor(_)), "{error}");
    let taken = format!("port {port} of this computer is taken: Could not set up host forwarding rule");
    assert!(error.to_string().contains(&taken), "{error}");
    let error = bench.machine.forward_port(&granted(), 0, 0, None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
}

#[tokio::test]
async fn no_port_is_forwarded_without_leave() {
    let bench = Bench::fake("");
    bench.machine.start(false, None).await.unwrap();
    let error = bench
        .machine
        .forward_port(&Grants::default(), 0, 80, None)
        .await
        .unwrap_err();
    let denied = matches!(
        error.cause,
        Cause::Denied {
            capability: "allow-forward-port",
            ..
        }
    );
    assert!(denied, "{error}");
    let off = Bench::fake("");
    let error = off.machine.forward_port(&granted(), 0, 80, None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
}
