//! The reports of a run: written as it goes on, made of its record later, and there however it ends.

use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;
use proctor::event::{Event, EventKind, Source, State};
use proctor::report::json_lines;

use crate::patience::wait_until;
use crate::scene::{Scene, run_of};
use proctor_tests::LATE;

/// The arguments that ask for all reports, in files of these names with a prefix.
fn all_reports(prefix: &str) -> Vec<String> {
    ["xml", "junit", "trace"]
        .iter()
        .flat_map(|format| [format!("--{format}"), format!("{prefix}.{format}")])
        .collect()
}

/// What is in a file of the directory in which `proctor` runs.
fn read(scene: &Scene, name: &str) -> String {
    let path = scene.path().join("output").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// The record of the run, in which directory there is no other, and whether it is whole.
fn record(scene: &Scene) -> (Vec<Event>, bool) {
    let path = record_path(scene);
    let mut events = Vec::new();
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let whole = json_lines::read(file, |event| events.push(event)).unwrap();
    (events, whole)
}

fn record_path(scene: &Scene) -> PathBuf {
    scene.path().join("output/proctor-output/events.jsonl")
}

/// Panics unless all reports with that prefix can be read.
fn check(scene: &Scene, prefix: &str) {
    for (format, root) in [("xml", "logfile"), ("junit", "testsuites")] {
        let text = read(scene, &format!("{prefix}.{format}"));
        let document = roxmltree::Document::parse(&text);
        let document = document.unwrap_or_else(|error| panic!("{format}: {error}\n{text}"));
        assert!(document.root_element().has_tag_name(root));
    }
    let text = read(scene, &format!("{prefix}.trace"));
    let trace: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(trace["traceEvents"].is_array());
}

/// Makes all reports of the run's record, and panics unless they can be read.
fn make(scene: &Scene, prefix: &str) {
    let record = record_path(scene);
    let arguments = [
        vec!["report".to_owned(), record.display().to_string()],
        all_reports(prefix),
    ]
    .concat();
    scene.run(arguments).expect(0);
    check(scene, prefix);
}

fn run(scene: &Scene, program: &str, machines: &[PathBuf], more: &[&str]) -> Vec<PathBuf> {
    let mut arguments = run_of(program, machines, more);
    arguments.extend(all_reports("live").iter().map(PathBuf::from));
    assert!(Path::new(scene.path()).is_dir());
    arguments
}

#[test]
fn what_is_made_of_the_record_is_what_was_written_live() {
    let scene = Scene::new();
    let machines = [scene.machine("machine", "--fake-serial escapes --fake-serial invalid-utf8")];
    let ended = scene.run(run(&scene, "log", &machines, &[])).expect(1);
    check(&scene, "live");
    make(&scene, "later");
    for format in ["xml", "junit", "trace"] {
        let [live, later] = ["live", "later"].map(|prefix| read(&scene, &format!("{prefix}.{format}")));
        assert!(live == later, "{format}: {live}\n{later}");
    }
    // They tell what the terminal does.
    let junit = read(&scene, "live.junit");
    let document = roxmltree::Document::parse(&junit).unwrap();
    let cases: Vec<_> = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"))
        .collect();
    let report = ended.report();
    assert_eq!(cases.len(), report.verdicts.len());
    for case in cases {
        let failed = case.children().any(|node| node.has_tag_name("failure"));
        // With the name of its component, whatever else is run.
        let name = case.attribute("name").unwrap().strip_prefix("program-log::");
        let verdict = report.verdict(name.unwrap());
        assert_eq!(verdict, if failed { "FAIL" } else { "PASS" });
    }
    let xml = read(&scene, "live.xml");
    assert!(xml.contains("<line machine=\"machine\" type=\"serial\">"), "{xml}");
    assert!(xml.contains("<nest><head>subtest: "), "{xml}");
}

#[test]
fn a_run_logs_where_its_environment_says_unless_a_flag_does() {
    let scene = Scene::new();
    let arguments = run_of("log", &[], &["--test", "every_level_is_written"]);
    let with_log_file = |path: &str| {
        let mut command = scene.proctor();
        command.env("LOGFILE", path);
        command
    };
    for path in ["/dev/null", ""] {
        scene.start_as(with_log_file(path), &arguments).wait().expect(0);
    }
    scene.start_as(with_log_file("log.xml"), &arguments).wait().expect(0);
    assert!(read(&scene, "log.xml").contains("a line of level Debug"));
    let arguments = run_of("log", &[], &["--test", "every_level_is_written", "--xml", "flag.xml"]);
    scene.start_as(with_log_file("other.xml"), arguments).wait().expect(0);
    assert!(read(&scene, "flag.xml").ends_with("</logfile>\n"));
    assert!(!scene.path().join("output/other.xml").exists());
}

#[test]
fn an_interrupted_run_has_its_reports() {
    let scene = Scene::new();
    std::fs::write(scene.path().join("output/live.junit"), "of another run").unwrap();
    let machines = [scene.machine("machine", "")];
    let arguments = run(&scene, "hostile", &machines, &["--test", "waits_in_the_host"]);
    let mut invocation = scene.start(arguments);
    invocation.wait_for("ready after");
    // What was there is none of this run's.
    assert!(!scene.path().join("output/live.junit").exists());
    invocation.signal(Signal::SIGTERM);
    invocation.wait().expect(143);
    check(&scene, "live");
    let junit = read(&scene, "live.junit");
    assert!(
        junit.contains("type=\"interrupted\"") && junit.contains("failures=\"0\" errors=\"1\""),
        "{junit}"
    );
}

/// The number of a line that the fake machine's flood prints: `... N`.
fn flood_number(line: &str) -> Option<u64> {
    line.rsplit(' ').next()?.parse().ok()
}

#[test]
fn a_run_that_is_killed_in_a_flood_leaves_all_that_it_has_shown() {
    let scene = Scene::new();
    let machines = [scene.machine("machine", "--fake-serial endless")];
    let arguments = run(&scene, "hostile", &machines, &["--test", "waits_in_the_host"]);
    let mut invocation = scene.start(arguments);
    invocation.wait_for("ready after");
    let size = || std::fs::metadata(record_path(&scene)).unwrap().len();
    let before = size();
    wait_until(4 * LATE, "the flood goes on", || match size() - before {
        0..1_000_000 => Err("not yet".into()),
        _ => Ok(()),
    });
    invocation.signal(Signal::SIGKILL);
    let ended = invocation.wait();
    assert_eq!(ended.status.code(), None);

    // The record is readable to its last line, but for one that was being written.
    let (events, _) = record(&scene);
    let recorded: Vec<u64> = events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Console { line, .. } => flood_number(line),
            _ => None,
        })
        .collect();
    assert!(recorded.len() > 1_000, "{}", recorded.len());
    // The last line shown may be cut.
    let shown: Vec<&str> = ended
        .stderr
        .lines()
        .filter(|line| line.contains(" machine # "))
        .collect();
    let (_, whole) = shown.split_last().unwrap();
    let shown: Vec<u64> = whole.iter().filter_map(|line| flood_number(line)).collect();
    assert!(shown.len() > 100, "{}", shown.len());
    let recorded = std::collections::HashSet::<u64>::from_iter(recorded);
    let lost: Vec<&u64> = shown.iter().filter(|number| !recorded.contains(number)).collect();
    assert!(lost.is_empty(), "shown and not recorded: {lost:?}");

    // What is written live is whole as well.
    for name in ["live.xml", "live.trace"] {
        let text = read(&scene, name);
        let closed = text.ends_with("</logfile>\n") || text.ends_with("\n]}\n");
        assert!(
            closed,
            "{name} ends with {:?}",
            &text[text.ceil_char_boundary(text.len() - 300)..]
        );
    }
    roxmltree::Document::parse(&read(&scene, "live.xml")).unwrap();
    assert!(!scene.path().join("output/live.junit").exists());
    // And everything can be made of the record.
    make(&scene, "later");
    let junit = read(&scene, "later.junit");
    assert!(junit.contains("the record ends before this test does"), "{junit}");
}

