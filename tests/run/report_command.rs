//! `proctor report`: what it takes and what it refuses.

use std::path::PathBuf;
use std::process::Stdio;

use crate::scene::{Scene, run_of};

/// A scene with the record of a run of one test that passed, and that record's path.
fn recorded() -> (Scene, PathBuf) {
    let scene = Scene::new();
    scene
        .run(run_of("log", &[], &["--test", "every_level_is_written"]))
        .expect(0);
    let record = scene.path().join("output/proctor-output/events.jsonl");
    (scene, record)
}

fn report(record: &str, more: &[&str]) -> Vec<String> {
    let arguments = ["report", record].into_iter().chain(more.iter().copied());
    arguments.map(str::to_owned).collect()
}

#[test]
fn a_report_goes_to_standard_output_and_a_record_comes_from_standard_input() {
    let (scene, record) = recorded();
    let path = record.display().to_string();
    let to_file = scene.run(report(&path, &["--junit", "report.xml"])).expect(0);
    assert!(to_file.stdout.is_empty() && to_file.stderr.is_empty(), "{to_file:?}");
    let file = std::fs::read_to_string(scene.path().join("output/report.xml")).unwrap();
    // By its old name, too.
    for flag in ["--junit", "--junit-xml"] {
        assert_eq!(scene.run(report(&path, &[flag, "-"])).expect(0).stdout, file);
    }
    for (flag, end) in [("--xml", "</logfile>\n"), ("--trace", "\n]}\n")] {
        let ended = scene.run(report(&path, &[flag, "-"])).expect(0);
        assert_eq!(ended.stdout.matches(end).count(), 1, "{}", ended.stdout);
        assert!(ended.stdout.ends_with(end), "{}", ended.stdout);
    }
    let mut command = scene.proctor();
    command
        .args(report("-", &["--junit", "-"]))
        .stdin(Stdio::from(std::fs::File::open(record).unwrap()));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), file);
}

#[test]
fn the_help_tells_of_the_environment_where_it_matters() {
    let scene = Scene::new();
    let help = |command: &str| {
        let text = scene.run([command, "--help"]).expect(0).stdout;
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(help("run").contains("in XML [default: $LOGFILE]"));
    assert!(!help("report").contains("LOGFILE"));
}

#[test]
fn the_schema_is_printed() {
    let scene = Scene::new();
    let ended = scene.run(["report", "--schema"]).expect(0);
    assert_eq!(ended.stdout, proctor::report::schema::EVENT_SCHEMA);
    scene.run(["report", "--schema", "events.jsonl"]).expect(2);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (scene, record) = recorded();
    let record = record.display().to_string();
    for (arguments, text) in [
        (vec!["report".to_owned()], "RECORD"),
        (report(&record, &[]), "no report is asked for"),
        (
            report("missing.jsonl", &["--xml", "-"]),
            "cannot read \"missing.jsonl\": No such file",
        ),
        (
            report(&record, &["--xml", "-", "--trace", "-"]),
            "two reports cannot both go to standard output",
        ),
        (
            report(&record, &["--xml", "x", "--junit", "x"]),
            "two reports cannot both go to \"x\"",
        ),
        (
            report(&record, &["--xml", "no/such/directory"]),
            "cannot write \"no/such/directory\": No such file",
        ),
        (
            report(&record, &["--junit", "no/such/directory"]),
            "cannot write \"no/such/directory\": No such file or directory (os error 2)\n",
        ),
        (
            report(&record, &["--html", "/dev/full"]),
            "\"/dev/full\" is not complete, it cannot be written: No space",
        ),
        (report(&record, &["--junit", "."]), "cannot write \".\": "),
        (report(&record, &["--trace", "."]), "cannot write \".\": "),
        (
            report(&record, &["--trace", "/dev/full"]),
            "\"/dev/full\" is not complete, it cannot be written: No space",
        ),
        (
            report(&record, &["--junit", "/dev/full"]),
            "\"/dev/full\" is not complete, it cannot be written: No space",
        ),
    ] {
        scene.run(&arguments).expect(2).says(text);
    }
}

#[test]
fn an_earlier_report_stays_until_the_new_one_is_whole() {
    let (scene, record) = recorded();
    let pipe = scene.path().join("record");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    for flag in ["--html", "--junit"] {
        let file = scene.path().join("report");
        std::fs::write(&file, "of an earlier record").unwrap();
        let mut command = scene.proctor();
        command.args(["report".as_ref(), pipe.as_os_str(), flag.as_ref(), file.as_os_str()]);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut writer = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
        // More than a pipe holds: it is being read, and its report has been begun.
        let record = std::fs::read(&record).unwrap();
        let record = record.repeat((256 << 10) / record.len());
        std::io::Write::write_all(&mut writer, &record).unwrap();
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            "of an earlier record",
            "{flag}"
        );
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            "of an earlier record",
            "{flag}"
        );
    }
}

