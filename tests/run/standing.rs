//! How things stand, for who asks, for who waits, for who comes later, and for a workflow.

use std::path::Path;

use nix::sys::signal::Signal;
use proctor::event::{Event, EventKind, State};
use proctor::report::json_lines;

use crate::scene::{Scene, run_of};

/// The events of a scene's run.
fn recorded(scene: &Scene) -> Vec<Event> {
    let mut events = Vec::new();
    let record = std::fs::read(scene.path().join("output/proctor-output/events.jsonl")).unwrap();
    assert!(json_lines::read(&record[..], |event| events.push(event)).unwrap());
    events
}

#[test]
fn a_signal_asks_how_things_stand() {
    let scene = Scene::new();
    let scripts = [scene.machine("machine", "")];
    let mut invocation = scene.start(run_of("hostile", &scripts, &["--test", "waits_in_the_host"]));
    invocation.wait_for("ready after");
    invocation.signal(Signal::SIGUSR1);
    invocation.wait_for("status  machine: execute(\"sleep 1000\"), for ");
    invocation.wait_for("machine  ready, at most 14m ");
    invocation.wait_for(" more (call-timeout of 900.0 s)");
    invocation.wait_for("; test waits_in_the_host, at most 59m ");
    invocation.signal(Signal::SIGINT);
    invocation.wait().expect(130);
    let events = recorded(&scene);
    let mut asked = events.iter().filter_map(|event| match &event.kind {
        EventKind::Status {
            in_progress, machines, ..
        } => Some((in_progress, machines)),
        _ => None,
    });
    let (in_progress, machines) = asked.next_back().unwrap();
    assert!(
        in_progress.starts_with("machine: execute(\"sleep 1000\"), for "),
        "{in_progress}"
    );
    assert_eq!(machines.len(), 1);
    assert_eq!(machines[0].state, State::Ready);
    assert!(!machines[0].console.is_empty());
    // What is told each second is for who watches.
    assert!(
        !events
            .iter()
            .any(|event| matches!(event.kind, EventKind::CallWaiting { .. }))
    );
}

/// A machine with a screen.
fn machine(scene: &Scene, name: &str) -> std::path::PathBuf {
    let screen = scene.path().join("screen.ppm");
    std::fs::write(&screen, [&b"P6\n64 64\n255\n"[..], &[7; 3 * 64 * 64]].concat()).unwrap();
    scene.machine(name, &format!("--fake-screen '{}'", screen.display()))
}

#[test]
fn a_failed_test_leaves_pictures_and_consoles() {
    let scene = Scene::new();
    let scripts = [machine(&scene, "machine")];
    let more = ["--test", "returns_the_error_of_a_command", "--timeout", "1m"];
    let ended = scene.run(run_of("hostile", &scripts, &more)).expect(1);
    ended.says("screenshot: failure-machine.png");
    let output = scene.path().join("output/proctor-output");
    assert!(image::open(output.join("failure-machine.png")).is_ok());
    let events = recorded(&scene);
    let failure = events.iter().find_map(|event| match &event.kind {
        EventKind::TestFinished { outcome, .. } => outcome.failure(),
        _ => None,
    });
    let [machine] = &failure.unwrap().machines[..] else {
        panic!("{failure:?}")
    };
    assert_eq!((machine.name.as_str(), machine.state), ("machine", State::Ready));
    assert!(!machine.console.is_empty());
    let picture = events
        .iter()
        .any(|event| matches!(&event.kind, EventKind::Screenshot { file, .. } if file == "failure-machine.png"));
    assert!(picture);
    // A test that passes leaves none.
    std::fs::remove_dir_all(&output).unwrap();
    let passes = ["--test", "sends_a_command_of_a_megabyte"];
    scene.run(run_of("hostile", &scripts, &passes)).expect(0);
    assert!(!Path::new(&output.join("failure-machine.png")).exists());
}

#[test]
fn a_workflow_sees_groups_and_annotations_and_obeys_nobody_else() {
    let scene = Scene::new();
    let scripts = [scene.machine("machine", "")];
    let more = [
        "--test",
        "returns_the_error_of_a_command",
        "--test",
        "returns_an_error_of_the",
    ];
    let mut command = scene.proctor();
    command.env("GITHUB_ACTIONS", "true");
    let ended = scene
        .start_as(command, run_of("hostile", &scripts, &more))
        .wait()
        .expect(1);
    let lines: Vec<&str> = ended.stderr.lines().collect();
    let token = lines[0].strip_prefix("::stop-commands::").unwrap();
    assert!(token.len() > 30, "{token}");
    let resume = format!("::{token}::");
    assert_eq!(lines.last(), Some(&resume.as_str()));
    let mut obeyed = false;
    let mut commands = Vec::new();
    for line in &lines[1..] {
        if *line == resume {
            obeyed = true;
        } else if line.starts_with("::stop-commands::") {
            assert_eq!(line.strip_prefix("::stop-commands::"), Some(token));
            obeyed = false;
        } else if obeyed {
            commands.push(*line);
        }
    }
    let groups = commands.iter().filter(|line| line.starts_with("::group::")).count();
    let ends = commands.iter().filter(|line| **line == "::endgroup::").count();
    assert_eq!((groups, ends), (2, 2), "{commands:?}");
    let errors: Vec<_> = commands.iter().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!(errors.len(), 2, "{commands:?}");
    assert!(
        errors
            .iter()
            .all(|error| error.contains("file=hostile/src/ends.rs,line=")),
        "{errors:?}"
    );
    // Elsewhere there is none of it.
    let ended = scene.run(run_of("hostile", &scripts, &more)).expect(1);
    assert!(!ended.stderr.contains("::group::"));
}

#[test]
fn the_level_of_the_log_is_chosen() {
    let scene = Scene::new();
    let says = |level: &str| {
        let ended = scene.run(run_of(
            "log",
            &[],
            &["--test", "every_level_is_written", "--log-level", level],
        ));
        ended.expect(0).stderr
    };
    for (level, shown) in [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)] {
        let text = says(level);
        let count = ["Debug", "Info", "Warning", "Error"]
            .iter()
            .filter(|name| text.contains(&format!("of level {name}")))
            .count();
        assert_eq!(count, shown, "{level}: {text}");
    }
}
