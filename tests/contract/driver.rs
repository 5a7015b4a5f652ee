//! Several machines at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use proctor::driver::Driver;
use proctor::error::Cause;
use proctor::event::{Events, Reporter};
use proctor::limits::Limits;
use proctor::machine::{Machine, StartScript};
use proctor::run_directory::RunDirectory;
use proctor::setup_clock::SetupClock;
use proctor::vlan::Vlan;
use proctor_tests::{Record, fake_script, processes};

struct Scene {
    driver: Driver,
    setup: SetupClock,
    run: RunDirectory,
    _scratch: tempfile::TempDir,
    _reporter: Reporter,
}

async fn scene(machines: &[(&str, &str)], vlans: &[u32]) -> Scene {
    let scratch = tempfile::tempdir().unwrap();
    let (reporter, events): (Reporter, Events) = Reporter::start(vec![Box::new(Record::default())]).unwrap();
    let (run, setup) = (RunDirectory::create(false, None).unwrap(), SetupClock::default());
    let mut switches = Vec::new();
    for number in vlans {
        switches.push(Arc::new(Vlan::start(*number, &run, &events).await.unwrap()));
    }
    let machines = machines.iter().map(|(name, options)| {
        let script = StartScript::open(&fake_script(scratch.path(), name, options)).unwrap();
        Machine::new(script, &run, vlans, &Limits::default(), &events, &setup).unwrap()
    });
    let driver = Driver::new(machines.collect(), &switches);
    Scene {
        driver,
        setup,
        run,
        _scratch: scratch,
        _reporter: reporter,
    }
}

#[tokio::test]
async fn machines_are_found_by_name() {
    let scene = scene(&[("server", ""), ("client", "")], &[1, 2]).await;
    assert_eq!(scene.driver.machine("client").unwrap().name(), "client");
    let machines = scene.driver.machines();
    let names: Vec<&str> = machines.iter().map(Machine::name).collect();
    assert_eq!(names, ["server", "client"]);
    assert_eq!(
        scene
            .driver
            .vlans()
            .iter()
            .map(|vlan| vlan.number())
            .collect::<Vec<_>>(),
        [1, 2]
    );
    let error = scene.driver.machine("nobody\x1b\n").unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("`server`, `client`") && !text.contains(['\x1b', '\n']),
        "{text:?}"
    );
    assert!(
        self::scene(&[], &[])
            .await
            .driver
            .machine("x")
            .unwrap_err()
            .to_string()
            .contains("there are none")
    );
}

#[tokio::test]
async fn all_machines_start_work_and_stop_at_the_same_time() {
    let machines: Vec<String> = (0..6).map(|number| format!("m{number}")).collect();
    let machines: Vec<(&str, &str)> = machines
        .iter()
        .map(|name| (name.as_str(), "--fake-handshake late=400"))
        .collect();
    let scene = scene(&machines, &[1]).await;
    let start = Instant::now();
    scene.driver.start_all().await.unwrap();
    let commands: Vec<_> = scene
        .driver
        .machines()
        .iter()
        .cloned()
        .map(|machine| {
            tokio::spawn(async move { machine.succeed("sleep 0.3; pwd", Some(Duration::from_secs(20))).await })
        })
        .collect();
    let mut places = std::collections::BTreeSet::new();
    for command in commands {
        places.insert(command.await.unwrap().unwrap().stdout);
    }
    assert_eq!(places.len(), 6);
    // One after the other they would take more than 4 s. Waits for boots count once.
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert!(scene.setup.total() >= Duration::from_millis(300) && scene.setup.total() < start.elapsed());
    scene.driver.sync().await;
    let joined = scene
        .driver
        .join_all(Some(Duration::from_millis(100)))
        .await
        .unwrap_err();
    assert!(
        matches!(&joined.cause, Cause::Several(errors) if errors.len() == 6),
        "{joined}"
    );
    let off: Vec<_> = scene
        .driver
        .machines()
        .iter()
        .cloned()
        .map(|machine| tokio::spawn(async move { machine.shutdown(Some(Duration::from_secs(20))).await }))
        .collect();
    scene.driver.join_all(Some(Duration::from_secs(20))).await.unwrap();
    for off in off {
        off.await.unwrap().unwrap();
    }
    scene.driver.join_all(None).await.unwrap();
}

#[tokio::test]
async fn one_that_does_not_start_is_told_and_the_others_run() {
    let scene = scene(
        &[("good", ""), ("bad", "--fake-die start --fake-die-text 'no disk'")],
        &[],
    )
    .await;
    let error = scene.driver.start_all().await.unwrap_err();
    assert_eq!(error.machine.as_deref(), Some("bad"));
    assert!(error.to_string().contains("no disk"), "{error}");
    scene.driver.machine("good").unwrap().connect().await.unwrap();
}

#[tokio::test]
async fn several_that_do_not_start_are_all_told() {
    let scene = scene(
        &[
            ("b", "--fake-die start --fake-die-text two"),
            ("a", "--fake-die start --fake-die-text one"),
        ],
        &[],
    )
    .await;
    let error = scene.driver.start_all().await.unwrap_err();
    let Cause::Several(errors) = &error.cause else {
        panic!("{error}")
    };
    assert!(errors.len() == 2 && errors[0].contains("`a`") && errors[0].contains("one") && errors[1].contains("two"));
    assert_eq!((error.machine, error.action.as_str()), (None, "start-all"));
}

#[tokio::test]
async fn a_release_leaves_nothing_whatever_runs() {
    let scene = scene(
        &[
            ("a", ""),
            ("b", "--fake-ignore-sigterm"),
            ("c", "--fake-stray session"),
            ("d", ""),
        ],
        &[1],
    )
    .await;
    for machine in &scene.driver.machines()[..3] {
        machine.connect().await.unwrap();
    }
    let machine = scene.driver.machine("a").unwrap().clone();
    let running = tokio::spawn(async move { machine.succeed("trap '' TERM; sleep 1000", None).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let start = Instant::now();
    scene.driver.release().await;
    // `STOP_GRACE`.
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let error = running.await.unwrap().unwrap_err();
    assert!(matches!(error.cause, Cause::MachineDown { .. }), "{error}");
    processes::wait_until("machines are left", || {
        processes::of_run(scene.run.path())
            .iter()
            .all(|(_, command)| command.starts_with("vde_switch"))
    })
    .await;
    drop(scene);
}
