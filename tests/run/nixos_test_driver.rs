//! The program under the name `nixos-test-driver`.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use proctor_tests::interpreter_is_there;

use crate::invocation::Ended;
use crate::scene::Scene;

fn driver(scene: &Scene, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    named(scene, "nixos-test-driver", arguments, environment)
}

/// Runs the program by another name.
fn named(scene: &Scene, name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut command: Command = scene.proctor();
    command.arg0(format!("/nix/store/abc/bin/{name}"));
    command.envs(environment.iter().copied());
    scene.start_as(command, arguments).wait()
}

fn script(scene: &Scene, text: &str) -> String {
    let path = scene.path().join("test-script");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn old_flags_and_variables_work() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let [alpha, beta] = ["alpha", "beta"].map(|name| scene.machine(name, "").to_str().unwrap().to_owned());
    let script = script(
        &scene,
        "start_all()\nalpha.succeed('true'); beta.succeed('true'); assert vlan1.nr == 1\n\
         (driver.out_dir / 'left').write_text(os.environ['out'])\n",
    );
    let ended = driver(
        &scene,
        &["--start-scripts", &alpha, &beta, "--vlans", "1", "1", "--", &script],
        &[],
    )
    .expect(0);
    ended.says("Machine state will be reset. To keep it, pass --keep-vm-state");
    let output = scene.path().join("output/proctor-output").canonicalize().unwrap();
    // Without -o it is a directory of its own: what stands where it runs is not the script's to change.
    let left = std::fs::read_to_string(output.join("left")).unwrap();
    assert_eq!(left, output.to_str().unwrap());
    let scripts = format!("{alpha} {beta}");
    let log = scene.path().join("log.xml");
    let elsewhere = scene.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    driver(
        &scene,
        &[
            "--output_directory",
            elsewhere.to_str().unwrap(),
            "--no-interactive",
            "--junit-xml",
            "junit.xml",
            "--log-level",
            "warning",
        ],
        &[
            ("startScripts", &scripts),
            ("vlans", " 1\n1 "),
            ("testScript", &script),
            ("LOGFILE", log.to_str().unwrap()),
            ("globalTimeout", "3600"),
        ],
    )
    .expect(0)
    .does_not_say("TEST test-script");
    assert!(elsewhere.join("left").is_file());
    assert!(
        std::fs::read_to_string(elsewhere.join("junit.xml"))
            .unwrap()
            .contains("<testsuite")
    );
    assert!(std::fs::read_to_string(log).unwrap().contains("<logfile>"));
}

#[test]
fn a_configuration_in_json_works() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let path = scene.machine("x", "");
    let script = script(
        &scene,
        "assert [m.name for m in machines] == ['db-1', 'web'], machines\ndb_1.succeed('true'); vlan7\n",
    );
    let file = scene.path().join("config.json");
    let mut configuration = serde_json::json!({
        "vms": {"web": {"name": "web", "start_script": path}, "db": {"name": "db-1", "start_script": path}},
        "containers": {}, "vlans": [7], "global_timeout": 3600.0, "enable_ssh_backdoor": false,
        "test_script": script, "display_viewers": {}
    });
    let run = |configuration: &serde_json::Value| {
        std::fs::write(&file, configuration.to_string()).unwrap();
        driver(&scene, &["-c", file.to_str().unwrap()], &[])
    };
    run(&configuration).expect(0);
    configuration["globel_timeout"] = 5.into();
    run(&configuration).expect(0).says("`globel_timeout` is not known");
    configuration["enable_ssh_backdoor"] = true.into();
    run(&configuration)
        .expect(0)
        .says("enable_ssh_backdoor is of no effect");
    configuration["containers"] = serde_json::json!({"c": {"name": "c", "start_script": path}});
    run(&configuration).expect(2).says("machine `c` is a container");
    configuration["containers"] = serde_json::json!({});
    configuration["vms"]["web"]["name"] = "../evil".into();
    run(&configuration).expect(2).says("names its machine \"../evil\"");
    std::fs::write(&file, "{").unwrap();
    driver(&scene, &["-c", file.to_str().unwrap()], &[])
        .expect(2)
        .says("configuration");
}

#[test]
fn exit_statuses_are_those_of_the_nixos_driver() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let machine = scene.machine("machine", "").to_str().unwrap().to_owned();
    let dead = scene.machine("dead", "--fake-die start").to_str().unwrap().to_owned();
    let run = |text: &str, machine: &str, more: &[&str]| {
        let script = script(&scene, text);
        let mut arguments = more.to_vec();
        arguments.extend(["--start-scripts", machine, "--", &script]);
        driver(&scene, &arguments, &[])
    };
    run("machine.succeed('true')", &machine, &[]).expect(0);
    run("machine.succeed('false')", &machine, &[]).expect(1);
    run("dead.succeed('true')", &dead, &[]).expect(1);
    run("machine.succeed('sleep 100')", &machine, &["--global-timeout", "4"])
        .expect(143)
        .says("the global timeout of 4.00 s passed");
    // Wrappers set variables that are empty.
    let nothing = self::script(&scene, "assert machines == [] and vlans == []");
    driver(&scene, &[&nothing], &[("startScripts", ""), ("vlans", "")]).expect(0);
    driver(&scene, &[], &[]).expect(2).says("no test script is given");
    driver(&scene, &["--no-such-flag"], &[]).expect(2);
    driver(&scene, &["-o", "/nowhere", "x"], &[]).expect(2).says("/nowhere");
    driver(&scene, &["--global-timeout", "-1", "x"], &[]).expect(2);
}

#[test]
fn the_store_is_readable_and_nothing_else() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let machine = scene.machine("machine", "").to_str().unwrap().to_owned();
    let script = script(
        &scene,
        "try:\n    machine.copy_from_host('/etc/passwd', 'x')\nexcept Exception as e:\n    print('refused', e)\n",
    );
    driver(&scene, &["--start-scripts", &machine, "--", &script], &[])
        .expect(0)
        .says("refused")
        .says("--allow-read");
}

#[test]
fn the_symbols_are_written() {
    let scene = Scene::new();
    named(&scene, "generate-driver-symbols", &[], &[]).expect(0);
    let symbols = std::fs::read_to_string(scene.path().join("output/driver-symbols")).unwrap();
    for name in ["start_all", "t", "polling_condition", "BaseMachine"] {
        assert!(symbols.split(',').any(|symbol| symbol == name), "{symbols}");
    }
}