#[test]
fn a_run_whose_report_cannot_be_made_does_not_begin() {
    let scene = Scene::new();
    for flag in ["--xml", "--junit", "--trace"] {
        let ended = scene.run(run_of("log", &[], &[flag, "no/such/directory"])).expect(2);
        ended.says("cannot write \"no/such/directory\"").does_not_say("TEST");
    }
}

#[test]
fn a_wrong_line_is_named_and_what_precedes_it_reported() {
    let (scene, record) = recorded();
    let text = std::fs::read_to_string(record).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let output = |name: &str| scene.path().join("output").join(name);
    std::fs::write(
        output("wrong"),
        format!("{}\n{}\nwhat?\n{}\n", lines[0], lines[1], lines[2]),
    )
    .unwrap();
    let ended = scene.run(report("wrong", &["--xml", "log.xml"])).expect(2);
    ended.says("\"wrong\": line 3 is no event of this version: ");
    let log = std::fs::read_to_string(output("log.xml")).unwrap();
    assert!(
        log.contains("finished: loading") && log.ends_with("</logfile>\n"),
        "{log}"
    );

    std::fs::write(output("cut"), &text[..text.len() - 10]).unwrap();
    let ended = scene.run(report("cut", &["--junit", "-"])).expect(0);
    ended.says("warning: \"cut\" ends in the middle of an event: the run was cut off there");
    assert!(
        ended.stdout.contains("the record ends before the run does"),
        "{}",
        ended.stdout
    );
}

#[test]
fn no_report_takes_the_place_of_the_record_or_of_another() {
    let (scene, record) = recorded();
    let before = std::fs::read(&record).unwrap();
    // Where it runs the record is one directory further down.
    let name = "proctor-output/events.jsonl";
    let spelt = "./proctor-output/../proctor-output/events.jsonl";
    for flag in ["--html", "--junit", "--xml", "--trace"] {
        let ended = scene.run(report(name, &[flag, spelt])).expect(2);
        ended.says("that is the run's own");
    }
    scene
        .run(report(name, &["--xml", "log", "--trace", "./log"]))
        .expect(2)
        .says("two reports cannot both go to");
    assert_eq!(std::fs::read(&record).unwrap(), before);
}

#[test]
fn a_run_keeps_its_record_and_its_page_to_itself() {
    let scene = Scene::new();
    let output = scene.path().join("output/proctor-output");
    let arguments = |more: &[&str]| run_of("log", &[], &[&["--test", "every_level_is_written"], more].concat());
    scene.run(arguments(&[])).expect(0);
    let before = std::fs::read(output.join("events.jsonl")).unwrap();
    // One that does not begin leaves what the one before has left.
    for path in ["proctor-output/events.jsonl", "proctor-output/./report.html"] {
        scene
            .run(arguments(&["--xml", path]))
            .expect(2)
            .says("that is the run's own");
    }
    scene.run(arguments(&["--junit", "no/such/file"])).expect(2);
    assert_eq!(std::fs::read(output.join("events.jsonl")).unwrap(), before);
    assert!(output.join("report.html").exists());
    // The page of another run would pass for one of this.
    scene.run(arguments(&["--no-html"])).expect(0);
    assert!(!output.join("report.html").exists());
    // A report that is asked for and is not there is no success.
    scene
        .run(arguments(&["--junit", "/dev/full"]))
        .expect(2)
        .says("No space");
}
