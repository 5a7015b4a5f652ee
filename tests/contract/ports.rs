//! What listens on a machine. The fake machine's network is the host's.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::time::{Duration, Instant};

use proctor::error::Cause;
use proctor::machine::UnixSocketKind;
use proctor_tests::{Bench, LATE, PATIENCE, ROOM};

/// Of waits in vain that have looked at least once.
const SOON: Option<Duration> = Some(Duration::from_millis(1_000));

fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test]
async fn ports_are_waited_for_until_they_open_and_until_they_close() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    let (open, port) = listener();
    machine.wait_for_open_port(port, None, None).await.unwrap();
    machine.wait_for_open_port(port, Some("127.0.0.1"), None).await.unwrap();
    let error = machine.wait_for_closed_port(port, None, SOON).await.unwrap_err();
    assert!(error.to_string().contains("it is open"), "{error}");
    let start = Instant::now();
    let close = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        drop(open);
    };
    tokio::join!(close, async {
        machine.wait_for_closed_port(port, None, None).await.unwrap()
    });
    let late = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap()
    };
    let (_open, ()) = tokio::join!(late, async {
        machine.wait_for_open_port(port, None, None).await.unwrap()
    });
    assert!(start.elapsed() < 2 * LATE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_port_that_stays_closed_is_told_with_those_that_are_open() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let (_open, port) = listener();
    let (closed, other) = listener();
    drop(closed);
    let start = Instant::now();
    // What is open is looked for in the last quarter.
    let limit = 2 * ROOM;
    let error = bench
        .machine
        .wait_for_open_port(other, None, Some(limit))
        .await
        .unwrap_err();
    assert!(start.elapsed() < limit + LATE, "{:?}", start.elapsed());
    let text = error.to_string();
    for part in [
        format!("localhost:{other}: Connection refused"),
        format!("127.0.0.1:{port}"),
    ] {
        assert!(text.contains(&part), "{part}\n{text}");
    }
}

/// An address for documentation: nobody answers there, and most networks drop packets to it.
#[tokio::test]
async fn an_address_that_does_not_answer_hangs_nobody() {
    let bench = Bench::fake("");
    bench.machine.connect(None).await.unwrap();
    let start = Instant::now();
    let error = bench
        .machine
        .wait_for_open_port(9, Some("192.0.2.1"), SOON)
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
    assert!(start.elapsed() < LATE, "{:?}", start.elapsed());
    bench
        .machine
        .wait_for_closed_port(9, Some("192.0.2.1"), Some(PATIENCE))
        .await
        .unwrap();
}

#[tokio::test]
async fn what_is_no_address_is_refused_and_a_name_that_is_unknown_is_not_closed() {
    let bench = Bench::fake("");
    for address in ["", "$(touch evil)", "a/../b", "a b"] {
        let error = bench
            .machine
            .wait_for_open_port(1, Some(address), SOON)
            .await
            .unwrap_err();
        assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    }
    let wait = bench
        .machine
        .wait_for_closed_port(1, Some("no-such-host.invalid"), Some(ROOM));
    let error = wait.await.unwrap_err();
    assert!(matches!(error.cause, Cause::TimedOut { .. }), "{error}");
}

#[tokio::test]
async fn unix_sockets_are_waited_for() {
    let bench = Bench::fake("");
    let machine = &bench.machine;
    let path = bench.scratch.path().join("it's a socket");
    let name = path.to_str().unwrap();
    let wait = |kind, timeout| machine.wait_for_open_unix_socket(name, kind, timeout);
    let error = wait(UnixSocketKind::Stream, SOON).await.unwrap_err();
    assert!(error.to_string().contains("there is no "), "{error}");
    let late = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        UnixListener::bind(&path).unwrap()
    };
    let (listener, found) = tokio::join!(late, wait(UnixSocketKind::Stream, None));
    found.unwrap();
    let error = wait(UnixSocketKind::Datagram, SOON).await.unwrap_err();
    assert!(error.to_string().contains("nothing listens on"), "{error}");
    // Under another name of the same directory, too.
    std::os::unix::fs::symlink(bench.scratch.path(), bench.run.path().join("link")).unwrap();
    let other = bench.run.path().join("link/it's a socket");
    machine
        .wait_for_open_unix_socket(other.to_str().unwrap(), UnixSocketKind::Stream, None)
        .await
        .unwrap();
    drop(listener);
    assert!(wait(UnixSocketKind::Stream, SOON).await.is_err());
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "").unwrap();
    let error = wait(UnixSocketKind::Stream, SOON).await.unwrap_err();
    assert!(error.to_string().contains("is no socket"), "{error}");
    std::fs::remove_file(&path).unwrap();
    let _datagram = UnixDatagram::bind(&path).unwrap();
    wait(UnixSocketKind::Datagram, None).await.unwrap();
}
