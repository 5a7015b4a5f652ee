//! Two machines on one VLAN.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use proctor::driver::Driver;
use proctor::event::Reporter;
use proctor::limits::Limits;
use proctor::machine::{Machine, StartScript};
use proctor::polling::Polling;
use proctor::run_directory::RunDirectory;
use proctor::setup_clock::SetupClock;
use proctor::vlan::Vlan;
use proctor_tests::mini_script;

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_machine_is_cut_off_and_an_unblocked_one_is_not() {
    let scratch = tempfile::tempdir().unwrap();
    let (reporter, events) = Reporter::start(Vec::new()).unwrap();
    let run = RunDirectory::create(false, None).unwrap();
    let vlan = Arc::new(Vlan::start(1, &run, &events).await.unwrap());
    let machine = |name: &str, node| {
        let script: &Path = &mini_script(scratch.path(), name, node, "1");
        let script = StartScript::open(script).unwrap();
        Machine::new(
            script,
            &run,
            &[1],
            &Limits::default(),
            &events,
            &SetupClock::default(),
            &Polling::default(),
        )
        .unwrap()
    };
    let driver = Driver::new(vec![machine("client", 2), machine("server", 1)], &[Arc::clone(&vlan)]);
    driver.start_all().await.unwrap();
    let (client, server) = (driver.machine("client").unwrap(), driver.machine("server").unwrap());
    let ping = "ping -c 1 -W 1 192.168.1.1";
    server.connect().await.unwrap();
    client
        .wait_until_succeeds(ping, Some(Duration::from_secs(60)), None)
        .await
        .unwrap();
    server.block().await.unwrap();
    client.fail(ping, None).await.unwrap();
    server.unblock().await.unwrap();
    client
        .wait_until_succeeds(ping, Some(Duration::from_secs(30)), None)
        .await
        .unwrap();
    driver.release().await;
    drop(driver);
    assert!(vlan.is_up());
    Arc::into_inner(vlan).unwrap().stop().await;
    drop(run);
    reporter.finish();
}
