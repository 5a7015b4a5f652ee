//! The page for a browser that every run leaves. What it looks like is tested in a browser.

use std::path::PathBuf;

use nix::sys::signal::Signal;

use crate::scene::{Scene, run_of};

/// The page that a run left in the output directory that it made itself.
fn page(scene: &Scene) -> Option<String> {
    std::fs::read_to_string(scene.path().join("output/proctor-output/report.html")).ok()
}

/// Whether all of it is there.
fn check_whole(page: &str) {
    assert!(
        page.starts_with("<!doctype html>") && page.ends_with("</html>\n"),
        "{page}"
    );
}

#[test]
fn every_run_leaves_a_page_with_its_verdict() {
    let scene = Scene::new();
    let scripts = [scene.machine("machine", "")];
    scene
        .run(run_of("tests", &scripts, &["--test", "fails_by_a_command"]))
        .expect(1);
    let written = page(&scene).unwrap();
    check_whole(&written);
    assert!(written.contains("<title>fails_by_a_command failed: "), "{written}");
    scene
        .run(run_of("tests", &scripts, &["--test", "not_described"]))
        .expect(0);
    let written = page(&scene).unwrap();
    assert!(written.contains("<title>not_described passed in "), "{written}");
}

#[test]
fn a_run_that_a_signal_ended_leaves_a_page() {
    let scene = Scene::new();
    let scripts = [scene.machine("machine", "")];
    let mut invocation = scene.start(run_of("hostile", &scripts, &["--test", "waits_in_the_host"]));
    invocation.wait_for("ready after");
    invocation.signal(Signal::SIGINT);
    invocation.wait().expect(130);
    let written = page(&scene).unwrap();
    check_whole(&written);
    assert!(written.contains("<title>waits_in_the_host interrupted: "), "{written}");
}

#[test]
fn a_page_is_written_elsewhere_or_not_at_all_as_asked() {
    let scene = Scene::new();
    let elsewhere = scene.path().join("page.html");
    let mut arguments = run_of("tests", &[], &["--test", "not_described", "--no-html", "--html"]);
    arguments.push(elsewhere.clone());
    scene.run(arguments).expect(0);
    check_whole(&std::fs::read_to_string(&elsewhere).unwrap());
    assert_eq!(page(&scene), None);

    let record = scene.path().join("output/proctor-output/events.jsonl");
    let again = scene.path().join("again.html");
    let arguments = [PathBuf::from("report"), record.clone(), "--html".into(), again.clone()];
    scene.run(arguments).expect(0);
    // The same record makes the same page.
    assert_eq!(std::fs::read(&elsewhere).unwrap(), std::fs::read(&again).unwrap());

    let nowhere = PathBuf::from("missing/page.html");
    scene
        .run([PathBuf::from("report"), record, "--html".into(), nowhere])
        .expect(2)
        .says("cannot write \"missing/page.html\"");
}