#[test]
fn tests_that_never_began_are_named_with_the_reason() {
    let scene = Scene::new();
    let machines = [scene.machine("machine", "")];
    let more = ["--test", "waits_in_the_host", "--test", "loops_in_a_drop"];
    let mut invocation = scene.start(run(&scene, "hostile", &machines, &more));
    invocation.wait_for("ready after");
    let begun = |event: &Event| matches!(event.kind, EventKind::TestStarted { .. });
    let hangs = "execute(\"sleep 1000\")";
    invocation.wait_for(hangs);
    invocation.signal(Signal::SIGINT);
    invocation.wait().expect(130);
    let (events, _) = record(&scene);
    let selected = events.iter().find_map(|event| match &event.kind {
        EventKind::RunStarted { tests, .. } => Some(tests.clone()),
        _ => None,
    });
    assert_eq!(selected.unwrap().len(), 2);
    assert_eq!(events.iter().filter(|event| begun(event)).count(), 1);
    let junit = read(&scene, "live.junit");
    let document = roxmltree::Document::parse(&junit).unwrap();
    let skipped = document
        .descendants()
        .find(|node| node.has_tag_name("skipped"))
        .unwrap();
    let name = skipped.parent().unwrap().attribute("name").unwrap();
    assert_eq!(name, "program-hostile::loops_in_a_drop");
    let reason = skipped.attribute("message").unwrap();
    assert!(reason.ends_with("interrupted by SIGINT"), "{reason}");
    // The call that went on is in the log of the other.
    assert!(junit.contains("sleep 1000&quot;)  not finished after "), "{junit}");
}

