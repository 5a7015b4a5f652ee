//! Python: componentize-py puts the tests, imported already, into a component with the interpreter.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::Table;

use super::error::{BuildError, FileContext as _, Result};
use super::language::Language;
use super::toolchain::{self, Tell};
use super::{Made, Project, freshness, tool};
use crate::plugin::interface;

/// The packages that the project's tests import.
const PACKAGES: &str = "requirements.txt";
/// Larger files that do not end in `.py` are no source text, and would be part of the component.
const FILE_BYTES: u64 = 1 << 20;
/// Directories without source text.
const OTHERS: [&str; 3] = ["__pycache__", "node_modules", "proctor-output"];
/// What the SDK prints before and after an error of the author's.
const AUTHORS: (&str, &str) = ("--- proctor: begin ---", "--- proctor: end ---");
/// The version of Python inside the component.
const PYTHON_INSIDE: &str = "3.14";

pub(super) fn build(project: &Project, tell: Tell<'_>) -> Result<Made> {
    let name = name(project)?;
    let pins = toolchain::pins(&project.sdk(), toolchain::WHEELS)?;
    let component = freshness::kept_or_made(project, &pins, || componentize(project, tell))?;
    Ok(Made { name, component })
}

/// The component, and the files of which it is made.
fn componentize(project: &Project, tell: Tell<'_>) -> Result<(Vec<u8>, Vec<PathBuf>)> {
    let python = toolchain::python(Language::Python)?;
    let tools = tools(&project.sdk(), &python, tell)?;
    let stage = Stage::prepare(project, &python)?;
    tell("building the tests with Python inside: this takes some 15 seconds, and the first run compiles all of it");
    let output = stage.directory.join("component.wasm");
    let work = Componentize {
        python: &python,
        tools: &tools,
        wit: &project.own_directory().join("wit"),
        world: interface::WORLD,
        paths: &[&stage.sources, &project.sdk()],
        module: "proctor.component",
        environment: &stage.environment,
        scratch: &project.empty_scratch()?,
    };
    let said = work.run(&output).map_err(authors)?;
    if !said.trim().is_empty() {
        // Python's warnings.
        tell(said.trim());
    }
    let component = fs::read(&output).while_trying_to("read", &output)?;
    Ok((component, stage.files))
}

/// One run of componentize-py.
pub(super) struct Componentize<'a> {
    pub(super) python: &'a Path,
    /// Where componentize-py is installed.
    pub(super) tools: &'a Path,
    /// The interface, and the world of it that the component is made for.
    pub(super) wit: &'a Path,
    pub(super) world: &'a str,
    /// Where modules are found.
    pub(super) paths: &'a [&'a Path],
    /// The module that the component is.
    pub(super) module: &'a str,
    /// A virtual environment, with the packages.
    pub(super) environment: &'a Path,
    /// Where it keeps what it needs while it works.
    pub(super) scratch: &'a Path,
}

impl Componentize<'_> {
    /// Makes the component. Returns what Python said.
    pub(super) fn run(&self, output: &Path) -> Result<String> {
        let mut componentize = Command::new(self.python);
        componentize
            .args([
                "-c",
                "import sys; from componentize_py import script; sys.exit(script())",
            ])
            .args([
                "--quiet",
                "--world",
                self.world,
                "--world-module",
                "proctor_bindings",
                "--wit-path",
            ])
            .arg(self.wit)
            .arg("componentize");
        for path in self.paths {
            componentize.arg("--python-path").arg(path);
        }
        componentize
            .arg("--output")
            .arg(output)
            .arg(self.module)
            .current_dir(self.environment)
            .env_remove("PYTHONHOME")
            .env("PYTHONPATH", self.tools)
            .env("TMPDIR", self.scratch)
            // Otherwise the packages of this computer's Python become part of the component.
            .env("VIRTUAL_ENV", self.environment);
        tool::run_hearing(&mut componentize, "the build of the tests")
    }
}

/// What is needed, and whether it is there: fetches what can be fetched.
pub(super) fn prepare(project: &Project, tell: Tell<'_>) -> Result<Vec<PathBuf>> {
    let python = toolchain::python(Language::Python)?;
    let tools = tools(&project.sdk(), &python, tell)?;
    Ok(vec![python, tools])
}

