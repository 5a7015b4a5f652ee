//! What is said of scripts of the NixOS test driver that have errors, while they run and before.

use proctor_tests::interpreter_is_there;

use crate::invocation::Ended;
use crate::scene::Scene;
use crate::scripts::{SCRIPTS, corpus, run, told};

#[test]
fn a_script_that_fails_shows_its_own_lines() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let file = told(&scene);
    let ended = run(
        &scene,
        "def check(value):\n    t.assertEqual(value, 2)\n\ncheck(1)  # here\n",
        &[],
    )
    .expect(1);
    ended
        .says("RequestedAssertionFailed: 1 != 2")
        .says(&format!("File \"{file}\", line 4, in <module>"))
        .says("    check(1)  # here")
        .says(&format!("File \"{file}\", line 2, in check"))
        .says("    t.assertEqual(value, 2)")
        .says(&format!("{file}:2:5"))
        .does_not_say("unittest")
        .does_not_say("test_driver");
    run(&scene, "start_all(\n", &[])
        .expect(1)
        .says("SyntaxError: '(' was never closed")
        .says(&format!("{file}:1:10"));
    // What the compiler finds, and what is no text.
    run(&scene, "x = 1\nreturn x\n", &[])
        .expect(1)
        .says("SyntaxError: 'return' outside function")
        .says("    return x");
    run(
        &scene,
        "raise ExceptionGroup('several', [KeyError('one'), ValueError('two')])\n",
        &[],
    )
    .expect(1)
    .says("KeyError: 'one'")
    .says("ValueError: two");
    run(&scene, "machine.succeed('exit 3')\n", &[])
        .expect(1)
        .says("RequestedAssertionFailed: command `exit 3` failed (exit code 3)")
        .says("call         succeed(\"exit 3\")");
    run(&scene, "undefined_name\n", &[])
        .expect(1)
        .says("NameError: name 'undefined_name' is not defined");
    run(&scene, "raise KeyError('gone')\n", &[])
        .expect(1)
        .says("KeyError: 'gone'");
    run(&scene, "log.error('over')\nprint('not reached')\n", &[])
        .expect(1)
        .says("over")
        .does_not_say("not reached");
    run(&scene, "import sys; sys.exit(2)\n", &[])
        .expect(1)
        .says("sys.exit(2)");
    run(&scene, "import sys; sys.exit(0)\n", &[]).expect(0);
    run(
        &scene,
        "with subtest('a part'):\n    assert machine.succeed('echo 1') == '2\\n'\n",
        &[],
    )
    .expect(1)
    .says("FAIL subtest a part")
    .says("- 2")
    .says("+ 1");
    // Text in a file's own encoding, and a file that is none.
    std::fs::write(
        scene.path().join("latin.py"),
        b"# -*- coding: latin-1 -*-\nassert 'caf\xe9' == 'caf\\u00e9'\n",
    )
    .unwrap();
    let latin = scene.path().join("latin.py");
    scene.run(["run", latin.to_str().unwrap()]).expect(0);
    std::fs::write(scene.path().join("other.py"), b"x = 1\ny = 'caf\xe9'\n").unwrap();
    scene
        .run(["run", scene.path().join("other.py").to_str().unwrap()])
        .expect(1)
        .says("SyntaxError: the script is not UTF-8: byte 0xe9");
    let pipe = scene.path().join("pipe.py");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    scene
        .run(["run", pipe.to_str().unwrap()])
        .expect(2)
        .says("is not a file");
    for taken in ["/", "/tmp"] {
        run(&scene, "print('not reached')", &["--allow-read", taken])
            .expect(2)
            .says("a script has a directory of its own at /tmp");
    }
    let missing = scene.path().join("missing.py");
    scene
        .run(["run", missing.to_str().unwrap()])
        .expect(2)
        .says("cannot read script")
        .says("missing.py");
}

/// `proctor check` of a script of a few lines, for the machine `machine` where `known`.
fn check(scene: &Scene, script: &str, known: bool) -> Ended {
    let path = scene.path().join("script.py");
    std::fs::write(&path, script).unwrap();
    let machine = scene.machine("machine", "");
    let mut words = vec!["check", path.to_str().unwrap()];
    if known {
        words.extend(["--start-scripts", machine.to_str().unwrap(), "--vlans", "1"]);
    }
    scene.run(words)
}

