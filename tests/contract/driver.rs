//! Several machines at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use proctor::driver::Driver;
use proctor::error::Cause;
use proctor::event::{Events, Reporter};
use proctor::grants::Grants;
use proctor::limits::{Limits, STOP_GRACE};
use proctor::machine::{Machine, MachineDescription, MachineFactory, MachineParts, StartScript};
use proctor::output_directory::OutputDirectory;
use proctor::polling::Polling;
use proctor::run_directory::RunDirectory;
use proctor::setup_clock::SetupClock;
use proctor::vlan::Vlan;
use proctor_tests::{LATE, PATIENCE, Record, fake_script, path_from_environment, processes, write_script};

struct Scene {
    driver: Driver,
    setup: SetupClock,
    run: RunDirectory,
    scratch: tempfile::TempDir,
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
        Machine::new(
            script,
            &run,
            vlans,
            &Limits::default(),
            &events,
            &setup,
            &Polling::default(),
        )
        .unwrap()
    });
    let factory = MachineFactory {
        run: run.clone(),
        vlans: vlans.to_vec(),
        limits: Limits::default(),
        events: events.clone(),
        setup: setup.clone(),
        polling: Polling::default(),
    };
    let driver = Driver::new(machines.collect(), &switches).with_factory(factory);
    Scene {
        driver,
        setup,
        run,
        scratch,
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
    // One after the other they would wait for one another in vain.
    let together = tempfile::tempdir().unwrap();
    let meet = format!(
        "touch '{0}'/$$; until [ $(ls '{0}' | wc -l) -eq 6 ]; do sleep 0.05; done; pwd",
        together.path().display()
    );
    let start = Instant::now();
    scene.driver.start_all().await.unwrap();
    let commands: Vec<_> = scene
        .driver
        .machines()
        .iter()
        .cloned()
        .map(|machine| {
            let meet = meet.clone();
            tokio::spawn(async move { machine.succeed(&meet, Some(LATE)).await })
        })
        .collect();
    let mut places = std::collections::BTreeSet::new();
    for command in commands {
        places.insert(command.await.unwrap().unwrap().stdout);
    }
    assert_eq!(places.len(), 6);
    // Waits for boots count once.
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
        .map(|machine| tokio::spawn(async move { machine.shutdown(Some(PATIENCE)).await }))
        .collect();
    scene.driver.join_all(Some(PATIENCE)).await.unwrap();
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
    scene.driver.machine("good").unwrap().connect(None).await.unwrap();
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
        machine.connect(None).await.unwrap();
    }
    let machine = scene.driver.machine("a").unwrap().clone();
    let command = "trap '' TERM; touch began; sleep 1000";
    let running = tokio::spawn(async move { machine.succeed(command, None).await });
    let began = scene.run.machine("a").join("tmp/began");
    processes::wait_until("no command runs", || began.exists()).await;
    let start = Instant::now();
    scene.driver.release().await;
    assert!(start.elapsed() < STOP_GRACE + LATE, "{:?}", start.elapsed());
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

/// A machine whose emulator is the fake machine.
fn parts(scene: &Scene, name: &str) -> MachineParts {
    let fake = path_from_environment("PROCTOR_FAKE_MACHINE");
    let program = scene.scratch.path().join("an emulator");
    write_script(&program, &format!("#!/bin/sh\nexec '{}' -- \"$@\"\n", fake.display()));
    MachineParts {
        name: name.into(),
        binary: Some(program.to_string_lossy().into_owned()),
        arguments: vec!["-cpu".into(), "it's $(touch evil)".into()],
        ..MachineParts::default()
    }
}

#[tokio::test]
async fn machines_are_made_of_parts_and_end_with_the_others() {
    let scene = scene(&[("server", "")], &[]).await;
    let driver = scene.driver.clone().with_grants(Grants {
        create_machine: true,
        ..Grants::default()
    });
    let made = driver
        .create_machine(&MachineDescription::Parts(parts(&scene, "made")))
        .unwrap();
    let names: Vec<String> = driver
        .machines()
        .iter()
        .map(|machine| machine.name().to_owned())
        .collect();
    assert_eq!(names, ["made", "server"]);
    assert_eq!(made.succeed("echo made", None).await.unwrap().stdout, b"made\n");
    assert_eq!(driver.machine("made").unwrap().name(), "made");
    assert!(made.is_up().await);
    // It begins in its state directory.
    assert!(!scene.run.machine("made").join("evil").exists());
    for taken in ["made", "server"] {
        let error = driver
            .create_machine(&MachineDescription::Parts(parts(&scene, taken)))
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&format!("there is a machine `{taken}` already")),
            "{error}"
        );
        assert_eq!(error.machine.as_deref(), Some(taken));
    }
    let error = driver
        .create_machine(&MachineDescription::Parts(parts(&scene, "../evil")))
        .unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    driver.release().await;
    assert!(!made.is_up().await);
    assert!(processes::of_run(scene.run.path()).is_empty());
}

#[tokio::test]
async fn no_machine_is_made_without_leave() {
    let scene = scene(&[], &[]).await;
    let error = scene
        .driver
        .create_machine(&MachineDescription::Parts(parts(&scene, "made")))
        .unwrap_err();
    let denied = matches!(
        error.cause,
        Cause::Denied {
            capability: "allow-create-machine",
            ..
        }
    );
    assert!(denied, "{error}");
    let error = Driver::new(Vec::new(), &[])
        .create_machine(&MachineDescription::Parts(parts(&scene, "made")))
        .unwrap_err();
    assert!(matches!(error.cause, Cause::Unsupported(_)), "{error}");
}

#[tokio::test]
async fn files_are_written_beneath_the_output_directory_only() {
    let scratch = tempfile::tempdir().unwrap();
    let output = OutputDirectory::open(scratch.path()).unwrap();
    let driver = Driver::new(Vec::new(), &[]).with_output(output);
    driver.write_output_file("a/b", vec![0, 255]).await.unwrap();
    assert_eq!(std::fs::read(scratch.path().join("a/b")).unwrap(), [0, 255]);
    let error = driver.write_output_file("../b", Vec::new()).await.unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    let error = driver.write_output_file("a", Vec::new()).await.unwrap_err();
    assert!(matches!(error.cause, Cause::InvalidArgument(_)), "{error}");
    let error = Driver::new(Vec::new(), &[])
        .write_output_file("a", Vec::new())
        .await
        .unwrap_err();
    assert!(matches!(error.cause, Cause::Unsupported(_)), "{error}");
}