pub(super) fn tools(sdk: &Path, python: &Path, tell: Tell<'_>) -> Result<PathBuf> {
    let told = ("componentize-py", "fetching componentize-py");
    toolchain::ensure_wheels(sdk, told, tell, || Ok(python.to_owned()))
}

/// Of what a failed build said, what concerns the author.
fn authors(error: BuildError) -> BuildError {
    let BuildError::ToolFailed { what, status, output } = error else {
        return error;
    };
    if let Some((_, rest)) = output.split_once(AUTHORS.0) {
        let text = rest.split(AUTHORS.1).next().unwrap_or_default();
        return BuildError::Invalid(format!("the tests cannot be built:\n{}", text.trim()));
    }
    let output = output.split("Stack backtrace:").next().unwrap_or_default().to_owned();
    BuildError::ToolFailed { what, status, output }
}

/// What the component is made of.
struct Stage {
    directory: PathBuf,
    /// The project's files, without what tools and editors leave among them.
    sources: PathBuf,
    /// What these were copied from.
    files: Vec<PathBuf>,
    /// The packages, in the form of a virtual environment.
    environment: PathBuf,
}

impl Stage {
    fn prepare(project: &Project, python: &Path) -> Result<Self> {
        let directory = project.own_directory().join("python");
        let (sources, environment) = (directory.join("project"), directory.join("environment"));
        if sources.exists() {
            fs::remove_dir_all(&sources).while_trying_to("make", &sources)?;
        }
        let (mut files, mut seen) = (Vec::new(), BTreeSet::new());
        copy_sources(&project.directory, &sources, &mut files, &mut seen).while_trying_to("make", &sources)?;
        let packages = environment.join("lib/python3/site-packages");
        let installed = directory.join("requirements.installed");
        let wanted = fs::read(project.directory.join(PACKAGES)).unwrap_or_default();
        let same = fs::read(&installed).unwrap_or_default() == wanted;
        if !packages.is_dir() || !same || names_files(&String::from_utf8_lossy(&wanted)) {
            if packages.exists() {
                fs::remove_dir_all(&packages).while_trying_to("make", &packages)?;
            }
            fs::create_dir_all(&packages).while_trying_to("make", &packages)?;
            if !wanted.is_empty() {
                install_packages(project, python, &packages, &project.empty_scratch()?)?;
            }
            fs::write(&installed, &wanted).while_trying_to("make", &installed)?;
        }
        Ok(Self {
            directory,
            sources,
            files,
            environment,
        })
    }
}

/// Whether requirements are told by other files, or are directories: that these have not changed is not seen.
fn names_files(requirements: &str) -> bool {
    let lines = requirements.lines().map(str::trim);
    let mut others = lines.filter(|line| line.starts_with(['-', '.', '/']) || line.contains("file:"));
    others.next().is_some()
}

fn copy_sources(from: &Path, to: &Path, files: &mut Vec<PathBuf>, seen: &mut BTreeSet<PathBuf>) -> std::io::Result<()> {
    // A link may lead to what it lies in.
    if !seen.insert(from.canonicalize()?) {
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        if name.starts_with('.') || OTHERS.contains(&&*name) || name.ends_with(".wasm") {
            continue;
        }
        let metadata = fs::metadata(&path)?;
        if metadata.is_dir() {
            // A virtual environment is not the project's.
            if !path.join("pyvenv.cfg").exists() {
                copy_sources(&path, &to.join(&*name), files, seen)?;
            }
        } else if metadata.is_file() && (metadata.len() <= FILE_BYTES || name.ends_with(".py")) {
            fs::copy(&path, to.join(&*name))?;
            files.push(path);
        }
    }
    Ok(())
}

