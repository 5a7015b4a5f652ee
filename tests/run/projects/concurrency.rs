//! Builds of one project at a time.

use super::workshop::{C, GO, JAVASCRIPT, NAME, PYTHON, RUST, Workshop};

#[test]
fn two_builds_of_one_project_at_a_time_both_succeed() {
    for template in [C, GO, JAVASCRIPT, PYTHON, RUST] {
        let workshop = Workshop::new();
        let Some(directory) = workshop.make_to_build(template) else {
            continue;
        };
        let builds = [0, 1, 2].map(|_| workshop.scene().start_as(workshop.command(), ["build", NAME]));
        let ended = builds.map(|build| build.wait_alone().expect(0));
        let built = ended
            .iter()
            .filter(|ended| ended.stderr.contains("built first/first.wasm"));
        assert_eq!(built.count(), 1, "{}: {ended:?}", template.lang);
        assert!(directory.join("first.wasm").is_file());
    }
}

#[test]
fn a_build_waits_for_who_builds_the_project_and_says_so() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(C) else {
        return;
    };
    let lock = std::fs::File::create(directory.join(".proctor/lock")).unwrap();
    lock.lock().unwrap();
    let mut build = workshop.scene().start_as(workshop.command(), ["build", NAME]);
    build.wait_for("waiting for another build of this project");
    assert!(!directory.join("first.wasm").exists());
    drop(lock);
    build.wait().expect(0).says("built first/first.wasm");
}
