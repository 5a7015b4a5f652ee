//! Three machines on two VLANs, and the host beside them.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use proctor::driver::Driver;
use proctor::error::Cause;
use proctor::event::Reporter;
use proctor::grants::Grants;
use proctor::limits::Limits;
use proctor::machine::{Machine, StartScript};
use proctor::polling::Polling;
use proctor::run_directory::RunDirectory;
use proctor::setup_clock::SetupClock;
use proctor::vlan::Vlan;
use proctor_tests::mini_script;

/// What takes some seconds on a machine, and longer on a busy computer.
const SOON: Option<Duration> = Some(Duration::from_secs(60));

fn ping(address: &str) -> String {
    format!("ping -c 1 -W 1 {address}")
}

/// Waits until a machine has been answered.
async fn reaches(machine: &Machine, address: &str) {
    let waited = machine.wait_until_succeeds(&ping(address), SOON, None).await;
    waited.unwrap_or_else(|error| panic!("{error}"));
}

/// Fails where a machine is answered.
async fn misses(machine: &Machine, address: &str) {
    let failed = machine.fail(&ping(address), None).await;
    failed.unwrap_or_else(|error| panic!("{error}"));
}

async fn run(machine: &Machine, command: &str) {
    let done = machine.succeed(command, SOON).await;
    done.unwrap_or_else(|error| panic!("{error}"));
}

/// What a server on a port of the host says to a request.
fn fetch(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(SOON)?;
    stream.write_all(b"GET /page HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The addresses of this computer on which a port is listened on, as the kernel writes them.
fn listened_on(port: u16) -> Vec<String> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| std::fs::read_to_string(table).unwrap_or_default());
    let port = format!(":{port:04X}");
    let listening = tables.iter().flat_map(|table| table.lines()).filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (local, state) = (words.next()?, words.nth(1)?);
        (state == "0A").then_some(local)?.strip_suffix(&port)
    });
    listening.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_reach_those_on_their_vlans_and_the_host_what_is_forwarded() {
    let scratch = tempfile::tempdir().unwrap();
    let (reporter, events) = Reporter::start(Vec::new()).unwrap();
    let run_directory = RunDirectory::create(false, None).unwrap();
    let mut vlans = Vec::new();
    for number in [1, 2] {
        vlans.push(Arc::new(Vlan::start(number, &run_directory, &events).await.unwrap()));
    }
    let machine = |name: &str, node, of: &str| {
        let script: &Path = &mini_script(scratch.path(), name, node, of);
        let script = StartScript::open(script).unwrap();
        let (limits, setup, polling) = (Limits::default(), SetupClock::default(), Polling::default());
        Machine::new(script, &run_directory, &[1, 2], &limits, &events, &setup, &polling).unwrap()
    };
    let machines = vec![
        machine("client", 1, "1"),
        machine("router", 2, "1 2"),
        machine("server", 3, "2"),
    ];
    let driver = Driver::new(machines, &vlans);
    driver.start_all().await.unwrap();
    let [client, router, server] = ["client", "router", "server"].map(|name| driver.machine(name).unwrap());
    for machine in [&client, &router, &server] {
        let ready = machine.wait_for_file("/run/machine-ready", SOON).await;
        ready.unwrap_or_else(|error| panic!("{error}"));
    }

    // Who has an interface on both is reached from both.
    reaches(&client, "192.168.1.2").await;
    reaches(&server, "192.168.2.2").await;
    reaches(&client, "2001:db8:1::2").await;
    // An address of the other VLAN is not enough to be on it.
    run(&client, "ip address add 192.168.2.1/24 dev eth1").await;
    misses(&client, "192.168.2.3").await;
    run(&client, "ip address del 192.168.2.1/24 dev eth1").await;
    // But there is a way through the machine in the middle.
    run(&router, "echo 1 > /proc/sys/net/ipv4/ip_forward").await;
    run(&client, "ip route add 192.168.2.0/24 via 192.168.1.2").await;
    run(&server, "ip route add 192.168.1.0/24 via 192.168.2.2").await;
    reaches(&client, "192.168.2.3").await;

    // All its interfaces are blocked, not only the first.
    router.block(None).await.unwrap();
    misses(&client, "192.168.1.2").await;
    misses(&server, "192.168.2.2").await;
    router.unblock(None).await.unwrap();
    reaches(&server, "192.168.2.2").await;
    reaches(&client, "192.168.2.3").await;
    // Those beside a blocked machine are not.
    client.block(None).await.unwrap();
    misses(&client, "192.168.1.2").await;
    misses(&server, "192.168.1.1").await;
    reaches(&server, "192.168.1.2").await;
    client.unblock(None).await.unwrap();
    reaches(&client, "192.168.2.3").await;

    run(
        &server,
        "mkdir -p /www; echo 'from the server' > /www/page; httpd -p 80 -h /www",
    )
    .await;
    server.wait_for_open_port(80, None, SOON).await.unwrap();
    let error = server.forward_port(&Grants::default(), 0, 80, None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Denied { .. }), "{error}");
    let grants = Grants {
        forward_ports: true,
        ..Grants::default()
    };
    let port = server.forward_port(&grants, 0, 80, None).await.unwrap();
    // As the kernel writes 127.0.0.1: from outside of this computer nobody comes in.
    assert_eq!(listened_on(port), ["0100007F"]);
    let answer = fetch(port).unwrap();
    assert!(
        answer.contains(" 200 OK") && answer.ends_with("from the server\n"),
        "{answer}"
    );
    let error = client.forward_port(&grants, port, 80, None).await.unwrap_err();
    assert!(matches!(error.cause, Cause::Monitor(_)), "{error}");
    // What is forwarded does not go over a VLAN.
    server.block(None).await.unwrap();
    assert!(fetch(port).unwrap().contains("from the server"));

    driver.release().await;
    assert!(listened_on(port).is_empty());
    drop(driver);
    for vlan in vlans {
        assert!(vlan.is_up());
        Arc::into_inner(vlan).unwrap().stop().await;
    }
    drop(run_directory);
    reporter.finish();
}