#[test]
fn errors_are_found_before_anything_boots() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let file = told(&scene);
    let fine = "import re, test_driver.machine\nfrom xml.etree import ElementTree\nstart_all()\nwith subtest('a'):\n    machine.succeed(re.escape('x'))\nvlan1, t, os, log, test_driver, ElementTree\n";
    let ended = check(&scene, fine, true).expect(0);
    assert_eq!(ended.stdout, format!("{file}: no errors found\n"));
    for (script, known, found) in [
        (
            "machine.succeed(\nfoo\n",
            true,
            "1:16: error: SyntaxError: '(' was never closed",
        ),
        ("machine.succeed(foo)\n", true, "1:17: error: undefined name 'foo'"),
        ("server.succeed('true')\n", true, "1:1: error: undefined name 'server'"),
        ("vlan2\n", true, "1:1: error: undefined name 'vlan2'"),
        (
            "\nmachine.suceed('true')\n",
            true,
            "2:1: error: a machine has no `suceed`; is it `succeed`?",
        ),
        ("def f():\n    return x\n", false, "2:12: error: undefined name 'x'"),
        (
            "def f():\n    import numpy.linalg as n\n    return n\n",
            false,
            "2:5: error: there is no module 'numpy'",
        ),
        (
            "from ssl import SSLContext as S\nS()\n",
            false,
            "1:1: error: Python's module 'ssl' is not there",
        ),
        ("\0", true, "1:"),
        ("# coding: nothing\n", true, "1:0: error: SyntaxError"),
    ] {
        let ended = check(&scene, script, known).expect(1);
        assert!(
            ended.stdout.contains(&format!("{file}:{found}")),
            "{script:?}: {}",
            ended.stdout
        );
    }
    // Without machines' names what is used like one is one.
    check(&scene, "server.succeed('true')\n", false).expect(0);
    // What does no harm is a warning.
    let ended = check(&scene, "import json\n", true).expect(0);
    assert!(
        ended.stdout.contains(":1:1: warning: 'json' imported but unused"),
        "{}",
        ended.stdout
    );
    // The corpus is fine, and every file is looked at.
    let machines = ["machine", "web-server", "database"].map(|name| scene.machine(name, ""));
    let mut words = vec!["check".to_owned()];
    words.extend(SCRIPTS.map(|script| corpus().join(script).with_extension("py").to_str().unwrap().to_owned()));
    words.push("--start-scripts".into());
    words.extend(machines.map(|path| path.to_str().unwrap().to_owned()));
    words.extend(["--vlans", "1", "2"].map(str::to_owned));
    scene.run(words).expect(0);
}

#[test]
fn an_undefined_name_is_told_once_where_it_stands_first() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let ended = check(
        &scene,
        "def f():\n    server.start()\n\nserver.succeed('true')\nserver.crash()\n",
        true,
    )
    .expect(1);
    let lines: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(lines, [format!("{}:2:5: error: undefined name 'server'", told(&scene))]);
}

#[test]
fn a_script_without_machines_is_told_how_they_are_given() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let path = scene.path().join("script.py");
    for (script, says) in [
        (
            "machine.succeed('true')\n",
            "name 'machine' is not defined: the run has no machines, for no start scripts are given (--start-scripts)",
        ),
        ("print(other)\n", "name 'other' is not defined\n"),
    ] {
        std::fs::write(&path, script).unwrap();
        scene.run(["run", path.to_str().unwrap()]).expect(1).says(says);
    }
}

#[test]
fn a_boot_that_takes_too_long_is_told_as_one() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let path = scene.path().join("script.py");
    std::fs::write(&path, "machine.succeed('true', timeout=5)\n").unwrap();
    let machine = scene.machine("machine", "--fake-handshake never");
    scene
        .run([
            "run",
            path.to_str().unwrap(),
            "--boot-timeout",
            "1s",
            "--start-scripts",
            machine.to_str().unwrap(),
        ])
        .expect(2)
        .says("MachineError: machine `machine`: execute(\"true\") failed after 1")
        .says("the boot limit (--boot-timeout) of 1.00 s passed")
        .does_not_say("action timed out");
}

#[test]
fn a_condition_that_does_not_hold_is_told_with_what_it_raised() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let script = "@polling_condition(seconds_interval=0.01)\ndef answers():\n    'the server answers'\n    \
                  machine.succeed('exit 7')\nwith answers:\n    machine.sleep(1)\n    \
                  machine.succeed('true')\n";
    run(&scene, script, &[])
        .expect(1)
        .says("PollingConditionError: Polling condition failed: the server answers\n")
        .says("error        Polling condition failed: the server answers: RequestedAssertionFailed: command `exit 7` failed (exit code 7)");
}

#[test]
fn that_the_interpreter_is_compiled_is_told() {
    if !interpreter_is_there() {
        return;
    }
    let scene = Scene::new();
    let path = scene.path().join("script.py");
    std::fs::write(&path, "").unwrap();
    for subcommand in ["run", "check", "list"] {
        let cache = scene.path().join(format!("cache-{subcommand}"));
        let run = || {
            let mut proctor = scene.proctor();
            proctor.env("XDG_CACHE_HOME", &cache);
            scene
                .start_as(proctor, [subcommand, path.to_str().unwrap()])
                .wait()
                .expect(0)
        };
        let told = "compiling the interpreter of test scripts: this takes some seconds, the first time";
        run().says(told);
        run().does_not_say(told);
    }
}
