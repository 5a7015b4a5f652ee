//! Computers without the tools that a build needs, or with old ones.

use std::os::unix::fs::symlink;
use std::path::PathBuf;

use proctor_tests::write_script;

use super::workshop::{C, GO, JAVASCRIPT, NAME, PYTHON, RUST, Template, Workshop};
use crate::invocation::Ended;

/// A computer that has only these scripts of `sh` as programs.
struct Computer {
    workshop: Workshop,
    programs: PathBuf,
}

impl Computer {
    fn with(scripts: &[(&str, &str)]) -> Self {
        let workshop = Workshop::new();
        let programs = workshop.scene().path().join("programs");
        std::fs::create_dir(&programs).unwrap();
        symlink("/bin/sh", programs.join("sh")).unwrap();
        for (name, script) in scripts {
            write_script(&programs.join(name), &format!("#!/bin/sh\n{script}\n"));
        }
        Self { workshop, programs }
    }

    /// Builds a new project of a template.
    fn build(&self, template: Template) -> Ended {
        self.workshop.make(template);
        let mut command = self.workshop.command();
        // Nothing has been fetched there.
        let cache = self.workshop.scene().path().join("cache");
        command.env("PATH", &self.programs).env("XDG_CACHE_HOME", cache);
        self.workshop.run_as(command, ["build", NAME])
    }

    fn refuses(&self, template: Template, why: &str) {
        let ended = self.build(template).expect(2);
        let programs = self.programs.display().to_string();
        assert_eq!(ended.stderr.trim().replace(&programs, "BIN"), format!("error: {why}"));
    }
}

#[test]
fn what_is_missing_is_told_with_how_to_get_it() {
    let refusals = [
        (
            JAVASCRIPT,
            "building JavaScript tests needs Node 20 or newer, and there is no `node` in $PATH; get it from \
             https://nodejs.org, or with: apt-get install nodejs npm",
        ),
        (
            GO,
            "building Go tests needs Go 1.24 or newer, and there is none in $PATH, nor is there Python with pip to fetch \
             it; get it from https://go.dev/dl, or with: apt-get install python3-pip",
        ),
        (
            PYTHON,
            "building Python tests needs Python 3 with pip, and there is no `python3` in $PATH; get it with: apt-get \
             install python3 python3-pip",
        ),
        (
            RUST,
            "building Rust tests needs cargo, and there is no `cargo` in $PATH; install Rust with rustup, from \
             https://rustup.rs",
        ),
    ];
    for (template, why) in refusals {
        Computer::with(&[]).refuses(template, why);
    }
}

#[test]
fn c_needs_a_compiler_or_what_fetches_one() {
    Computer::with(&[]).refuses(
        C,
        "building C tests needs clang and WASI's library, and they are not here, nor Python with pip to fetch a compiler; \
         get them with: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32",
    );
}

#[test]
fn tools_that_are_too_old_are_told_with_their_versions() {
    Computer::with(&[("node", "echo v16.0.0")]).refuses(
        JAVASCRIPT,
        "building JavaScript tests needs Node 20 or newer, and `BIN/node` is v16.0.0; get it from https://nodejs.org, or \
         with: apt-get install nodejs npm",
    );
    Computer::with(&[("go", "echo go1.19.8")]).refuses(
        GO,
        "building Go tests needs Go 1.24 or newer, and `BIN/go` is go1.19.8, nor is there Python with pip to fetch it; get \
         it from https://go.dev/dl, or with: apt-get install python3-pip",
    );
    Computer::with(&[("python3", "exit 1")]).refuses(
        PYTHON,
        "building Python tests needs Python 3 with pip, and `BIN/python3` has no pip; get it with: apt-get install \
         python3-pip",
    );
    Computer::with(&[("cargo", ""), ("rustc", "echo /nowhere")]).refuses(
        RUST,
        "building Rust tests needs the target wasm32-wasip2, and this compiler has no standard library for it; get it \
         with: rustup target add wasm32-wasip2",
    );
}

#[test]
fn half_a_toolchain_is_told_as_well() {
    Computer::with(&[("node", "echo v22.1.0")]).refuses(
        JAVASCRIPT,
        "building JavaScript tests needs Node 20 or newer, and there is no `npm` in $PATH; get it from https://nodejs.org, \
         or with: apt-get install nodejs npm",
    );
    Computer::with(&[("cargo", "")]).refuses(
        RUST,
        "building Rust tests needs rustc, and there is no `rustc` in $PATH; install Rust with rustup, from \
         https://rustup.rs",
    );
}

#[test]
fn a_fetch_that_fails_is_told_in_the_tools_words_and_tried_again() {
    let computer = Computer::with(&[
        ("node", "echo v22.1.0"),
        ("npm", "echo 'npm error: no network' >&2; exit 7"),
    ]);
    let ended = computer.build(JAVASCRIPT).expect(2);
    ended.says("npm install failed (exit status: 7):\nnpm error: no network");
    let fetched = computer.workshop.scene().path().join("cache/proctor/toolchains");
    let names: Vec<_> = std::fs::read_dir(fetched)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["javascript.lock"], "half a tool is left");
}
