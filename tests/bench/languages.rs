//! What a project costs in each language: a test that writes one line, built by `proctor build` from what `proctor new` makes.
//!
//! A script of the NixOS driver is one, too, without a build: its interpreter is built once for all.
//!
//! Fetching the language's tools is no part of it. In Rust a clean build compiles what the SDK depends on, too.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use proctor_tests::path_from_environment;

use crate::first_line::first_line;
use crate::limits::{STARTS, UNCHANGED_BUILDS, WARM_UP_STARTS};
use crate::statistics::median;
use crate::table::{columns, milliseconds};

/// What the test says.
const LINE: &str = "the first line of all";

/// A language, with a test in it.
struct Language {
    /// As `proctor new --lang` wants it.
    name: &'static str,
    /// The file of the new project that has its test.
    file: &'static str,
    /// What stands there instead.
    test: &'static str,
    /// A cached start takes less than this.
    goal: Duration,
}

/// The first is the one with which the others are compared.
const LANGUAGES: [Language; 5] = [
    Language {
        name: "rust",
        file: "src/lib.rs",
        test: "#[proctor_sdk::test]\nfn one(_: proctor_sdk::Driver) -> proctor_sdk::Result {\n    \
               proctor_sdk::log::info!(\"the first line of all\");\n    Ok(())\n}\n",
        goal: Duration::from_millis(30),
    },
    Language {
        name: "js",
        file: "tests/bench.test.js",
        test: "import { log, test } from \"proctor\";\ntest(\"one\", () => log.info(\"the first line of all\"));\n",
        goal: Duration::from_millis(30),
    },
    Language {
        name: "go",
        file: "main.go",
        test: "package main\n\nimport \"proctor\"\n\nfunc main() {\n\tproctor.Test(\"one\", func(t *proctor.T) { \
               t.Log(\"the first line of all\") })\n}\n",
        goal: Duration::from_millis(30),
    },
    Language {
        name: "python",
        file: "test_bench.py",
        test: "import proctor\n\n\n@proctor.test\ndef one() -> None:\n    proctor.log.info(\"the first line of all\")\n",
        goal: Duration::from_millis(150),
    },
    Language {
        name: "c",
        file: "tests.c",
        test: "#include <proctor.h>\n\nPROCTOR_TEST(one) {\n  proctor_log_info(\"the first line of all\");\n  return \
               PROCTOR_OK;\n}\n",
        goal: Duration::from_millis(30),
    },
];