#[test]
fn a_limit_is_told_before_the_machines_are_ended() {
    let scene = Scene::new();
    let machines = [scene.machine("machine", "")];
    let more = ["--test", "waits_in_the_host", "--timeout", "1s"];
    scene.run(run(&scene, "hostile", &machines, &more)).expect(1);
    let (events, _) = record(&scene);
    let place = |wanted: fn(&EventKind) -> bool| events.iter().position(|event| wanted(&event.kind)).unwrap();
    let limit = place(|kind| matches!(kind, EventKind::LimitPassed { .. }));
    let down = place(|kind| {
        matches!(
            kind,
            EventKind::State {
                state: State::Down,
                source: Source::Machine(_),
                ..
            }
        )
    });
    assert!(limit < down, "{limit} {down}");
}

#[test]
fn attachments_lie_where_the_record_does() {
    let scene = Scene::new();
    let screen = scene.path().join("screen.ppm");
    std::fs::write(&screen, [&b"P6\n64 64\n255\n"[..], &[7; 3 * 64 * 64]].concat()).unwrap();
    let machines = [scene.machine("machine", &format!("--fake-screen '{}'", screen.display()))];
    let more = ["--test", "returns_the_error_of_a_command"];
    scene.run(run(&scene, "hostile", &machines, &more)).expect(1);
    let moved = scene.path().join("moved");
    std::fs::rename(scene.path().join("output/proctor-output"), &moved).unwrap();
    let record = moved.join("events.jsonl").display().to_string();
    let ended = scene.run(["report", &record, "--junit", "-"]).expect(0);
    let line = format!("[[ATTACHMENT|{}]]", moved.join("failure-machine.png").display());
    assert!(ended.stdout.contains(&line), "{}", ended.stdout);
}

#[test]
fn runs_that_share_an_output_directory_are_told() {
    let warning = "warning: another run is going on in the output directory";
    let scene = Scene::new();
    let machines = [scene.machine("machine", "")];
    let mut first = scene.start(run_of("hostile", &machines, &["--test", "waits_in_the_host"]));
    first.wait_for("ready after");
    // Not to its end: that waits until nothing of the scene is left.
    let mut second = scene.start(run_of("hostile", &machines, &["--test", "waits_in_the_host"]));
    second.wait_for(warning);
    second.wait_for("ready after");
    for invocation in [&mut first, &mut second] {
        invocation.signal(Signal::SIGTERM);
    }
    second.wait().expect(143);
    first.wait().expect(143).does_not_say(warning);
    let mut third = scene.start(run_of("hostile", &machines, &["--test", "waits_in_the_host"]));
    third.wait_for("ready after");
    third.signal(Signal::SIGTERM);
    third.wait().expect(143).does_not_say(warning);
}
