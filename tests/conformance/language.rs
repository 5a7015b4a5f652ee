//! The languages, and what their components do when they are run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use proctor_tests::{fake_script, path_from_environment};

use crate::record::Recorded;

/// A language that has an SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// The one with which the others are compared.
    Rust,
    /// With a file in TypeScript.
    JavaScript,
    /// Go.
    Go,
    /// Python.
    Python,
    /// C.
    C,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Rust, Self::JavaScript, Self::Go, Self::Python, Self::C];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::JavaScript => "JavaScript, TypeScript",
            Self::Go => "Go",
            Self::Python => "Python",
            Self::C => "C",
        }
    }

    /// The name of its directory, and of its component.
    fn directory(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::JavaScript => "js",
            Self::Go => "go",
            Self::Python => "python",
            Self::C => "c",
        }
    }

    /// What its component did. The error is why it could not be built here, as the test command says it.
    pub fn recorded(self) -> Result<&'static Recorded, &'static str> {
        static RECORDED: [OnceLock<Result<Recorded, String>>; Language::ALL.len()] =
            [const { OnceLock::new() }; Language::ALL.len()];
        let recorded = RECORDED[self as usize].get_or_init(|| {
            let components = path_from_environment("PROCTOR_CONFORMANCE");
            let component = components.join(self.directory()).with_extension("wasm");
            if component.exists() {
                return Ok(run(&component));
            }
            let reason = component.with_extension("skipped");
            let reason = std::fs::read_to_string(&reason).unwrap_or_else(|error| panic!("{reason:?}: {error}"));
            Err(reason.trim().to_owned())
        });
        recorded.as_ref().map_err(String::as_str)
    }

    /// The line of its project's source text that a failure names.
    pub fn source_line(self, place: &str) -> Result<String, String> {
        let mut parts = place.split(':');
        let file = parts.next().unwrap_or_default();
        let number: usize = parts.next().and_then(|number| number.parse().ok()).unwrap_or_default();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("conformance")
            .join(self.directory());
        let text = std::fs::read_to_string(project.join(file)).map_err(|error| format!("{place}: {error}"))?;
        let line = number.checked_sub(1).and_then(|index| text.lines().nth(index));
        line.map(str::to_owned)
            .ok_or_else(|| format!("{place}: there is no such line"))
    }
}

/// Lists a component's tests and runs them all.
fn run(component: &Path) -> Recorded {
    let scratch = tempfile::Builder::new().prefix("p").tempdir().unwrap();
    let directory = |name: &str| -> PathBuf {
        let path = scratch.path().join(name);
        std::fs::create_dir(&path).unwrap();
        path
    };
    let (scripts, output, site, runs) = (
        directory("scripts"),
        directory("output"),
        directory("site"),
        directory("runs"),
    );
    std::fs::write(site.join("hello.txt"), "hello from the host\n").unwrap();
    let scripts = ["alpha", "beta"].map(|name| fake_script(&scripts, name, ""));

    let proctor = || {
        let mut command = Command::new(path_from_environment("PROCTOR_BIN"));
        for variable in [
            "startScripts",
            "vlans",
            "testScript",
            "LOGFILE",
            "GITHUB_ACTIONS",
            "RUST_BACKTRACE",
        ] {
            command.env_remove(variable);
        }
        command
            .current_dir(scratch.path())
            .env("TMPDIR", &runs)
            .env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
        command
    };
    let listed = proctor().arg("list").arg(component).output().unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));

    let mut command = proctor();
    command.arg("run").arg(component).arg("--start-scripts").args(scripts);
    command.args([
        "--vlans",
        "1",
        "--param",
        "colour=blue",
        "--allow-read",
        "site=site",
        "--allow-monitor",
    ]);
    command
        .args(["--limit", "command-output=16MiB", "--quiet", "--no-html", "-o"])
        .arg(&output);
    let ended = command.output().unwrap();
    assert_eq!(
        ended.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    let record = std::fs::read_to_string(output.join("events.jsonl")).unwrap();
    // Messages name directories.
    let record = record.replace(&*scratch.path().to_string_lossy(), "/scratch");
    Recorded::new(&String::from_utf8_lossy(&listed.stdout), &record)
}
