//! `.proctor`: the SDK and what builds leave, which are not the project's.

use std::path::Path;
use std::process::Command;

use proctor_tests::say_skipped;

use super::workshop::{C, NAME, PYTHON, RUST, TEMPLATES, Workshop};

fn modified(path: &Path) -> std::time::SystemTime {
    path.metadata().unwrap().modified().unwrap()
}

#[test]
fn git_does_not_see_it() {
    if Command::new("git").arg("--version").output().is_err() {
        say_skipped(": there is no git");
        return;
    }
    for template in TEMPLATES {
        let workshop = Workshop::new();
        let directory = workshop.make(template);
        // Whatever the project itself ignores.
        std::fs::remove_file(directory.join(".gitignore")).unwrap();
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.args(arguments).current_dir(&directory);
            git.env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env("GIT_CONFIG_SYSTEM", "/dev/null");
            let output = git.output().unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        git(&["init", "--quiet"]);
        let seen = git(&["status", "--porcelain", "--untracked-files=all"]);
        assert!(seen.contains(template.tests) && !seen.contains(".proctor"), "{seen}");
    }
}

#[test]
fn it_has_what_editors_look_for_before_the_first_build() {
    for (template, file) in [
        (C, ".proctor/sdk/c/include/proctor.h"),
        (PYTHON, ".proctor/sdk/python/proctor/py.typed"),
        (RUST, ".proctor/sdk/rust/Cargo.toml"),
    ] {
        let workshop = Workshop::new();
        let directory = workshop.make(template);
        assert!(directory.join(file).is_file(), "{file}");
        assert!(directory.join(".proctor/wit/world.wit").is_file());
    }
}

#[test]
fn an_older_sdk_gives_way_and_what_is_the_same_keeps_its_time() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(C) else {
        return;
    };
    workshop.run(["build", NAME]).expect(0);
    let sdk = directory.join(".proctor/sdk/c");
    let header = sdk.join("include/proctor.h");
    let (before, text) = (modified(&header), std::fs::read(&header).unwrap());
    let readme = sdk.join("README.md");
    std::fs::write(&readme, "older").unwrap();
    std::fs::write(sdk.join("src/gone.c"), "int gone = ;\n").unwrap();
    std::fs::write(directory.join(".proctor/wit/gone.wit"), "older").unwrap();

    workshop.run(["build", NAME]).expect(0);
    assert_ne!(std::fs::read(&readme).unwrap(), b"older");
    assert!(!sdk.join("src/gone.c").exists());
    assert!(!directory.join(".proctor/wit/gone.wit").exists());
    assert_eq!(modified(&header), before);
    assert_eq!(std::fs::read(&header).unwrap(), text);
}

#[test]
fn without_it_a_project_is_built_as_before() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(C) else {
        return;
    };
    workshop.run(["build", NAME]).expect(0);
    let component = std::fs::read(directory.join("first.wasm")).unwrap();
    // As in a fresh checkout.
    std::fs::remove_dir_all(directory.join(".proctor")).unwrap();
    std::fs::remove_file(directory.join("first.wasm")).unwrap();
    workshop.run(["build", NAME]).expect(0);
    assert!(
        std::fs::read(directory.join("first.wasm")).unwrap() == component,
        "another component"
    );
}