fn install_packages(project: &Project, python: &Path, directory: &Path, scratch: &Path) -> Result<()> {
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet"]);
    pip.args([
        "--root-user-action",
        "ignore",
        "--only-binary",
        ":all:",
        "--platform",
        "any",
    ]);
    pip.args([
        "--implementation",
        "py",
        "--abi",
        "none",
        "--python-version",
        PYTHON_INSIDE,
    ]);
    pip.arg("--target").arg(directory);
    pip.arg("--requirement").arg(project.directory.join(PACKAGES));
    pip.env("TMPDIR", scratch);
    let what = "pip install (packages of tests must be of Python alone, without parts in C)";
    tool::run(&mut pip, what).map(drop).map_err(unsuitable)
}

/// Of a package with parts in C pip says only that there is none.
fn unsuitable(error: BuildError) -> BuildError {
    let BuildError::ToolFailed { output, .. } = &error else {
        return error;
    };
    let Some((_, rest)) = output.split_once("No matching distribution found for ") else {
        return error;
    };
    let name = rest.lines().next().unwrap_or_default().trim();
    BuildError::Invalid(format!(
        "{PACKAGES}: `{name}` cannot be part of a test: there is no release of it in Python alone for Python \
         {PYTHON_INSIDE}. Packages with parts in C do not run in a test; use it on the machine, or outside of the test. \
         (Or the name or the version is wrong.)"
    ))
}

/// The name in `pyproject.toml`.
fn name(project: &Project) -> Result<String> {
    let path = project.directory.join("pyproject.toml");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let table: Table =
        toml::from_str(&text).map_err(|error| BuildError::Invalid(format!("{}: {error}", path.display())))?;
    let name = table.get("project").and_then(|project| project.get("name")?.as_str());
    Ok(project.named(name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    use super::*;

    #[test]
    fn of_what_a_build_says_the_author_sees_what_is_his() {
        let failed = |output: &str| BuildError::ToolFailed {
            what: "the build".into(),
            status: ExitStatus::from_raw(256),
            output: output.into(),
        };
        let own = authors(failed(
            "noise\n--- proctor: begin ---\nSyntaxError\n--- proctor: end ---\nStack backtrace:",
        ));
        assert_eq!(own.to_string(), "the tests cannot be built:\nSyntaxError");
        let other = authors(failed("out of memory\n\nStack backtrace:\n 0: main"));
        assert_eq!(other.to_string(), "the build failed (exit status: 1):\nout of memory");
    }

    #[test]
    fn a_package_that_no_test_can_have_is_named() {
        let failed = |output: &str| BuildError::ToolFailed {
            what: "pip install".into(),
            status: ExitStatus::from_raw(256),
            output: output.into(),
        };
        let text = unsuitable(failed("ERROR: x\nERROR: No matching distribution found for numpy\n")).to_string();
        assert!(text.contains("`numpy` cannot be part of a test"), "{text}");
        assert!(unsuitable(failed("no network")).to_string().contains("no network"));
    }

    #[test]
    fn requirements_in_other_files_are_seen() {
        assert!(!names_files("six==1.16.0\n# ./comment\nidna\n"));
        for text in ["-r more.txt", "six\n./own", "x @ file:///tmp/x", "--constraint c.txt"] {
            assert!(names_files(text), "{text}");
        }
    }

    #[test]
    fn what_tools_leave_is_no_source() {
        let scratch = tempfile::tempdir().unwrap();
        let from = scratch.path().join("from");
        for file in [
            "test_a.py",
            "deep/b.py",
            ".git/c",
            "__pycache__/d.pyc",
            "venv/pyvenv.cfg",
            "venv/e.py",
            "f.wasm",
        ] {
            let path = from.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        for large in ["large", "large.py"] {
            fs::write(from.join(large), vec![b' '; FILE_BYTES as usize + 1]).unwrap();
        }
        let to = scratch.path().join("to");
        std::os::unix::fs::symlink(&from, from.join("deep/loop")).unwrap();
        let mut files = Vec::new();
        copy_sources(&from, &to, &mut files, &mut BTreeSet::new()).unwrap();
        files.sort();
        assert_eq!(
            files,
            ["deep/b.py", "large.py", "test_a.py"].map(|name| from.join(name))
        );
        let mut names: Vec<_> = fs::read_dir(&to)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["deep", "large.py", "test_a.py"]);
        assert!(to.join("deep/b.py").exists());
    }
}
