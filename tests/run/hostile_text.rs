//! What tests, machines and components put into their texts reaches the terminal harmless, and nothing of it raw.

use std::path::{Path, PathBuf};

use crate::generated::Generated;
use crate::invocation::Ended;
use crate::listing::tests_of;
use crate::scene::{Scene, program, run_of};

/// As in the program `hostile-text`, as far as it can stand in a file's name.
const HARMFUL: &str = "\u{1b}[31mred\u{1b}]0;title\u{7}\u{8}\r\u{7f}\u{9b}31m\u{85}\u{202e}\u{61c}\u{ad}\u{3164}\u{2066}\u{200b}\u{2028}\u{feff}\u{fffe}";

/// Controls of both sets, what turns or hides text, and what XML cannot hold.
fn is_harmful(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{3164}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// Panics where something harmful was printed.
fn check(ended: &Ended) {
    for printed in [&ended.stdout, &ended.stderr] {
        let shown: Vec<&str> = printed
            .lines()
            .filter(|line| line.contains(is_harmful))
            .take(5)
            .collect();
        assert!(shown.is_empty(), "{shown:#?}");
    }
}

/// A directory of the host that has a harmful name.
fn directory(scene: &Scene) -> PathBuf {
    let directory = scene.path().join(HARMFUL);
    std::fs::create_dir(&directory).unwrap();
    directory
}

#[test]
fn no_text_reaches_the_terminal_raw() {
    let scene = Scene::new();
    let screen = scene.path().join("screen.ppm");
    std::fs::write(&screen, [&b"P6\n64 64\n255\n"[..], &[7; 3 * 64 * 64]].concat()).unwrap();
    let noise = "--fake-serial escapes --fake-serial invalid-utf8 --fake-babble hvc0";
    let machine = scene.machine("machine", &format!("{noise} --fake-screen '{}'", screen.display()));
    let data = format!("data={}", directory(&scene).display());
    for grants in [
        &["--verbose", "--allow-read", &data][..],
        &["--verbose", "--allow-monitor"],
    ] {
        let ended = scene
            .run(run_of("hostile-text", std::slice::from_ref(&machine), grants))
            .expect(1);
        check(&ended);
        let report = ended.report();
        for test in tests_of("hostile-text") {
            let verdict = if test.is("fails") { "FAIL" } else { "PASS" };
            assert_eq!(report.verdict(&test.name), verdict, "{:#?}", report.failures);
        }
        // What it says of itself is there all the same.
        for (test, field) in [
            ("fails", "subtest"),
            ("fails", "message"),
            ("panics", "message"),
            ("fails_a_command", "output"),
            ("fails_a_command", "command"),
            ("fails_a_command", "console"),
            ("waits_in_vain", "message"),
            ("loses_its_machine", "console"),
            ("breaks_a_condition", "message"),
            ("names_units", "message"),
            ("names_files", "message"),
            ("asks_for_a_machine", "message"),
        ] {
            report.failure(test).says(field, "\\u{202e}");
        }
    }
}

#[test]
fn descriptions_and_tags_are_listed_harmless() {
    let scene = Scene::new();
    for subcommand in ["list", "check"] {
        let ended = scene
            .run([PathBuf::from(subcommand), program("hostile-arguments")])
            .expect(0);
        check(&ended);
        assert!(ended.stdout.len() < 10_000, "{} bytes", ended.stdout.len());
        let shown = "a_dead_machine_is_called  harmful\\u{9b}31m";
        assert!(
            subcommand == "check" || ended.stdout.contains(shown),
            "{}",
            ended.stdout
        );
    }
}

#[test]
fn names_of_files_are_shown_harmless() {
    let scene = Scene::new();
    let directory = directory(&scene);
    let component = directory.join("test.wasm");
    std::fs::copy(program("stdio"), &component).unwrap();
    let nothing = directory.join("nothing.wasm");
    let script = directory.join("run-machine-vm");
    let named = scene.machine(HARMFUL, "");
    let flags = |flag: &str, path: &Path| vec!["run".into(), component.clone(), flag.into(), path.into()];
    for (arguments, status) in [
        (
            vec![
                "run".into(),
                component.clone(),
                program("tests"),
                "--test".into(),
                "standard_input".into(),
            ],
            0,
        ),
        (vec!["list".into(), component.clone(), program("tests")], 0),
        (vec!["check".into(), component.clone()], 0),
        (vec!["run".into(), nothing.clone()], 2),
        (vec!["list".into(), nothing.clone()], 2),
        (flags("--start-scripts", &script), 2),
        (flags("--start-scripts", &named), 2),
        (flags("--output-directory", &nothing), 2),
        (flags("--allow-read", &nothing), 2),
        (flags("--config", &nothing), 2),
        (flags("--param", &nothing), 2),
        (flags("--test", &nothing), 2),
    ] {
        check(&scene.run(arguments).expect(status));
    }
}

#[test]
fn names_of_functions_are_shown_harmless() {
    let scene = Scene::new();
    let name: String = HARMFUL.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    let component = Generated::new(&["traps"])
        .fields(&format!("(func $traps (@name \"{name}\") unreachable)"))
        .body("(call $traps)")
        .write(&scene.path().join("traps.wasm"));
    let ended = scene.run([Path::new("run"), &component]).expect(1);
    check(&ended);
    ended.report().failure("traps").says("backtrace", "\\u{202e}");
}
