//! Places where builds are hard.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use proctor_tests::{path_from_environment, say_skipped};

use super::workshop::{C, NAME, RUST, TEMPLATES, Workshop, append};
use crate::invocation::Ended;

#[test]
fn a_project_may_lie_anywhere() {
    for template in TEMPLATES {
        let workshop = Workshop::new();
        let Some(directory) = workshop.make_to_build(template) else {
            continue;
        };
        let place = workshop.path().join("Über $HOME/'zwei  Wörter' #%\"");
        std::fs::create_dir_all(&place).unwrap();
        std::fs::rename(&directory, place.join(NAME)).unwrap();
        let script = workshop.scene().machine("machine", "");
        let arguments = ["run".into(), place.join(NAME), "--start-scripts".into(), script];
        let ended = workshop.run(arguments).expect(0);
        assert_eq!(ended.report().verdict(template.test), "PASS", "{}", template.lang);
    }
}

#[test]
fn a_project_within_a_workspace_of_cargo_stands_alone() {
    let workshop = Workshop::new();
    std::fs::write(workshop.path().join("Cargo.toml"), "[workspace]\nmembers = []\n").unwrap();
    if workshop.make_to_build(RUST).is_some() {
        workshop.run(["build", NAME]).expect(0);
    }
}

/// `proctor build` where its project cannot be written, even by root.
fn build_read_only(workshop: &Workshop, directory: &Path) -> Option<Ended> {
    let mut command = Command::new("unshare");
    command.arg("--mount");
    if !nix::unistd::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    let script = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" || exit 99; exec \"$2\" build \"$1\"";
    command
        .args(["sh", "-c", script, "sh"])
        .arg(directory)
        .arg(path_from_environment("PROCTOR_BIN"));
    for (name, value) in workshop.command().get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let ended = workshop.scene().start_as(command, [""; 0]).wait();
    if matches!(ended.status.code(), Some(1 | 99 | 127)) {
        say_skipped(&format!(": nothing can be mounted here: {}", ended.stderr.trim()));
        return None;
    }
    Some(ended)
}

#[test]
fn a_project_that_cannot_be_written_is_told() {
    let workshop = Workshop::new();
    let directory = workshop.make(C);
    if let Some(ended) = build_read_only(&workshop, &directory) {
        ended
            .expect(2)
            .says("error: cannot lock ")
            .says("first/.proctor/lock: Read-only file system");
    }
    std::fs::remove_dir_all(directory.join(".proctor")).unwrap();
    std::fs::write(directory.join(".proctor"), "a file").unwrap();
    workshop.run(["build", NAME]).expect(2).says("first/.proctor");
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(C) else {
        return;
    };
    std::os::unix::fs::symlink("nowhere", directory.join("broken.c")).unwrap();
    workshop.run(["build", NAME]).expect(2).says("broken.c");
}

#[test]
fn what_is_executable_in_a_project_is_not_run() {
    let workshop = Workshop::new();
    let Some(directory) = workshop.make_to_build(C) else {
        return;
    };
    // A compiler is found in $PATH alone.
    for name in ["clang", "zig", "python3"] {
        let path = directory.join(name);
        std::fs::write(&path, "#!/bin/sh\ntouch was-run\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    append(&directory.join("tests.c"), "\n");
    let mut command = workshop.command();
    command.current_dir(&directory);
    workshop.run_as(command, ["build"]).expect(0);
    assert!(!directory.join("was-run").exists());
}