/// What was measured.
#[derive(Default)]
pub(crate) struct Languages {
    costs: Vec<Costs>,
    /// The languages whose tools are missing, and what is.
    skipped: Vec<(&'static str, String)>,
}

/// What one language costs.
struct Costs {
    language: &'static str,
    /// Of the component.
    bytes: u64,
    /// Of everything but the tools, where there is anything to build.
    clean_build: Option<Duration>,
    unchanged_build: Option<Duration>,
    /// To the first line, with nothing compiled to machine code before.
    first_run: Duration,
    cached_run: Duration,
    /// The host's, in KiB.
    first_memory: Option<u64>,
    cached_memory: Option<u64>,
    goal: Duration,
}

/// Measures all whose tools are there.
pub(crate) fn measure() -> Languages {
    let mut languages = Languages::default();
    for language in &LANGUAGES {
        eprintln!("bench: {} ...", language.name);
        match language.measure() {
            Ok(costs) => languages.costs.push(costs),
            Err(reason) => languages.skipped.push((language.name, reason)),
        }
    }
    eprintln!("bench: {SCRIPT} ...");
    match measure_script() {
        Ok(costs) => languages.costs.push(costs),
        Err(reason) => languages.skipped.push((SCRIPT, reason)),
    }
    languages
}

impl Language {
    /// Makes a project, builds and runs it. The error is what is missing here.
    fn measure(&self) -> Result<Costs, String> {
        let scratch = tempfile::tempdir().expect("a scratch directory");
        let proctor = || {
            let mut proctor = Command::new(path_from_environment("PROCTOR_BIN"));
            // Nothing that was built before.
            proctor.env("CARGO_TARGET_DIR", scratch.path().join("cargo"));
            proctor.current_dir(scratch.path()).stdin(Stdio::null());
            proctor
        };
        finish(proctor().args(["new", "--lang", self.name, "bench"])).unwrap_or_else(|said| panic!("{said}"));
        let project = scratch.path().join("bench");
        fs::write(project.join(self.file), self.test).expect("the test can be written");
        finish(proctor().args(["build", "--prepare", "bench"]))?;

        let build = || {
            let start = Instant::now();
            finish(proctor().args(["build", "bench"])).unwrap_or_else(|said| panic!("{said}"));
            start.elapsed()
        };
        let clean_build = build();
        let unchanged_builds: Vec<_> = (0..UNCHANGED_BUILDS).map(|_| build()).collect();

        let component = project.join("bench.wasm");
        let costs = Costs::of_runs(self.name, &component, self.goal, || {
            let mut run = proctor();
            run.arg("run").arg(&component);
            run
        });
        Ok(Costs {
            clean_build: Some(clean_build),
            unchanged_build: Some(median(&unchanged_builds)),
            ..costs
        })
    }
}

/// What a script is called among the languages.
const SCRIPT: &str = "script";
/// A script's first line comes in less, where its interpreter is compiled already.
const SCRIPT_GOAL: Duration = Duration::from_millis(200);

/// Runs a script. The error is what is missing here.
fn measure_script() -> Result<Costs, String> {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let proctor = || Command::new(path_from_environment("PROCTOR_BIN"));
    let built = proctor().args(["build", "--interpreter"]).output();
    let built = built.unwrap_or_else(|error| panic!("proctor build --interpreter: {error}"));
    if !built.status.success() {
        return Err(String::from_utf8_lossy(&built.stderr).trim().to_owned());
    }
    let interpreter = PathBuf::from(String::from_utf8_lossy(&built.stdout).trim());
    let script = scratch.path().join("script.py");
    fs::write(&script, format!("log.info({LINE:?})\n")).expect("the script can be written");
    Ok(Costs::of_runs(SCRIPT, &interpreter, SCRIPT_GOAL, || {
        let mut run = proctor();
        run.current_dir(scratch.path()).stdin(Stdio::null());
        run.env("PROCTOR_INTERPRETER", &interpreter).arg("run").arg(&script);
        run
    }))
}

fn size(component: &Path) -> u64 {
    let metadata = fs::metadata(component).unwrap_or_else(|error| panic!("{}: {error}", component.display()));
    metadata.len()
}

/// Runs a command to its end. The error is what it said.
fn finish(command: &mut Command) -> Result<(), String> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

const TITLES: [&str; 10] = [
    "language",
    "component",
    "clean build",
    "unchanged",
    "first run",
    "cached run",
    "goal",
    "",
    "memory, first",
    "cached",
];

impl Languages {
    /// The table: times with their ratios to Rust's, and what is not in it.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![TITLES.map(str::to_owned)];
        let rust = self.costs.iter().find(|costs| costs.language == LANGUAGES[0].name);
        lines.extend(self.costs.iter().map(|costs| costs.cells(rust)));
        let mut text = columns(&lines);
        for (language, reason) in &self.skipped {
            text.push_str(&format!("skipped: {language}: {reason}\n"));
        }
        text
    }
}

impl Costs {
    /// What runs of a component cost, each without machines: the first with nothing compiled before.
    fn of_runs(language: &'static str, component: &Path, goal: Duration, run: impl Fn() -> Command) -> Self {
        let cache = tempfile::tempdir().expect("a scratch directory");
        let run = || {
            let mut run = run();
            run.args(["--start-scripts", "--vlans"])
                .env("XDG_CACHE_HOME", cache.path());
            first_line(run.stdout(Stdio::null()).stderr(Stdio::piped()), LINE)
        };
        let first = run();
        let cached: Vec<_> = (0..WARM_UP_STARTS + STARTS)
            .map(|_| run())
            .skip(WARM_UP_STARTS)
            .collect();
        let times: Vec<_> = cached.iter().map(|run| run.time).collect();
        Self {
            language,
            bytes: size(component),
            clean_build: None,
            unchanged_build: None,
            first_run: first.time,
            cached_run: median(&times),
            first_memory: first.memory,
            cached_memory: cached.iter().filter_map(|run| run.memory).max(),
            goal,
        }
    }

    fn cells(&self, rust: Option<&Self>) -> [String; TITLES.len()] {
        let time = |of: fn(&Self) -> Option<Duration>| {
            let Some(own) = of(self) else { return "none".to_owned() };
            match rust.and_then(of).map(|rust| own.as_secs_f64() / rust.as_secs_f64()) {
                Some(ratio) if ratio < 0.01 => format!("{} (< 0.01)", short(own)),
                Some(ratio) => format!("{} ({ratio:.2})", short(own)),
                None => short(own),
            }
        };
        let memory = |kib: Option<u64>| kib.map_or_else(|| "?".into(), |kib| format!("{} MiB", kib / 1024));
        [
            self.language.to_owned(),
            format!("{:.2} MiB", self.bytes as f64 / f64::from(1 << 20)),
            time(|costs| costs.clean_build),
            time(|costs| costs.unchanged_build),
            time(|costs| Some(costs.first_run)),
            time(|costs| Some(costs.cached_run)),
            format!("< {} ms", self.goal.as_millis()),
            if self.cached_run < self.goal { "met" } else { "missed" }.into(),
            memory(self.first_memory),
            memory(self.cached_memory),
        ]
    }
}

/// A time in the unit in which it has few digits.
fn short(time: Duration) -> String {
    match time.as_secs() {
        0 => milliseconds(time),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}
