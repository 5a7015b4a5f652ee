//! Where one test's projects are made and built.

use std::ffi::OsStr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use proctor_tests::say_skipped;

use crate::invocation::Ended;
use crate::scene::Scene;

/// Variables that lead builds elsewhere. Cargo sets the first for tests.
const VARIABLES: [&str; 9] = [
    "CARGO",
    "RUSTC",
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "GOFLAGS",
    "PYTHON",
    "PYTHONPATH",
    "PROCTOR_CC",
    "WASI_SDK_PATH",
];

/// A template, and what a project made of it is.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// As `--lang` wants it.
    pub lang: &'static str,
    /// The language, for people.
    pub language: &'static str,
    /// The file with the tests of a project that is named `first`.
    pub tests: &'static str,
    /// The test in it.
    pub test: &'static str,
}

/// All of them.
pub const TEMPLATES: [Template; 6] = [C, GO, JAVASCRIPT, TYPESCRIPT, PYTHON, RUST];
/// The name of projects here.
pub const NAME: &str = "first";

pub const C: Template = Template {
    lang: "c",
    language: "C",
    tests: "tests.c",
    test: "hello",
};
pub const GO: Template = Template {
    lang: "go",
    language: "Go",
    tests: "main.go",
    test: "hello",
};
pub const JAVASCRIPT: Template = Template {
    lang: "js",
    language: "JavaScript",
    tests: "tests/first.test.js",
    test: "first",
};
pub const TYPESCRIPT: Template = Template {
    lang: "ts",
    language: "JavaScript",
    tests: "tests/first.test.ts",
    test: "first",
};
pub const PYTHON: Template = Template {
    lang: "python",
    language: "Python",
    tests: "test_first.py",
    test: "hello",
};
pub const RUST: Template = Template {
    lang: "rust",
    language: "Rust",
    tests: "src/lib.rs",
    test: "hello",
};

/// A scene for projects.
#[derive(Debug)]
pub struct Workshop {
    scene: Scene,
}

impl Workshop {
    /// An empty one.
    pub fn new() -> Self {
        Self { scene: Scene::new() }
    }

    /// The scene.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Where projects are made, and where `proctor` runs.
    pub fn path(&self) -> PathBuf {
        self.scene.path().join("output")
    }

    /// `proctor`, set up to build what this computer can build.
    pub fn command(&self) -> Command {
        share_toolchains();
        let mut command = self.scene.proctor();
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        // What a test in Rust depends on takes half a minute to compile, and is the same for all.
        command.env("CARGO_TARGET_DIR", shared().join("cargo"));
        command
    }

    /// Runs `proctor` with arguments.
    pub fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ended {
        self.run_as(self.command(), arguments)
    }

    /// Runs `proctor`, set up by the caller, with arguments.
    pub fn run_as(&self, command: Command, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ended {
        self.scene.start_as(command, arguments).wait()
    }

    /// Runs `proctor` with words.
    pub fn run_words(&self, words: &str) -> Ended {
        self.run(words.split(' '))
    }

    /// Makes the project `first` of a template. Does not build it.
    pub fn make(&self, template: Template) -> PathBuf {
        self.run(["new", "--lang", template.lang, NAME]).expect(0);
        self.path().join(NAME)
    }

    /// As [`Self::make`], or, where this computer cannot build it, says that the test that asks is skipped, and why.
    pub fn make_to_build(&self, template: Template) -> Option<PathBuf> {
        let directory = self.make(template);
        let ended = self.run(["build", "--prepare", NAME]);
        match ended.status.code() {
            Some(0) => Some(directory),
            Some(2) => {
                say_skipped(&format!(": {}", ended.stderr.trim()));
                None
            }
            _ => panic!("it ended with {:?}: {}", ended.status, ended.stderr),
        }
    }
}

/// Replaces text in a file. Panics where it is not there.
pub fn replace(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from:?} is not in {path:?}:\n{text}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

/// Adds text at the end of a file.
pub fn append(path: &Path, text: &str) {
    let old = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, old + text).unwrap();
}

/// What the tests of projects share and keep.
fn shared() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects")
}

/// Lets the scenes' cache have the user's own toolchains, which are 500 MB from the network. They are what a user's builds
/// leave as well: named by their checksums, and never changed.
fn share_toolchains() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let home = || PathBuf::from(std::env::var_os("HOME").expect("a home directory")).join(".cache");
        let users = std::env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from);
        let users = users.join("proctor/toolchains");
        std::fs::create_dir_all(&users).unwrap();
        let link = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache/proctor/toolchains");
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        if let Err(error) = symlink(&users, &link) {
            assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists, "{link:?}: {error}");
        }
    });
}
