//! `proctor limits`, and what a run is told by its configuration.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use proctor::limits::Limits;

use crate::refusals::refused;
use crate::scene::{Scene, program};

/// One row of the table that `proctor limits` prints.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: String,
    value: String,
    origin: String,
}

/// Reads the table back; the last column is text for people.
fn table(scene: &Scene, arguments: &[&str]) -> Vec<Row> {
    let printed = scene.run([&["limits"], arguments].concat()).expect(0).stdout;
    let mut lines = printed.lines();
    let title = lines.next().unwrap();
    let begins = ["NAME", "VALUE", "SET BY", "WHAT"].map(|column| title.find(column).unwrap());
    let rows = lines.map(|line| {
        let cell = |column: usize| line[begins[column]..begins[column + 1]].trim().to_owned();
        assert!(line.len() > begins[3], "no reason: {line}");
        Row {
            name: cell(0),
            value: cell(1),
            origin: cell(2),
        }
    });
    rows.collect()
}

fn row<'a>(rows: &'a [Row], name: &str) -> (&'a str, &'a str) {
    let row = rows.iter().find(|row| row.name == name).unwrap();
    (&row.value, &row.origin)
}

/// Writes a configuration.
fn configuration(scene: &Scene, text: impl AsRef<[u8]>) -> PathBuf {
    let file = scene.path().join("run.toml");
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn the_table_has_all_limits_and_where_each_is_set() {
    let scene = Scene::new();
    let defaults = table(&scene, &[]);
    let names: Vec<_> = defaults.iter().map(|row| row.name.as_str()).collect();
    let defined: Vec<_> = Limits::DEFINITIONS.iter().map(|definition| definition.name).collect();
    assert_eq!(names, defined);
    for (row, definition) in defaults.iter().zip(Limits::DEFINITIONS) {
        let value = definition.get(&Limits::default()).to_string();
        assert_eq!((&row.value, row.origin.as_str()), (&value, "default"), "{}", row.name);
    }

    let file = configuration(
        &scene,
        "[limits]\ntimeout = 90\nmemory = \"64MiB\"\nhandles = 7\nboot-timeout = 1.5\ncall-timeout = \"2m\"\n",
    );
    let file = file.to_str().unwrap();
    let limits = [
        "--timeout",
        "5m",
        "--limit",
        "handles=8",
        "--limit",
        "open-spans=9",
        "--config",
        file,
    ];
    let rows = table(&scene, &limits);
    for (name, value, origin) in [
        ("timeout", "5m", "--timeout"),
        ("handles", "8", "--limit handles"),
        ("open-spans", "9", "--limit open-spans"),
        ("memory", "64 MiB", file),
        ("boot-timeout", "1s 500ms", file),
        ("call-timeout", "2m", file),
        ("run-timeout", "1day", "default"),
    ] {
        assert_eq!(row(&rows, name), (value, origin), "{name}");
    }
}

#[test]
fn every_limit_is_set_by_its_name_and_by_the_configuration() {
    let scene = Scene::new();
    for definition in Limits::DEFINITIONS {
        let file = configuration(&scene, format!("[limits]\n{} = 5\n", definition.name));
        let file = file.to_str().unwrap();
        let mut limits = Limits::default();
        definition.set(&mut limits, "5").unwrap();
        let value = definition.get(&limits).to_string();
        assert_eq!(
            row(&table(&scene, &["--config", file]), definition.name),
            (value.as_str(), file)
        );

        definition.set(&mut limits, "7").unwrap();
        let value = definition.get(&limits).to_string();
        let text = format!("{}=7", definition.name);
        let rows = table(&scene, &["--config", file, "--limit", &text]);
        assert_eq!(
            row(&rows, definition.name),
            (value.as_str(), &*format!("--limit {}", definition.name))
        );
    }
}

/// Panics unless `run` and `limits` refuse these arguments with a sentence that says all of these.
fn both_refuse(scene: &Scene, arguments: &[&str], says: &[&str]) {
    for subcommand in [
        vec!["run".into(), program("tests").into()],
        vec![OsString::from("limits")],
    ] {
        let all = subcommand.into_iter().chain(arguments.iter().map(OsString::from));
        refused(scene, all, says);
    }
}

#[test]
fn limits_that_are_none_are_refused() {
    let scene = Scene::new();
    let cases: [(&[&str], &[&str]); 9] = [
        (
            &["--limit", "no-such=1"],
            &["there is no limit `no-such`", "proctor limits"],
        ),
        (
            &["--limit", "handles"],
            &["`handles` is no limit", "--limit NAME=VALUE"],
        ),
        (&["--limit", "=1"], &["there is no limit ``"]),
        (
            &["--limit", "handles=many"],
            &["--limit handles many: give a whole number"],
        ),
        (&["--limit", "handles=0"], &["--limit handles 0: it is at least 1"]),
        (
            &["--limit", "timeout=never"],
            &["--limit timeout never: give a time such as 90s"],
        ),
        (
            &["--limit", "memory=lots"],
            &["--limit memory lots: give a size such as 64MiB"],
        ),
        (
            &["--limit", "handles=1", "--limit", "handles=2"],
            &["the limit handles is set twice, by --limit handles and by --limit handles"],
        ),
        (
            &["--limit", "timeout=1s", "--timeout", "2s"],
            &["the limit timeout is set twice, by --timeout and by --limit timeout"],
        ),
    ];
    for (arguments, says) in cases {
        both_refuse(&scene, arguments, says);
    }
    let terminal = "\u{1b}[31mx\u{9b}\u{202e}=1";
    let ended = scene.run(["limits", "--limit", terminal]).expect(2);
    assert!(
        !ended.stderr.contains(['\u{1b}', '\u{9b}', '\u{202e}']),
        "{:?}",
        ended.stderr
    );
}

#[test]
fn configurations_that_say_what_cannot_be_meant_are_refused() {
    let scene = Scene::new();
    for (text, says) in [
        ("limit = 1", &["run.toml", "unknown field `limit`"][..]),
        ("[limits]\nno-such = 1", &["run.toml", "there is no limit `no-such`"]),
        (
            "[limits]\nhandles = \"many\"",
            &["limit handles = `many`: give a whole number"],
        ),
        ("[limits]\nhandles = 0", &["limit handles = `0`: it is at least 1"]),
        ("[limits]\nhandles = -1", &["limit handles = `-1`: give a whole number"]),
        (
            "[limits]\nhandles = 1.5",
            &["limit handles = `1.5`: give a whole number"],
        ),
        ("[limits]\nhandles = true", &["a limit is a text or a number"]),
        ("[limits]\ntimeout = nan", &["limit timeout = `NaN`: give a time"]),
        ("[limits]\ntimeout = inf", &["limit timeout = `inf`"]),
        ("[limits]\nhandles = 1\nhandles = 2", &["run.toml", "duplicate key"]),
        (
            "[grants]\nallow-everything = true",
            &["unknown field `allow-everything`"],
        ),
        (
            "[grants]\nallow-monitor = \"yes\"",
            &["invalid type: string \"yes\", expected a boolean"],
        ),
        (
            "[grants]\nallow-read = \"/\"",
            &["invalid type: string \"/\", expected a sequence"],
        ),
        (
            "[parameters]\nnumber = 1",
            &["invalid type: integer `1`, expected a string"],
        ),
        ("vlans = [-1]", &["run.toml", "expected u32"]),
        ("[limits", &["run.toml", "TOML parse error"]),
        ("\0", &["run.toml", "TOML parse error"]),
    ] {
        let file = configuration(&scene, text);
        let ended = scene.run([Path::new("limits"), Path::new("--config"), &file]).expect(2);
        for text in says {
            ended.says(text);
        }
        let run = [Path::new("run"), &program("tests"), Path::new("--config"), &file];
        let ended = scene.run(run).expect(2);
        for text in says {
            ended.says(text);
        }
    }
    // Quoted, a configuration does nothing to a terminal.
    let file = configuration(&scene, "\"\\u001b[31m\u{9b}\u{202e}\" = 1 \u{1b}[31m\u{9b}\u{202e}");
    let ended = scene.run([Path::new("limits"), Path::new("--config"), &file]).expect(2);
    assert!(
        !ended.stderr.contains(['\u{1b}', '\u{9b}', '\u{202e}']),
        "{:?}",
        ended.stderr
    );
}

#[test]
fn files_that_are_no_configuration_are_refused() {
    let scene = Scene::new();
    let directory = scene.path().to_str().unwrap().to_owned();
    let binary = configuration(&scene, b"\x7fELF\xff\xfe\0");
    let large = scene.path().join("large.toml");
    std::fs::write(&large, "#".repeat((1 << 20) + 1)).unwrap();
    for (file, says) in [
        (directory.as_str(), "Is a directory"),
        ("none.toml", "No such file"),
        (binary.to_str().unwrap(), "did not contain valid UTF-8"),
        (large.to_str().unwrap(), "it has more than 1048576 bytes"),
        ("/dev/zero", "it has more than 1048576 bytes"),
    ] {
        both_refuse(
            &scene,
            &["--config", file],
            &["cannot read the configuration", file, says],
        );
    }
    // Nothing is read that is not named.
    std::fs::write(scene.path().join("output/proctor.toml"), "nonsense").unwrap();
    scene.run(["limits"]).expect(0);
}

#[test]
fn a_run_is_told_what_flags_say_by_its_configuration() {
    let scene = Scene::new();
    std::fs::create_dir_all(scene.path().join("fixtures/tree/deep")).unwrap();
    std::fs::create_dir(scene.path().join("results")).unwrap();
    for (name, content) in [("small", "small"), ("tree/deep/file", "deep")] {
        std::fs::write(scene.path().join("fixtures").join(name), content).unwrap();
    }
    std::fs::write(scene.path().join("fixtures/large"), vec![7; 300_000]).unwrap();
    scene.machine("machine", "");
    let file = configuration(
        &scene,
        r#"
        start-scripts = ["scripts/run-machine-vm"]
        vlans = [3, 4]
        output-directory = "results"
        [parameters]
        name = "value"
        equation = "1+1=2"
        empty = "configured"
        [grants]
        allow-read = ["data=fixtures"]
        allow-forward = true
        allow-monitor = true
        "#,
    );
    // Paths begin at the configuration's directory, wherever the run is started.
    let arguments = ["run".into(), program("files"), "--config".into(), file.clone()];
    let ended = scene.run(arguments).expect(0);
    for granted in [
        "read ",
        "as `data`",
        "forward ports of this computer",
        "command monitors",
    ] {
        ended.says(granted);
    }
    ended.does_not_say("make machines");
    assert!(scene.path().join("results").read_dir().unwrap().next().is_some());
    assert!(scene.path().join("output").read_dir().unwrap().next().is_none());

    // Flags go before it: here, parameters, VLANs and a machine of another name.
    let other = scene.machine("other", "");
    let ended = scene.run(
        [
            &["run".into(), program("files"), "--config".into(), file.clone()][..],
            &["--vlans", "5", "--test", "a_file_is_waited_for", "--start-scripts"].map(PathBuf::from),
            &[other],
        ]
        .concat(),
    );
    let ended = ended.expect(0);
    ended.says("other");
    ended.does_not_say("machine machine").does_not_say("VLAN 3");
    let told = [
        &["run".into(), program("driver"), "--config".into(), file][..],
        &["--param", "empty=", "--test", "the_runs_parameters_are_told"].map(PathBuf::from),
    ];
    scene.run(told.concat()).expect(0);
}
